"""WebVTT transcripts: whose words are whose, how cues are counted, and every refusal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import MeetingFileError
from simulator.meetings import webvtt_reader
from simulator.meetings.webvtt_reader import UNKNOWN, read_webvtt

Write = Callable[[str, str | bytes], Path]
Refusal = Callable[[Callable[[], object]], str]
Speech = Callable[[str], dict[str, int]]

BOTH = "00:00.000 --> 00:01.000\nAnn: hello\n\n00:01.000 --> 00:02.000\nBob: yes\n\n"


@pytest.fixture
def speech(write: Write) -> Speech:
    """Milliseconds by speaker of a transcript with these cues."""

    def of_cues(cues: str) -> dict[str, int]:
        (meeting,) = read_webvtt(write("m.vtt", f"WEBVTT\n\n{cues}"))
        return {speaker.name: speaker.speech_ms for speaker in meeting.speakers}

    return of_cues


def cue(start: float, end: float, text: str) -> str:
    def stamp(at: float) -> str:
        return f"{at // 60:02.0f}:{at % 60:06.3f}"

    return f"{stamp(start)} --> {stamp(end)}\n{text}\n\n"


def test_the_length_is_the_end_of_the_last_cue(write: Write) -> None:
    path = write("monday.transcript.vtt", f"WEBVTT\n\n26:03:04.050 --> 26:03:05.000\nAnn: bye\n\n{BOTH}")
    (meeting,) = read_webvtt(path)
    assert (meeting.id, meeting.path, meeting.length_ms) == ("monday.transcript", path, 93_785_000)
    assert {speaker.name: speaker.speech_ms for speaker in meeting.speakers} == {"Ann": 1950, "Bob": 1000}


def test_speakers_come_in_the_order_of_their_first_words(speech: Speech) -> None:
    assert list(speech(cue(5, 6, "Ann: b") + cue(1, 2, "Bob: a"))) == ["Bob", "Ann"]


def test_voice_tags_name_the_speaker(speech: Speech) -> None:
    cues = cue(0, 1, "<v Ann Lee>Note: hello</v>") + cue(1, 3, "<v.loud O&#39;Neil>yes <i>Bob: no</i>")
    assert speech(cues) == {"Ann Lee": 1000, "O'Neil": 2000}


def test_a_voice_tag_without_a_name_names_nobody(speech: Speech) -> None:
    assert speech(cue(0, 1, "<v >Ann: hello</v>") + cue(1, 2, "<v>Bob: hi")) == {"Ann": 1000, "Bob": 1000}


def test_byte_order_mark_carriage_returns_notes_styles_ids_and_settings_are_fine(write: Write) -> None:
    content = (
        "\ufeffWEBVTT - a title\nKind: captions\n\nNOTE made at 12:30 --> later\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:r\n\nid-1\n00:00.000 --> 00:01.000 align:start position:0% odd:setting\n- Ann: hello\n \n"
        "NOTE\nfor you\n\n2\n00:00:01.000 --> 00:00:02.000\n&gt;&gt; Bob: yes\n"
    )
    (meeting,) = read_webvtt(write("m.vtt", content.replace("\n", "\r\n")))
    assert [(speaker.name, speaker.speech_ms) for speaker in meeting.speakers] == [("Ann", 1000), ("Bob", 1000)]


@pytest.mark.parametrize(
    "name",
    [
        "Ann",
        "ANN LEE",
        "Dr. Ann B. Lee",
        "Lee, Ann (Sales)",
        "Ludwig van der Meer",
        "Zoë O'Neil-Smith",
        "王小明",
        "علي حسن",
        "Speaker 2",
        "ann@example.org",
        "+49 30 123456",
        "1555*****67",
    ],
)
def test_this_is_a_name(name: str, speech: Speech) -> None:
    assert speech(cue(0, 1, f"{name}: words") + cue(1, 2, "Bob: words")) == {name: 1000, "Bob": 1000}


@pytest.mark.parametrize(
    "text",
    [
        "So here is what I think: we go",
        "The point is: we go",
        "what I mean: we go",
        "so: we go",
        "At 12:30 we go",
        "12:30 we go",
        "12: we go",
        "Really? Ann: we go",
        "Ann said “stop”: we go",
        "Agreed. Ann: we go",
        "See https://example.org for more",
        "One Two Three Four Five Six: we go",
        f"{'A' * 61}: we go",
        ": we go",
    ],
)
def test_this_is_not_a_name(text: str, speech: Speech) -> None:
    assert speech(BOTH + cue(2, 5, text)) == {"Ann": 1000, "Bob": 4000}


def test_a_name_without_capitals_counts_once_it_is_seen_twice(speech: Speech) -> None:
    cues = BOTH + cue(2, 3, "marie dupont: oui") + cue(3, 4, "marie dupont: non") + cue(4, 5, "my view: no")
    assert speech(cues) == {"Ann": 1000, "Bob": 1000, "marie dupont": 3000}


def test_words_without_a_name_count_to_whoever_spoke_up_to_two_seconds_before(speech: Speech) -> None:
    cues = cue(0, 1, "Ann: hello") + cue(3, 4, "and so") + cue(6, 7, "on") + cue(9.001, 10, "what") + cue(11, 13, "now")
    assert speech(cues) == {"Ann": 3000, UNKNOWN: 2999}


def test_words_before_the_first_name_are_unknown(speech: Speech) -> None:
    assert speech(cue(0, 1, "hello") + cue(2, 3, "Ann: yes")) == {UNKNOWN: 1000, "Ann": 1000}


def test_a_cue_without_words_counts_to_nobody(speech: Speech) -> None:
    assert speech(BOTH + cue(2, 3, "") + cue(3.5, 4, "on")) == {"Ann": 1000, "Bob": 1500}


def test_a_cue_with_a_name_and_no_words_counts(speech: Speech) -> None:
    assert speech(cue(0, 1, "Ann:") + cue(1, 2, "<v Bob></v>")) == {"Ann": 1000, "Bob": 1000}


def test_a_cue_of_no_length_is_fine(speech: Speech) -> None:
    assert speech(BOTH + cue(2, 2, "Cy: oh")) == {"Ann": 1000, "Bob": 1000, "Cy": 0}


def test_voices_in_one_cue_share_it_by_their_words(speech: Speech) -> None:
    cues = cue(0, 1, "<v Ann>so</v>") + cue(1, 2, "and now <v Bob>one two three</v>, four <v Cy>two words")
    assert speech(cues) == {"Ann": 1250, "Bob": 500, "Cy": 250}


def test_lines_in_one_cue_share_it_by_their_words(speech: Speech) -> None:
    assert speech(cue(0, 1, "Ann: one two\nthree\nBob: one")) == {"Ann": 750, "Bob": 250}


def test_shares_lose_no_millisecond(speech: Speech) -> None:
    assert speech(cue(0, 1, "Ann: a\nBob: b\nCy: c")) == {"Ann": 333, "Bob": 333, "Cy": 334}


def test_a_speaker_is_not_counted_twice_but_two_speakers_are(speech: Speech) -> None:
    cues = cue(0, 4, "Ann: a") + cue(1, 2, "Ann: b") + cue(3, 6, "Ann: c") + cue(2, 5, "Bob: d")
    assert speech(cues) == {"Ann": 6000, "Bob": 3000}


BAD_FILES = {
    "": "m.vtt:1: the file is empty; expected WEBVTT.\n  Export the transcript as WebVTT (.vtt).",
    "1\n00:00:00,000 --> 00:00:01,000\nhi": (
        "m.vtt:1: the first line is '1'; expected WEBVTT.\n  Export the transcript as WebVTT (.vtt)."
    ),
    "WEBVTT\n\nNOTE nothing": (
        "m.vtt: the file has no cues; expected lines with times such as 00:01:02.500 --> 00:01:04.000, each above"
        " its words."
    ),
    "WEBVTT\n\n00:00:00,000 --> 00:00:01,000\nAnn: hi\n\n00:01 --> 00:02\nx\n\n00:61.000 --> 01:02.000\ny": (
        "m.vtt:3: '00:00:00,000 --> 00:00:01,000' is not the times of a cue; expected times such as 00:01:02.500 -->"
        ' 00:01:04.000.\n  Write thousandths after a full stop, and "--&gt;" for an arrow in the words.\n'
        "m.vtt:6: '00:01 --> 00:02' is not the times of a cue; expected times such as 00:01:02.500 -->"
        ' 00:01:04.000.\n  Write thousandths after a full stop, and "--&gt;" for an arrow in the words.\n'
        "m.vtt:9: '00:61.000 --> 01:02.000' is not the times of a cue; expected times such as 00:01:02.500 -->"
        ' 00:01:04.000.\n  Write thousandths after a full stop, and "--&gt;" for an arrow in the words.\n'
        "3 problems; nothing was run."
    ),
    f"WEBVTT\n\n{BOTH}00:05.000 -->\nhi": (
        "m.vtt:9: '00:05.000 -->' is not the times of a cue; expected times such as 00:01:02.500 --> 00:01:04.000.\n"
        '  Write thousandths after a full stop, and "--&gt;" for an arrow in the words.'
    ),
    f"WEBVTT\n\n{BOTH}00:05.000 --> 00:06.000\nA --> B": (
        "m.vtt:10: 'A --> B' is not the times of a cue; expected times such as 00:01:02.500 --> 00:01:04.000.\n"
        '  Write thousandths after a full stop, and "--&gt;" for an arrow in the words.'
    ),
    f"WEBVTT\n\n{BOTH}00:05.000 --> 00:04.999\nhi": (
        "m.vtt:9: the cue ends at 00:00:04.999, before its start at 00:00:05.000; expected a later end."
    ),
    f"WEBVTT\n\n{BOTH}00:05.000 --> 9999:00:00.000\nhi": (
        "m.vtt:9: the cue ends at 9999:00:00.000, over 10,000,000 s; expected a time within a meeting."
    ),
    f"WEBVTT\n\n{BOTH}00:05.000 --> 00:06.000\n\nCy: lost words": (
        "m.vtt:11: 'Cy: lost words' belongs to no cue; expected a line with --> above it.\n"
        "  Remove the empty line that cuts it off from its cue."
    ),
    "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n\n00:01.000 --> 00:02.000\n<v>yes": (
        "m.vtt:3: none of the 2 cues names a speaker; expected names.\n"
        '  Export the transcript with names ("<v Ann>words" or "Ann: words"), or write a CSV file.'
    ),
    "WEBVTT\n\n00:00.000 --> 00:01.000\nAnn: hello": (
        "m.vtt: meeting 'm' has one person, 'Ann'; expected two or more.\n"
        "  Name everybody who was there, the silent ones too (a CSV file can), or leave this meeting out."
    ),
}


@pytest.mark.parametrize(("content", "text"), BAD_FILES.items(), ids=range(len(BAD_FILES)))
def test_a_bad_file_is_refused(content: str, text: str, write: Write, refusal: Refusal) -> None:
    path = write("m.vtt", content)
    assert refusal(lambda: read_webvtt(path)) == text


def test_a_cue_that_the_library_drops_is_noticed(
    write: Write, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webvtt_reader, "_texts", lambda content: ["Ann: hello"])
    path = write("m.vtt", f"WEBVTT\n\n{BOTH}")
    assert refusal(lambda: read_webvtt(path)) == (
        "m.vtt: 2 times of cues stand in the file, but 1 can be read; expected all."
    )


cues = st.lists(
    st.tuples(st.sampled_from(["Ann", "Bob"]), st.integers(0, 50), st.integers(0, 20)), min_size=1, max_size=20
)


@given(cues, st.randoms(use_true_random=False))
def test_speech_is_the_time_that_a_speakers_cues_cover(drawn: list[tuple[str, int, int]], random: Random) -> None:
    drawn = [*drawn, ("Ann", 100, 1), ("Bob", 100, 1)]
    blocks = [cue(start, start + long, f"{name}: words") for name, start, long in drawn]
    shuffled = list(blocks)
    random.shuffle(shuffled)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.vtt"
        path.write_text("WEBVTT\n\n" + "".join(blocks))
        (meeting,) = read_webvtt(path)
        path.write_text("WEBVTT\n\n" + "".join(shuffled))
        (again,) = read_webvtt(path)
    assert set(again.speakers) == set(meeting.speakers)
    for speaker in meeting.speakers:
        covered = {at for name, start, long in drawn if name == speaker.name for at in range(start, start + long)}
        assert speaker.speech_ms == 1000 * len(covered)


@given(st.data())
def test_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(f"WEBVTT\n\n{BOTH}00:02.000 --> 00:03.000\n<v Cy>yes <v Ann>no\n".encode())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.vtt"
        path.write_bytes(content)
        with suppress(MeetingFileError):
            assert all(len(meeting.speakers) > 1 for meeting in read_webvtt(path))
