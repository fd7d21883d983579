"""The table of all real flows in scenarios/README.md: `make flow-table` writes it anew from the files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from simulator.rules.paths import Way, by_default, fewest, silence_counts, ways_to_grant, ways_to_refuse
from simulator.scenario import library
from simulator.scenario.flow import Flow, Option, Stage
from simulator.scenario.stage_facts import asked, leaves
from simulator.scenario.vocabulary import Actor, Default, Effect
from simulator.text.flow_view import dates, decides, deciding, refuses, who

START = "<!-- written by `make flow-table`; do not edit -->"
END = "<!-- end of what `make flow-table` writes -->"
HEAD = (
    "flow",
    "title",
    "who decides",
    "what silence does",
    "how a participant refuses",
    "clicks to grant → to refuse",
    "who can withdraw (clicks)",
    "unknowns",
    "in use",
)
NONE, NOT_COUNTED = "–", "?"


def real_flows() -> list[Flow]:
    """The built-in flows that a product has or had."""
    return [library.flow(str(path)) for path in library.builtin("flow").values() if path.parent.name == "real"]


def table(flows: Sequence[Flow]) -> str:
    """The flows as a Markdown table, a line each."""
    lines = [HEAD, ("---",) * len(HEAD), *(row(flow) for flow in flows)]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def row(flow: Flow) -> tuple[str, ...]:
    """What the table says of one flow."""
    return (
        f"[`{flow.id}`](flows/real/{flow.id}.yaml)",
        flow.title,
        decides(flow),
        silence(flow),
        refuses(flow),
        clicks(flow),
        withdrawal(flow),
        str(len(flow.unknowns)),
        dates(flow),
    )


def silence(flow: Flow) -> str:
    """What it means that somebody who decides does nothing; those with the same answer together."""
    said: dict[str, list[str]] = {}
    for stage in deciding(flow):
        said.setdefault(_silence_at(stage), []).append(_whom(stage))
    return "; ".join(f"{effect} ({', '.join(dict.fromkeys(whom))})" for effect, whom in said.items())


def _whom(stage: Stage) -> str:
    """Who answers a stage, and by what it differs who does."""
    when = stage.when
    places = when.jurisdictions or when.outside
    differing = [word for word, limit in (("channel", when.channels), ("role", when.roles), ("place", places)) if limit]
    return who(stage.actor) + (f" by {' and '.join(differing)}" if differing else "")


def _silence_at(stage: Stage) -> str:
    idle = next((option for option in stage.options if option.clicks == 0), None)
    if silence_counts(stage):
        granted, refused = bool(by_default(stage)), stage.default is Default.OFF
    elif idle is not None:
        # Nothing to click: to do nothing is to take this option.
        granted = idle.effect is Effect.GRANT
        refused = idle.effect is Effect.DENY or (idle.effect is Effect.DEFER and stage.default is Default.OFF)
    else:
        return "must answer"
    return "grants" if granted else "refuses" if refused else "leaves it open"


def clicks(flow: Flow) -> str:
    """Fewest counted clicks to grant and to refuse where a participant is first asked.

    Where participants are told and not asked, to object; where they meet nothing, those of whoever decides.
    """
    own = [stage for stage in flow.stages if stage.actor is Actor.PARTICIPANT]
    stages = [stage for stage in own if asked(stage)] or own or deciding(flow)
    stage = next((stage for stage in stages if _ways_out(stage, flow)), stages[0])
    granting = ways_to_grant(flow, stage, everything=False)
    return f"{_fewest(granting)} → {_fewest(_ways_out(stage, flow))}"


def _ways_out(stage: Stage, flow: Flow) -> list[Way]:
    """Ways to refuse while staying; where there is none, to leave."""
    if asked(stage):
        staying = [way for way in ways_to_refuse(flow, stage, everything=True) if not _only_later(way, stage)]
    else:
        staying = _by(stage, lambda option: option.effect is Effect.DENY)
    return staying or _by(stage, lambda option: stage.actor is Actor.PARTICIPANT and leaves(option, flow, stage))


def _only_later(way: Way, stage: Stage) -> bool:
    """Whether a way puts the question off, and silence means nothing."""
    puts_off = way.option is not None and stage.options[way.option].effect is Effect.DEFER
    return puts_off and stage.default is Default.NONE


def _by(stage: Stage, wanted: Callable[[Option], bool]) -> list[Way]:
    return [Way(option.clicks, number) for number, option in enumerate(stage.options) if wanted(option)]


def _fewest(ways: Sequence[Way]) -> str:
    way = fewest(ways)
    return NONE if not ways else NOT_COUNTED if way is None else str(way.clicks)


def withdrawal(flow: Flow) -> str:
    """Who can take a grant back, and in how many clicks."""
    if flow.withdrawal.actor is None:
        return "nobody"
    counted = NOT_COUNTED if flow.withdrawal.clicks is None else str(flow.withdrawal.clicks)
    return f"{who(flow.withdrawal.actor)} ({counted})"


def renewed(page: str) -> str:
    """The page with the table between its two marks written anew."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n\n{table(real_flows())}\n{END}{after}"


def _write(page: Path) -> None:
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    _write(library.content_root() / "README.md")
