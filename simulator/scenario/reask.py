"""When people are asked again over weeks."""

from __future__ import annotations

from typing import Literal

from simulator.errors import Problem, UsageError, did_you_mean

Words = Literal["as_designed", "each_meeting", "never", "after_refusal"]
AS_DESIGNED: Literal["as_designed"] = "as_designed"
EACH_MEETING: Literal["each_meeting"] = "each_meeting"
NEVER: Literal["never"] = "never"
AFTER_REFUSAL: Literal["after_refusal"] = "after_refusal"
WORDS: tuple[Words, ...] = (AS_DESIGNED, EACH_MEETING, NEVER, AFTER_REFUSAL)

Reask = Words | int
"""`as_designed`: when the flow's `remember` has run out, in each meeting where it has none. `each_meeting`: always.
`never`: an answer holds for good. `after_refusal`: a grant holds for good, and whoever refused is asked in the next
meeting. A number: an answer holds for so many weeks. Whoever took note of a notice ("OK") has answered it. Whoever
left, put it off or missed it has given no answer, and is asked in the next meeting under all of these."""

SAYS = {
    AS_DESIGNED: "when an answer has run out, as the flow says",
    EACH_MEETING: "in each meeting",
    NEVER: "never, once they have answered",
    AFTER_REFUSAL: "in the next meeting, if they refused",
}
"""In words: people are asked again ..."""


def read_reask(name: str, given: object, most: int) -> Reask:
    """When people are asked again, as somebody gives it.

    Args:
        name: Where it stands, for the error.
        given: A word or a number of weeks.
        most: The largest number of weeks.

    Raises:
        UsageError: If it is neither.
    """
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= most:
        return given
    found = next((word for word in WORDS if word == given), None)
    if found is not None:
        return found
    remedy = did_you_mean(str(given), [*WORDS, "a number of weeks"], called="Allowed")
    raise UsageError(Problem(f"{name}: {given!r} is not allowed here.", remedy=remedy))
