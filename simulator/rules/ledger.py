"""The ledger's reasons: for one person and one data category, the first reason why it is not eligible.

produced -> absent -> not captured -> refused -> inseparable -> claimed -> void -> lawful -> withdrawn -> kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.scenario.vocabulary import ConsentStatus, Row, VoidTest


class Cause(StrEnum):
    """What decided a unit's row, finer than the row. The void causes are the tests of `VoidTest`, and `mixed`."""

    LEFT = "left"
    MEETING_ENDED = "meeting_ended"
    SWITCHED_OFF = "switched_off"
    VETOED = "vetoed"
    VIEW_ONLY = "view_only"
    NOT_ASKED = "not_asked"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    INSEPARABLE = "inseparable"
    EXCLUDED = VoidTest.EXCLUDED
    MINOR = VoidTest.MINOR
    NOT_OWN_CHOICE = VoidTest.NOT_OWN_CHOICE
    PRE_TICKED = VoidTest.PRE_TICKED
    FORCED = VoidTest.FORCED
    DETRIMENT = VoidTest.DETRIMENT
    BUNDLED = VoidTest.BUNDLED
    UNEQUAL_PATH = VoidTest.UNEQUAL_PATH
    WITHDRAWAL = VoidTest.WITHDRAWAL
    POWER_GAP = VoidTest.POWER_GAP
    VOICEPRINT = VoidTest.VOICEPRINT
    RECORDING = VoidTest.RECORDING
    MIXED = "mixed"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_TOGETHER = "withdrawn_together"
    KEPT = "kept"


CAUSES = tuple(Cause)
FIRST_VOID = CAUSES.index(Cause.EXCLUDED)
"""Index of the first void cause; they stand in the order of `VoidTest`, then `mixed`."""
LAST_VOID = CAUSES.index(Cause.MIXED)

ROW_OF: dict[Cause, Row] = {
    Cause.LEFT: Row.ABSENT,
    Cause.MEETING_ENDED: Row.ABSENT,
    Cause.SWITCHED_OFF: Row.NOT_CAPTURED,
    Cause.VETOED: Row.NOT_CAPTURED,
    Cause.VIEW_ONLY: Row.NOT_CAPTURED,
    Cause.NOT_ASKED: Row.NOT_CAPTURED,
    Cause.REFUSED: Row.REFUSED,
    Cause.UNANSWERED: Row.REFUSED,
    Cause.INSEPARABLE: Row.INSEPARABLE,
    **{Cause(test.value): Row.VOID for test in VoidTest},
    Cause.MIXED: Row.VOID,
    Cause.WITHDRAWN: Row.WITHDRAWN,
    Cause.WITHDRAWN_TOGETHER: Row.WITHDRAWN,
    Cause.KEPT: Row.KEPT,
}

STATUS_OF: dict[Cause, ConsentStatus] = {
    Cause.LEFT: ConsentStatus.REFUSED,
    Cause.MEETING_ENDED: ConsentStatus.UNKNOWN,
    Cause.SWITCHED_OFF: ConsentStatus.UNKNOWN,
    Cause.VETOED: ConsentStatus.REVOKED,
    Cause.VIEW_ONLY: ConsentStatus.REFUSED,
    Cause.NOT_ASKED: ConsentStatus.UNKNOWN,
    Cause.REFUSED: ConsentStatus.REFUSED,
    Cause.UNANSWERED: ConsentStatus.DEFERRED,
    Cause.INSEPARABLE: ConsentStatus.GIVEN,
    **{Cause(test.value): ConsentStatus.INVALIDATED for test in VoidTest},
    Cause.MIXED: ConsentStatus.GIVEN,
    Cause.WITHDRAWN: ConsentStatus.WITHDRAWN,
    Cause.WITHDRAWN_TOGETHER: ConsentStatus.GIVEN,
    Cause.KEPT: ConsentStatus.GIVEN,
}
"""Where a person's consent to the use stands, by what decided."""

EXPLAINED: dict[Cause, str] = {
    Cause.LEFT: "left rather than agree",
    Cause.MEETING_ENDED: "the meeting could not go on: the host left, or one person was left alone",
    Cause.SWITCHED_OFF: "an owner, administrator or host kept it off",
    Cause.VETOED: "switched off for everybody because somebody refused",
    Cause.VIEW_ONLY: "the person stayed view-only and produced nothing",
    Cause.NOT_ASKED: "the flow never asks this person for it",
    Cause.REFUSED: "the person said no, or left the switch off",
    Cause.UNANSWERED: "nobody answered, and silence means no here",
    Cause.INSEPARABLE: "granted, but recorded together with somebody who did not grant it",
    Cause.EXCLUDED: "a sector rule keeps such meetings out",
    Cause.MINOR: "too young to decide alone",
    Cause.NOT_OWN_CHOICE: "somebody else decided",
    Cause.PRE_TICKED: "granted by silence or an untouched pre-set switch",
    Cause.FORCED: "the only other way was to leave",
    Cause.DETRIMENT: "the other way was to stay muted and unseen",
    Cause.BUNDLED: "one click granted other purposes with it",
    Cause.UNEQUAL_PATH: "refusing takes more clicks than granting",
    Cause.WITHDRAWAL: "taking it back is harder than granting, or is left to somebody else",
    Cause.POWER_GAP: "an employee asked by a superior",
    Cause.VOICEPRINT: "speakers recognised by voice without a release of their own",
    Cause.RECORDING: "recorded without the agreement of all parties that the law of somebody present asks for",
    Cause.MIXED: "recorded together with somebody whose consent is void",
    Cause.WITHDRAWN: "taken back afterwards",
    Cause.WITHDRAWN_TOGETHER: "recorded together with somebody who took theirs back afterwards",
    Cause.KEPT: "eligible",
}


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What happened to one person's data of one category, as far as claiming goes."""

    left: bool
    meeting_ended: bool
    switched_off: bool
    vetoed: bool
    view_only: bool
    granted: bool
    """By the person or by somebody whose answer binds them."""
    refused: bool
    unanswered: bool
    mixed_with_ungranted: bool


def unclaimed_because(situation: Situation) -> Cause | None:
    """The first reason why a unit is not claimed, or None when it is claimed."""
    reasons = (
        (situation.left, Cause.LEFT),
        (situation.meeting_ended, Cause.MEETING_ENDED),
        (situation.switched_off, Cause.SWITCHED_OFF),
        (situation.vetoed, Cause.VETOED),
        (situation.view_only, Cause.VIEW_ONLY),
        (situation.refused, Cause.REFUSED),
        (situation.unanswered, Cause.UNANSWERED),
        (not situation.granted, Cause.NOT_ASKED),
        (situation.mixed_with_ungranted, Cause.INSEPARABLE),
    )
    return next((cause for holds, cause in reasons if holds), None)
