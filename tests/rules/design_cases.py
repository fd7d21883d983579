"""Flows made for the design checks: each with one pattern, beside the nearest design that does not have it."""

from __future__ import annotations

from simulator.scenario.flow import Flow
from simulator.scenario.flow_checks import problems
from simulator.scenario.vocabulary import RecordField

Part = dict[str, object]
TRAIN: Part = {"audio": ["training_first_party"]}
SERVE: Part = {"audio": ["service"]}
TEXT = "May we train our models on what you say?"


def option(name: str, effect: str, **more: object) -> Part:
    """One way to answer, by default one click and fully prominent; what grants, grants training on audio."""
    grants = {"grants": TRAIN} if effect == "grant" and not {"grants", "toggles"} & more.keys() else {}
    return {"id": name, "label": name, "effect": effect, "clicks": 1, "prominence": 1.0, **grants, **more}


def yes(**more: object) -> Part:
    return option("agree", "grant", **more)


def no(**more: object) -> Part:
    return option("refuse", "deny", **more)


def stage(*options: Part, **more: object) -> Part:
    """A question to participants at the door that names training."""
    return {
        "id": "ask",
        "actor": "participant",
        "at": "join",
        "text": TEXT,
        "options": list(options) or [yes(), no()],
        **more,
    }


def officer(*options: Part, **more: object) -> Part:
    """A question to the host that binds the meeting."""
    return stage(*options, **{"id": "host_ask", "actor": "host", "at": "schedule", **more})


def toggle(name: str, default: str = "off", grants: Part = TRAIN) -> Part:
    return {"id": name, "label": name, "default": default, "grants": grants}


def flow(*stages: Part, **more: object) -> Flow:
    """A flow that the loader takes; with nothing given, one in which the checks find nothing."""
    made = Flow.model_validate(
        {
            "schema_version": 1,
            "id": "made",
            "title": "Made",
            "question": "What comes of it?",
            "sources": [{"known": "assumption", "supports": "everything"}],
            "assumes": {"clicks": 1, "withdrawal_clicks": 1, "retroactive": True},
            "stages": list(stages) or [stage()],
            "refusal": "excluded",
            "capture": {"separable": ["audio"]},
            "withdrawal": {"actor": "participant", "clicks": 1, "retroactive": True},
            "retroactive_terms": False,
            "paid_refusal": False,
            "record": [field.value for field in RecordField],
            **more,
        }
    )
    assert problems(made) == []
    return made


OFFICER_ALONE = [officer(), stage(option("ok", "none"), option("go", "leave"))]
TOLD: Part = stage(option("ok", "none"))
HOST_TOO = [officer(), stage()]

CASES: dict[str, tuple[Flow, str, Flow, str]] = {
    "more clicks to refuse": (flow(stage(yes(), no(clicks=2))), "c1", flow(stage(yes(clicks=2), no(clicks=2))), ""),
    "silence grants, refusing is a click": (
        flow(stage(yes(), no(), default="on", blocking=False)),
        "c1 c3",
        flow(stage(yes(), no(), default="off", blocking=False)),
        "",
    ),
    "accept all, and switches that are on": (
        flow(stage(yes(), option("set", "grant", toggles="as_set"), toggles=[toggle("train", "on")])),
        "c1 c3",
        flow(stage(yes(), option("set", "grant", toggles="as_set"), toggles=[toggle("train")])),
        "",
    ),
    "more clicks to grant": (flow(stage(yes(clicks=2), no())), "c1 mirrored", flow(stage(yes(), no(clicks=0))), ""),
    "one switch for each category and none for all": (
        flow(
            stage(
                option("set", "grant", toggles="as_set"),
                no(),
                toggles=[toggle("audio"), toggle("chat", grants={"chat": ["training_first_party"]})],
            )
        ),
        "c1 mirrored",
        flow(
            stage(
                option("set", "grant", toggles="as_set"),
                option("all", "grant", toggles="all_on"),
                no(),
                toggles=[toggle("audio"), toggle("chat", grants={"chat": ["training_first_party"]})],
            )
        ),
        "",
    ),
    "clicks that would decide are not counted": (
        flow(stage(yes(), no(clicks=None))),
        "c1 unknown",
        flow(stage(yes(clicks=None), no(clicks=0)), withdrawal={"actor": "participant", "clicks": 0}),
        "",
    ),
    "nobody can take back": (flow(withdrawal={"actor": None}), "c2", flow(), ""),
    "the host can take back": (flow(withdrawal={"actor": "host", "clicks": 1}), "c2", flow(), ""),
    "taking back takes longer": (
        flow(withdrawal={"actor": "participant", "clicks": 2}),
        "c2",
        flow(stage(yes(clicks=2), no(clicks=2)), withdrawal={"actor": "participant", "clicks": 2}),
        "",
    ),
    "clicks to take back are not counted": (
        flow(withdrawal={"actor": "participant", "clicks": None}),
        "c2 unknown, c13 unknown",
        flow(),
        "",
    ),
    "a switch is on": (
        flow(stage(option("set", "grant", toggles="as_set"), no(), toggles=[toggle("train", "on")])),
        "c3",
        flow(stage(option("set", "grant", toggles="as_set"), no(), toggles=[toggle("train")])),
        "c1 mirrored",
    ),
    "the service is on": (
        flow(stage(yes(grants=TRAIN), no(), default="on")),
        "c3",
        flow(stage(yes(grants=SERVE), no(), default="on")),
        "",
    ),
    "yes and later take a click, no takes three": (
        flow(stage(yes(), option("later", "defer"), no(clicks=3), default="off")),
        "c1",
        flow(stage(yes(), option("later", "defer"), no(), default="off")),
        "",
    ),
    "staying is a yes": (
        flow(stage(yes(clicks=0), no(clicks=0))),
        "c3",
        flow(stage(yes(), no())),
        "",
    ),
    "more than four clicks to grant training": (
        flow(stage(yes(clicks=5), no())),
        "c1 mirrored, c13 mirrored",
        flow(stage(yes(clicks=4), no())),
        "c1 mirrored",
    ),
    "yes or later": (
        flow(stage(yes(), option("later", "defer"), default="off")),
        "c4",
        flow(stage(yes(), option("later", "defer"), no(), default="off")),
        "",
    ),
    "yes alone, and silence is yes": (
        flow(stage(yes(), default="on", blocking=False)),
        "c3 c4",
        flow(stage(yes(), default="off", blocking=False)),
        "",
    ),
    "agree or leave": (
        flow(stage(yes(), option("go", "leave"))),
        "c5",
        flow(stage(yes(), option("go", "leave"), no())),
        "",
    ),
    "who refuses must leave": (flow(refusal="leave"), "c5", flow(refusal="ask_host"), ""),
    "who refuses is muted": (flow(refusal="view_only"), "c5", flow(refusal="stop_for_all"), ""),
    "told of what the host granted, or leave": (
        flow(*OFFICER_ALONE, withdrawal={"actor": "participant", "clicks": 1}),
        "c5 c9",
        flow(officer(), stage(option("ok", "none"), no(), option("go", "leave"))),
        "c9",
    ),
    "training with improvement": (
        flow(stage(yes(grants={"audio": ["improvement", "training_first_party"]}), no())),
        "c6",
        flow(stage(yes(grants={"audio": ["service", "improvement"]}), no())),
        "",
    ),
    "a switch for two purposes": (
        flow(
            stage(
                option("set", "grant", toggles="as_set"),
                no(),
                toggles=[toggle("all", grants={"audio": ["service", "training_first_party"]})],
            )
        ),
        "c1 mirrored, c6",
        flow(
            stage(
                option("set", "grant", toggles="as_set"),
                no(clicks=3),
                toggles=[toggle("train"), toggle("serve", grants=SERVE)],
            ),
        ),
        "c1 mirrored",
    ),
    "granting stands out": (flow(stage(yes(), no(prominence=0.5))), "c7", flow(stage(no(), yes())), ""),
    "refusing stands out": (flow(stage(yes(prominence=0.5), no())), "c7 mirrored", flow(), ""),
    "guilt": (
        flow(stage(yes(), no(label="No, I don't care about the team"))),
        "c8",
        flow(stage(yes(), no(label="No"))),
        "",
    ),
    "loss": (
        flow(stage(text=f"{TEXT} If not, you will lose summaries.")),
        "c8",
        flow(stage(text=f"{TEXT} If not, you get no summary.")),
        "",
    ),
    "two negations": (
        flow(stage(yes(), no(label="Do not exclude me from no training"))),
        "c8",
        flow(stage(yes(), no(label="Do not train on this"))),
        "",
    ),
    "a question put as a negation": (flow(stage(negated=True)), "c8", flow(stage(negated=False)), ""),
    "a warning on granting": (
        flow(stage(yes(label="Yes, give away what I say"), no())),
        "c8 mirrored",
        flow(stage(yes(label="Yes, share what I say"), no())),
        "",
    ),
    "the host alone decides": (flow(officer(), TOLD), "c9", flow(*HOST_TOO), ""),
    "improvement is said and training granted": (
        flow(stage(text="May we improve our product with what you say?")),
        "c10",
        flow(stage(text="May we improve our models with what you say?")),
        "",
    ),
    "no use is said and training granted": (flow(stage(text="Is that fine?")), "c10", flow(stage(text=TEXT)), ""),
    "no text is given": (flow(stage(text="")), "c10 unknown", flow(stage(yes(label="Train on it"), no(), text="")), ""),
    "participants are asked about improvement, others train": (
        flow(officer(), stage(yes(grants={"audio": ["improvement"]}), no())),
        "c9 c10",
        flow(officer(), stage(yes(grants={"audio": ["service"]}), no())),
        "c9",
    ),
    "told in the meeting of what began before": (
        flow(officer(), {**TOLD, "at": "in_meeting"}),
        "c9 c11",
        flow(officer(at="in_meeting"), {**TOLD, "at": "in_meeting"}),
        "c9",
    ),
    "asked in the meeting, and nothing is taken before": (
        flow(officer(), stage(default="on", at="in_meeting")),
        "c3 c11",
        flow(officer(), stage(at="in_meeting")),
        "",
    ),
    "the phone is left out": (
        flow(officer(), stage(when={"channels": ["desktop", "mobile", "room"]})),
        "c12",
        flow(stage(when={"channels": ["desktop", "mobile", "room"]})),
        "",
    ),
    "externals are left out": (
        flow(officer(), stage(when={"roles": ["subordinate", "peer"]})),
        "c12",
        flow(officer(), stage(when={"roles": ["subordinate", "peer", "external"]})),
        "",
    ),
    "five clicks to refuse": (
        flow(stage(yes(clicks=5), no(clicks=5))),
        "c13, c13 mirrored",
        flow(stage(yes(clicks=4), no(clicks=4))),
        "",
    ),
    "five clicks to take back": (
        flow(stage(yes(clicks=4), no(clicks=4)), withdrawal={"actor": "participant", "clicks": 5}),
        "c2 c13",
        flow(stage(yes(clicks=4), no(clicks=4)), withdrawal={"actor": "participant", "clicks": 4}),
        "",
    ),
    "terms reach back": (
        flow(retroactive_terms=True),
        "c14",
        flow(stage(yes(grants=SERVE), no()), retroactive_terms=True),
        "",
    ),
    "whether terms reach back is not known": (flow(retroactive_terms=None), "c14 unknown", flow(), ""),
    "asked until one grants": (
        flow(stage(yes(next="done"), no(next="ask"), shows=2)),
        "c15",
        flow(stage(yes(next="ask"), no(next="ask"), option("go", "none", next="done"), shows=2)),
        "",
    ),
    "are you sure that you refuse": (
        flow(stage(yes(next="done"), no(next="sure")), stage(id="sure")),
        "c15",
        flow(stage(yes(), no()), stage(id="sure")),
        "",
    ),
    "are you sure that you grant": (
        flow(stage(yes(next="sure"), no(next="done")), stage(id="sure")),
        "c15 mirrored",
        flow(stage(when={"channels": ["phone"]}), stage(id="sure", when={"channels": ["desktop"]})),
        "",
    ),
    "refusing costs money": (flow(paid_refusal=True), "c16", flow(paid_refusal=False), ""),
    "whether refusing costs money is not known": (flow(paid_refusal=None), "c16 unknown", flow(), ""),
    "later means yes": (
        flow(stage(yes(), no(), option("later", "defer"), default="on")),
        "c3 c17",
        flow(stage(yes(), no(), option("later", "defer"), default="off")),
        "",
    ),
    "silence for three times means yes": (
        flow(stage(yes(next="done"), no(next="done"), option("back", "none", next="ask"), default="on", shows=3)),
        "c3 c17",
        flow(stage(yes(next="done"), no(next="done"), option("back", "none", next="ask"), default="off", shows=3)),
        "",
    ),
    "asked again where they are": (
        flow(stage(yes(next="done"), no(next="sure")), stage(id="sure", when={"outside": ["DE"]})),
        "c15",
        flow(
            stage(yes(next="done"), no(next="sure"), when={"outside": ["DE"]}),
            stage(id="sure", when={"jurisdictions": ["DE"]}),
        ),
        "",
    ),
    "nobody is told": (flow(officer()), "c9 c18", flow(officer(), TOLD), "c9"),
    "told where nothing leads to": (
        flow(officer(), stage(option("ok", "none"), blocking=False, prominence=0.0)),
        "c9 c18",
        flow(officer(), stage(option("ok", "none"), blocking=False, prominence=0.1)),
        "c9",
    ),
    "the record lacks a field": (
        flow(record=[field.value for field in RecordField if field is not RecordField.LANGUAGE]),
        "c19",
        flow(record=[field.value for field in reversed(RecordField)]),
        "",
    ),
    "what the record holds is not known": (
        flow(record=None),
        "c19 unknown",
        flow(record=[field.value for field in RecordField]),
        "",
    ),
}
"""What a design is about: a flow that has it, what is found, the nearest flow that does not, what is found there."""
