"""One stage as somebody met it, told in lines: what they weighed, what decided, and what they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator.behaviour.choice import Terms
from simulator.engine.reference_people import Step, Switched
from simulator.scenario.flow import Option, Stage
from simulator.scenario.stage_facts import default_option
from simulator.scenario.vocabulary import Actor, At, Default
from simulator.text.flow_view import granted, who
from simulator.text.numbers import percent

Line = tuple[int, str]
"""Indentation and text."""

TERMS = {
    "value": "how far they want what it grants, weighed by attention",
    "habit": "the accustomed way on, taken unread",
    "clicks": "the effort of clicking",
    "stake": "what leaving, or staying muted, costs them",
    "pressure": "it is what the host asks for",
    "prominence": "how much it stands out",
    "hidden": "it is out of sight, and somebody has to look for it",
    "first": "it comes first",
    "urging": "its words push",
    "preselection": "it is set already",
    "benefit": "what the feature is worth to who decides for all",
    "veto": "it stops the feature for everybody",
    "behaviour": "what the behaviour makes of it, as it is no sum of terms",
    "context": "what one's own counts say of this place, whatever the design",
}
"""The terms of an option's utility, in plain words."""

AT = {
    At.ACCOUNT: "in the account",
    At.SCHEDULE: "when the meeting is planned",
    At.JOIN: "at joining",
    At.IN_MEETING: "in the meeting",
    At.AFTER: "after the meeting",
}
"""When a stage happens, in plain words."""


def stage_lines(step: Step, *, host: bool) -> Iterator[Line]:
    """A stage; `host` says whether the person is the host, who answers for all."""
    stage = step.stage
    own = stage.actor is Actor.PARTICIPANT or (host and stage.actor is Actor.HOST)
    subject = "They" if own else f"The {who(stage.actor)}"
    whom = "" if stage.actor is Actor.PARTICIPANT else f", the {who(stage.actor)} for everybody"
    yield 0, f"{stage.id}: {AT[stage.at]}{whom}"
    if not step.noticed:
        yield 1, f"{subject} did not notice it. {_default(stage)}"
        return
    if step.option is None or step.settled:
        label = step.option.label if step.option else ""
        yield 1, f'Not weighed: the scenario settles the answer, "{label}". {_gives(step)}'
        return
    yield 1, f"{subject} gave it {percent(step.attention)} of full attention, and weighed:"
    for option in stage.options:
        yield from _weighed(option.id, step)
    yield 1, decided(step)
    yield 1, f"{subject} took {_named(step.option)}{recalled_words(step)}. {_gives(step)}"
    yield from _switches(step)


def provider_lines(stage: Stage) -> Iterator[Line]:
    """A stage of the provider, who asks nobody."""
    yield 0, f"{stage.id}: {AT[stage.at]}, the provider for everybody"
    yield 1, f"Nobody is asked. {_default(stage)}"


def terms_of(steps: Iterable[Step]) -> list[str]:
    """The terms that play a part in some steps, in the order of the model."""
    used = {name for step in steps for terms in step.terms.values() for name in terms}
    used |= {name for step in steps for switch in step.toggles.values() for name in switch.terms}
    return [name for name in TERMS if name in used]


def _weighed(option: str, step: Step) -> Iterator[Line]:
    yield 2, f"{option}, probability {percent(step.probability[option])}"
    yield 3, _listed(step.terms[option])


def _listed(terms: Terms) -> str:
    if not terms:
        return "nothing speaks for or against it"
    ordered = sorted(terms.items(), key=lambda item: -abs(item[1]))
    total = f"; in all {sum(terms.values()):+.2f}" if len(terms) > 1 else ""
    return ", ".join(f"{name} {value:+.2f}" for name, value in ordered) + total


def decided(step: Step) -> str:
    """The largest difference between what was taken and the strongest other option."""
    assert step.option is not None, "a step that was weighed has an answer"
    taken = step.option.id
    if step.misread:
        return "They misread the question, which is put as a negation, and took the opposite of what they meant."
    others = [name for name in step.terms if name != taken]
    if not others:
        return "There was no other option."
    rival = max(others, key=lambda name: sum(step.terms[name].values()))
    ahead, behind = (taken, rival) if step.probability[taken] >= step.probability[rival] else (rival, taken)
    name, gap = largest_difference(step.terms[ahead], step.terms[behind])
    if gap <= 0.0:
        return f"Nothing sets {taken} and {rival} apart: it was chance."
    why = f"most of all by {name}, {gap:+.2f} against {behind}"
    if ahead == taken:
        return f"What decided: {taken} was ahead of {rival}, {why}."
    return f"Chance decided: the draw {step.draw:.3f} fell to {taken}, though {rival} was likelier, {why}."


def largest_difference(ahead: Terms, behind: Terms) -> tuple[str, float]:
    """The term that speaks most for one option over another, and by how much."""
    gaps = {name: ahead.get(name, 0.0) - behind.get(name, 0.0) for name in {**ahead, **behind}}
    name = max(gaps, key=lambda one: gaps[one], default="")
    return name, gaps.get(name, 0.0)


def _named(option: Option) -> str:
    return f'{option.id} ("{option.label}")'


def recalled_words(step: Step) -> str:
    """Where an answer comes from that is not given anew; nothing where it is."""
    if not step.recalled:
        return ""
    settled = step.stage.at is At.ACCOUNT
    return f", an answer {'given in the account' if settled else 'remembered from an earlier meeting'}"


def _default(stage: Stage) -> str:
    option = default_option(stage)
    if stage.default is Default.NONE:
        return "Nothing holds by default."
    if stage.default is Default.OFF or option is None:
        return "Its default holds, which is no."
    return f"Its default holds, which is yes: {_grants(option)}"


def _gives(step: Step) -> str:
    return "" if step.option is None else _grants(step.option)


def _grants(option: Option) -> str:
    return f"That grants {granted(option.grants)}." if option.grants else ""


def _switches(step: Step) -> Iterator[Line]:
    """The toggles, each with the terms of on against off."""
    for name, switch in step.toggles.items():
        yield 2, f"{name} {_switched(switch)}"
        yield 3, _listed(switch.terms)


def _switched(switch: Switched) -> str:
    return f"{'[x] on' if switch.on else '[ ] off'}, probability of on {percent(switch.probability)}"
