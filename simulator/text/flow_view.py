"""Flows on the terminal: the library as a list, one flow as a tree or as a Mermaid diagram."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from simulator.scenario import library
from simulator.scenario.flow import DONE, Flow, GrantMap, Option, Stage, Toggle
from simulator.scenario.stage_facts import asked, leaves, shown
from simulator.scenario.vocabulary import TRAINING, Actor, Affects, Default, Effect, Refusal, ToggleSetting

REFUSALS = {
    Refusal.LEAVE: "leave the meeting",
    Refusal.VIEW_ONLY: "stay view-only, muted and unseen",
    Refusal.STOP_FOR_ALL: "one refusal stops it for all",
    Refusal.ASK_HOST: "ask the host",
    Refusal.EXCLUDED: "stay and be left out of the data",
}

CANNOT = "cannot"


def who(actor: Actor) -> str:
    """An actor in words."""
    return actor.value.replace("_", " ")


def deciding(flow: Flow) -> list[Stage]:
    """The stages that settle whether data train models; where the flow never asks for training, all that ask."""
    return [stage for stage in flow.stages if _asks_for_training(stage)] or [s for s in flow.stages if asked(s)]


def decides(flow: Flow) -> str:
    """Who settles whether data train models; in brackets where the flow never asks for training."""
    stages = deciding(flow)
    named = ", ".join(dict.fromkeys(who(stage.actor) for stage in stages)) or "nobody"
    return named if any(_asks_for_training(stage) for stage in stages) else f"({named}; no training)"


def _asks_for_training(stage: Stage) -> bool:
    return any(purpose in TRAINING for _, purpose in asked(stage))


def refuses(flow: Flow) -> str:
    """How one participant says no."""
    own = [stage for stage in flow.stages if stage.actor is Actor.PARTICIPANT]
    options = [(option, stage) for stage in own for option in stage.options]
    if any(_declines(option, stage) and not leaves(option, flow, stage) for option, stage in options):
        return REFUSALS[flow.refusal]
    if any(option.toggles is ToggleSetting.AS_SET for option, _ in options):
        return "switch it off and " + REFUSALS[flow.refusal].removeprefix("stay and ")
    if any(leaves(option, flow, stage) for option, stage in options):
        return REFUSALS[Refusal.LEAVE]
    if any(not stage.blocking and stage.default is Default.OFF for stage in own):
        return REFUSALS[flow.refusal]
    return CANNOT


def _declines(option: Option, stage: Stage) -> bool:
    """Whether an option says no; putting off does where silence means no."""
    return option.effect is Effect.DENY or (option.effect is Effect.DEFER and stage.default is Default.OFF)


def print_library(console: Console) -> None:
    """Every built-in flow: title, who decides, how one refuses."""
    paths = library.builtin("flow")
    for folder, heading in (("reference", "Reference designs"), ("real", "Real designs, with sources")):
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column, width in (("id and title", 41), ("who decides", 17), ("how one refuses", 18)):
            table.add_column(column, width=width, overflow="fold")
        for path in paths.values():
            if path.parent.name == folder:
                flow = library.flow(str(path))
                name = Text.assemble((flow.id, "bold"), "\n", flow.title)
                table.add_row(name, decides(flow), refuses(flow))
        console.print(Text(heading, style="bold"))
        console.print(table)
        console.print()
    console.print(Text("joinlab flows show ID draws one; --format yaml gives a start for one's own.", style="dim"))


def library_as_dicts() -> list[dict[str, str | None]]:
    """What the list says of every built-in flow, as plain data."""
    found = []
    for path in library.builtin("flow").values():
        flow = library.flow(str(path))
        found.append(
            {
                "id": flow.id,
                "title": flow.title,
                "kind": path.parent.name,
                "product": flow.product,
                "who_decides": decides(flow),
                "how_one_refuses": refuses(flow),
            }
        )
    return found


def print_tree(console: Console, flow: Flow) -> None:
    """One flow: its stages in order, each with its options and what follows."""
    root = Tree(Text(f"{flow.id}: {flow.title}", style="bold"), guide_style="dim")
    if flow.summary:
        root.add(Text(" ".join(flow.summary.split()), style="italic"))
    if flow.product:
        root.add(Text(f"Product: {flow.product}; in use: {dates(flow)}."))
    for stage in flow.stages:
        branch = root.add(Text.assemble((stage.id, "bold"), f"  {_heading(stage)}"))
        if stage.text:
            branch.add(Text(f'"{" ".join(stage.text.split())}"', style="italic"))
        for toggle in stage.toggles:
            branch.add(Text(_toggle(toggle)))
        for option in stage.options:
            branch.add(Text(_option(option, stage, flow)))
    root.add(Text(_refusal(flow)))
    root.add(Text(_capture(flow)))
    root.add(Text(_withdrawal(flow)))
    for unknown in flow.unknowns:
        root.add(Text(f"Not known: {unknown}", style="dim"))
    console.print(root)
    for source in flow.sources:
        read = f", read {source.accessed}" if source.accessed else ""
        cited = f" {source.citation}" if source.citation and not source.url else ""
        console.print(Text(f"Source ({source.known.value}{read}): {source.supports}{cited}", style="dim"))
        if source.url:  # on one line, however long, so that it can be clicked on and copied
            console.print(Text(f"  {source.url}", style="dim"), soft_wrap=True)


def _heading(stage: Stage) -> str:
    whom = "for everybody" if stage.binds is Affects.MEETING else "for oneself"
    notes = [f"{who(stage.actor)}, {stage.at.value.replace('_', ' ')}, {whom}"]
    if not stage.blocking:
        notes.append("can be missed" if stage.prominence == 1.0 else f"can be missed, prominence {stage.prominence:g}")
    if stage.default is not Default.NONE:
        notes.append(f"silence means {'yes' if stage.default is Default.ON else 'no'}")
    if stage.time_limit is not None:
        notes.append(f"goes away after {stage.time_limit} seconds")
    if stage.shows > 1:
        notes.append(f"asked up to {stage.shows} times")
    if stage.remember:
        notes.append(f"answer kept for {stage.remember} meetings")
    for words in (stage.when.channels, stage.when.jurisdictions, stage.when.roles):
        if words:
            notes.append(f"only {', '.join(words)}")
    if stage.when.outside:
        notes.append(f"not in {', '.join(stage.when.outside)}")
    if stage.when.confidentiality:
        notes.append(
            f"only in meetings that are {', '.join(word.replace('_', ' ') for word in stage.when.confidentiality)}"
        )
    if stage.when.least_age:
        notes.append(f"from {stage.when.least_age} years on")
    return "; ".join(notes)


def granted(grants: GrantMap) -> str:
    """What is granted, in words."""
    by_purpose: dict[str, list[str]] = {}
    for category, purposes in grants.items():
        by_purpose.setdefault(", ".join(purpose.value for purpose in purposes), []).append(category.value)
    return "; ".join(f"{', '.join(categories)} for {purposes}" for purposes, categories in by_purpose.items())


def _toggle(toggle: Toggle) -> str:
    mark = "[x]" if toggle.default is Default.ON else "[ ]"
    return f"{mark} {toggle.label}: {granted(toggle.grants)}"


def _option(option: Option, stage: Stage, flow: Flow) -> str:
    does = {
        Effect.GRANT: "grants",
        Effect.DENY: "refuses",
        Effect.DEFER: "puts off",
        Effect.LEAVE: "leaves",
        Effect.NONE: "goes on",
    }[option.effect]
    settings = {
        ToggleSetting.AS_SET: "the switches as set",
        ToggleSetting.ALL_ON: "all switches on",
        ToggleSetting.ALL_OFF: "all switches off",
    }
    what = [granted(option.grants)] if option.grants else []
    what += [settings[option.toggles]] if option.toggles else []
    facts = [f"{does} {'; '.join(what)}".rstrip()]
    if shown(option):
        facts.append(_clicks(option.clicks))
        facts += [f"prominence {option.prominence:g}"] if option.prominence < 1.0 else []
    else:
        facts.append("no button")
    if option.next:
        facts.append("then nothing more" if option.next == DONE else f"then {option.next}")
    # What is no button stands in brackets in the file as well.
    label = option.label if option.label.startswith("(") else f"({option.label})"
    return f"{label}  {', '.join(facts)}"


def _clicks(counted: int | None) -> str:
    if counted is None:
        return "clicks not counted"
    return f"{counted} click" if counted == 1 else f"{counted} clicks"


def _refusal(flow: Flow) -> str:
    how = refuses(flow)
    return "A participant cannot refuse." if how == CANNOT else f"How a participant refuses: {how}."


def _capture(flow: Flow) -> str:
    mixed = ", ".join(category.value for category in flow.capture.mixed)
    kept_apart = ", ".join(category.value for category in flow.capture.separable)
    parts = [f"recorded together: {mixed}"] if mixed else []
    parts += [f"kept apart for each person: {kept_apart}"] if kept_apart else []
    text = "; ".join(parts) or "nothing named"
    return f"Capture: {text}{'; speakers recognised by voice' if flow.capture.voiceprint else ''}."


def _withdrawal(flow: Flow) -> str:
    withdrawal = flow.withdrawal
    if withdrawal.actor is None:
        return "Taking it back: nobody can."
    past = {
        True: "data already taken are removed",
        False: "data already taken stay",
        None: "effect on the past unknown",
    }
    return f"Taking it back: the {who(withdrawal.actor)}, {_clicks(withdrawal.clicks)}; {past[withdrawal.retroactive]}."


def dates(flow: Flow) -> str:
    """When a real design was in use."""
    start, end = (flow.period.from_, flow.period.to) if flow.period else (None, None)
    if start and end:
        return f"{start} to {end}"
    return f"since {start}" if start else f"until {end}" if end else "not known"


def mermaid(flow: Flow) -> str:
    """The flow as a Mermaid flowchart."""
    return "\n".join(_mermaid_lines(flow))


def _mermaid_lines(flow: Flow) -> Iterator[str]:
    yield "flowchart TD"
    stages = flow.stages
    for number, stage in enumerate(stages):
        toggles = "".join(f"<br>{_quoted(_toggle(toggle))}" for toggle in stage.toggles)
        yield f'  {stage.id}["{_quoted(stage.id)}<br>{_quoted(_heading(stage))}{toggles}"]'
        following = stages[number + 1].id if number + 1 < len(stages) else "finished"
        for option in stage.options:
            target = "finished" if option.next == DONE else option.next or following
            if leaves(option, flow, stage):
                target = "left"
            yield f'  {stage.id} -->|"{_arrow(option)}"| {target}'
        if not stage.blocking:
            yield f'  {stage.id} -.->|"missed: default {stage.default.value}"| {following}'
    yield f'  finished(["in the meeting<br>{_quoted(_refusal(flow))}"])'
    if any(leaves(option, flow, stage) for stage in stages for option in stage.options):
        yield '  left(["left the meeting"])'


def _arrow(option: Option) -> str:
    """An option with what taking it does."""
    does = option.effect.value + (f" {granted(option.grants)}" if option.grants else "")
    switches = f"; switches {option.toggles.value.replace('_', ' ')}" if option.toggles else ""
    return _quoted(f"{option.label} ({does}{switches})")


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")
