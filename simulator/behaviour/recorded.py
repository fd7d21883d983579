"""The behaviour that draws from recorded choices: people do what others did at the same stage, and weigh nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import numpy as np

from simulator.behaviour.question import Floats, Question
from simulator.errors import did_you_mean, nearest
from simulator.scenario.choices import NO_ANSWER, RecordedChoices, Taken
from simulator.scenario.flow import Flow, Stage
from simulator.scenario.stage_facts import draw_order
from simulator.scenario.vocabulary import Actor, ToggleSetting
from simulator.scenario.yaml_file import Fault

_Cell = tuple[str | None, str | None]


class Recorded:
    """Shares of recorded choices as utilities: the logarithm of a share is the utility whose logit it is."""

    def __init__(self, recorded: RecordedChoices) -> None:
        self._counts: dict[str, dict[_Cell, dict[str, int]]] = {}
        for row in recorded.choices:
            cell = self._counts.setdefault(row.stage, {}).setdefault((row.jurisdiction, row.segment), {})
            cell[row.option] = row.count

    def utilities(self, question: Question) -> Floats:
        """See `Behaviour`."""
        names = [option.id for option in question.options]
        return self._by_cell(question, lambda counts: _logs([counts.get(name, 0) for name in names]), len(names))

    def toggles(self, question: Question) -> Floats:
        """See `Behaviour`."""
        names = [toggle.id for toggle in question.stage.toggles]
        return self._by_cell(question, lambda counts: [_odds(counts, name) for name in names], len(names))

    def noticing(self, question: Question) -> Floats:
        """See `Behaviour`: those without an answer have not noticed."""

        def noticed(counts: Mapping[str, int]) -> list[float]:
            missed = counts.get(NO_ANSWER, 0)
            answered = sum(counts.get(option.id, 0) for option in question.options)
            return [_logit(answered, missed)]

        return self._by_cell(question, noticed, 1)[:, 0]

    def _by_cell(self, question: Question, figures: Callable[[Mapping[str, int]], list[float]], width: int) -> Floats:
        """Figures of the cell of each person, (P, width)."""
        cells = self._counts[question.stage.id]
        found = np.zeros((len(question.people.place), width))
        for place, code in enumerate(question.places):
            for segment, name in enumerate(question.segments):
                rows = (question.people.place == place) & (question.people.segment == segment)
                if rows.any():
                    found[rows] = figures(_cell_for(cells, code, name))
        return found


def _cell_for(cells: Mapping[_Cell, Mapping[str, int]], code: str, segment: str) -> Mapping[str, int]:
    """The counts that hold for somebody: of their place and segment, else of either, else of everybody."""
    keys: list[_Cell] = [(code, segment), (code, None), (None, segment), (None, None)]
    return next((cells[key] for key in keys if key in cells), {})


def _logs(counts: Sequence[int]) -> list[float]:
    total = sum(counts)
    return [float(np.log(count / total)) if count else -np.inf for count in counts]


def _logit(part: int, rest: int) -> float:
    if not part or not rest:
        return np.inf if part or not rest else -np.inf
    return float(np.log(part / rest))


def _odds(counts: Mapping[str, int], toggle: str) -> float:
    return _logit(counts.get(f"{toggle}=on", 0), counts.get(f"{toggle}=off", 0))


def unfit(
    recorded: RecordedChoices,
    flows: Sequence[Flow],
    places: Sequence[str],
    segments: Sequence[str],
    settled: Collection[Actor],
) -> Iterator[Fault]:
    """What keeps recorded choices from being drawn for these flows and people.

    Args:
        recorded: The choices.
        flows: To be run.
        places: Codes of the jurisdictions where people are.
        segments: Ids of the population's segments.
        settled: Actors whose answers are given, and need not be recorded.
    """
    for number, row in enumerate(recorded.choices):
        if row.jurisdiction is not None and row.jurisdiction not in places:
            remedy = did_you_mean(row.jurisdiction, places, called="Places of this population")
            yield Fault(("choices", number, "jurisdiction"), f'nobody is in "{row.jurisdiction}".', remedy)
        if row.segment is not None and row.segment not in segments:
            remedy = did_you_mean(row.segment, segments, called="Segments")
            yield Fault(("choices", number, "segment"), f'"{row.segment}" is no segment of this population.', remedy)
    known = list(dict.fromkeys(row.stage for row in recorded.choices))
    for flow in flows:
        for stage in flow.stages:
            if stage.actor is Actor.PROVIDER or stage.actor in settled:
                continue
            if stage.id not in known:
                message = f"no choices are recorded at stage {stage.id} of flow {flow.id}."
                yield Fault(("choices",), message, did_you_mean(stage.id, known, called="Recorded stages"))
            else:
                yield from _unfit_stage(recorded, flow, stage, places, segments)


def _unfit_stage(
    recorded: RecordedChoices, flow: Flow, stage: Stage, places: Sequence[str], segments: Sequence[str]
) -> Iterator[Fault]:
    rows = [(number, row) for number, row in enumerate(recorded.choices) if row.stage == stage.id]
    at = f"stage {stage.id} of flow {flow.id}"
    options = [option.id for option in draw_order(stage)]
    switched = [f"{toggle.id}={way}" for toggle in stage.toggles for way in ("on", "off")]
    as_set = [option.id for option in stage.options if option.toggles is ToggleSetting.AS_SET]
    for number, row in rows:
        if row.option == NO_ANSWER and stage.blocking and row.count:
            message = f"{at} cannot be missed, so that nobody leaves it without an answer."
            yield Fault(("choices", number, "option"), message, f"Answers: {', '.join(options)}.")
    missed = [NO_ANSWER] if any(row.option == NO_ANSWER and row.count for _, row in rows) else []
    for cell in dict.fromkeys((row.jurisdiction, row.segment) for _, row in rows):
        mine = [(number, row) for number, row in rows if (row.jurisdiction, row.segment) == cell]
        set_here = any(row.count for _, row in mine if row.option in as_set)
        wanted = [*options, *(switched if set_here else []), *missed]
        yield from _unfit_cell(mine, at, wanted, {*options, *switched, NO_ANSWER})
    yield from _unfit_cells([row for _, row in rows], rows[0][0], at, options, places, segments)


def _unfit_cell(
    rows: Sequence[tuple[int, Taken]], at: str, wanted: Sequence[str], words: Collection[str]
) -> Iterator[Fault]:
    """What is wanted and has no row, of one place and segment; `words` are all that the stage knows."""
    first, row = rows[0]
    given = {taken.option for _, taken in rows}
    missing = [word for word in wanted if word not in given]
    if not missing:
        return
    # Other options may be those of another flow with a stage of that name; but a slip of the pen is told.
    guess = next((near for word in missing if (near := nearest(word, sorted(given - set(words))))), None)
    hint = f'There is "{guess}" in its place. ' if guess else ""
    who = " and ".join(word for word in (row.jurisdiction, row.segment) if word)
    message = f"at {at} nothing is recorded of {', '.join(missing)}{f' for {who}' if who else ''}."
    yield Fault(("choices", first), message, f"{hint}Add a row for each; 0 where nobody took it.")


def _unfit_cells(
    rows: Sequence[Taken], first: int, at: str, options: Sequence[str], places: Sequence[str], segments: Sequence[str]
) -> Iterator[Fault]:
    cells: dict[_Cell, dict[str, int]] = {}
    for row in rows:
        cells.setdefault((row.jurisdiction, row.segment), {})[row.option] = row.count
    without = [
        f"{code} and {segment}"
        for code in places
        for segment in segments
        if not sum(_cell_for(cells, code, segment).get(option, 0) for option in options)
    ]
    if without:
        more = f" and {len(without) - 3} more" if len(without) > 3 else ""
        message = f"at {at} no choices are recorded of people of {'; '.join(without[:3])}{more}."
        remedy = "Add rows for them, or rows without jurisdiction and segment, which stand for all others."
        yield Fault(("choices", first), message, remedy)
