"""`joinlab ui` without a terminal: as text, as pictures, or a word on why it cannot open."""

from __future__ import annotations

from pathlib import Path

from simulator.ui.registry import SCREENS
from tests.cli.command import joinlab


def test_without_a_terminal_the_app_says_so_and_names_what_works() -> None:
    done = joinlab("ui")
    assert done.code == 2
    assert done.err == (
        "the app needs a terminal, and this is none.\n"
        "  --plain prints what the screens say; --screenshot DIR takes pictures of them.\n"
    )


def test_plain_prints_what_a_screen_says_as_far_as_the_answers_lead() -> None:
    words = ("ui", "granular_opt_in", "--screen", "join", "--plain", "--participant", "7")
    door = joinlab(*words)
    assert door.code == 0, door.err
    assert "[ ] off Audio: audio for training_first_party" in door.out
    assert "> [ Join with these choices ] (stands out)" in door.out
    over = joinlab(*words, "--answer", "join_with_choices+audio", "--answer", "no")
    assert "audio                               granted, by you" in over.out
    assert "of 1,501 participants" in over.out
    assert over.out.rstrip().endswith("--answer join_with_choices+audio --answer no")


def test_a_picture_of_each_screen_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    done = joinlab("ui", "--screenshot", str(tmp_path), "--size", "80x24")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [str(tmp_path / f"{one.name}.svg") for one in SCREENS]
    for one in SCREENS:
        svg = (tmp_path / f"{one.name}.svg").read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert "@font-face" not in svg


def test_what_is_wrong_with_the_line_is_said_with_what_is_allowed() -> None:
    for words, said in (
        (("--screen", "jion"), '--screen: there is no screen "jion".\n  Did you mean "join"?'),
        (("--answer", "maybe"), 'answers: "maybe" does not answer ask.\n  Answers: agree, leave.'),
        (("--answer", "agree+audio"), 'answers: "audio" is not a toggle of ask.\n  It has none.'),
        (("--answer", "leave", "--answer", "yes"), 'answers: nothing is asked any more that "yes" could answer.'),
        (("--place", "XX"), 'place: nobody of this population is in "XX".\n  Places: EU, DE'),
        (("--role", "boss"), '--role: "boss" is not allowed here.\n  Allowed: host'),
        (("--role", "host"), "--role: only who plays as themselves has one.\n  Say where you are as well: --place"),
        (("--channel", "phone"), "--channel: only who plays as themselves has one."),
        (("--place", "DE", "--role", "boss"), '--role: "boss" is not allowed here.\n  Allowed: host'),
        (("--wanted", "sound"), '--wanted: "sound" is not allowed here.'),
        (("--size", "big", "--screenshot", "x"), "--size: 'big' is not a size.\n  Write columns x lines"),
    ):
        done = joinlab("ui", "--plain", *words)
        assert done.code == 2
        assert said in done.err
