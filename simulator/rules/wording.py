"""What looking for phrases can say of words: guilt, loss, warnings, two negations, whether training is named.

English only, and no more than a first look: a phrase that is found has to be read, one that is missing proves nothing.
"""

from __future__ import annotations

import re

GUILT = (
    "don't care",
    "do not care",
    "no thanks, i",
    "selfish",
    "let everybody down",
    "let everyone down",
    "let the team down",
    "let us down",
    "disappoint",
)
"""Phrases that shame whoever refuses, after the example in 4 CCR 904-3-7.09(A)(2)(a) and Mathur et al. (2019)."""

LOSS = (
    "miss out",
    "missing out",
    "lose access",
    "lose out",
    "you will lose",
    "you'll lose",
    "last chance",
    "worse experience",
    "limited experience",
)
"""Phrases that tell of a loss to whoever refuses, after the guilt and urgency examples in 4 CCR 904-3-7.09(A)."""

AGAINST = (
    "give away",
    "hand over",
    "sell out",
    "spy on",
    "spied on",
    "surrender your",
    "exploit",
    "at your own risk",
)
"""Phrases that shame or frighten whoever grants: the two lists above turned round."""

_NEGATION = r"\b(?:not|never|no|cannot|without|\w+n't)\b"
_REVERSALS = ("opt out", "opt-out", "declin", "refus", "object to", "exclud", "disabl", "stop", "uncheck", "untick")
_CLAUSE = re.compile(r"[.;:!?,]")
_TRAINING = re.compile(r"\b(?:train\w*|models?|machine learning)\b")
_IMPROVEMENT = re.compile(r"\bimprov\w*")


def _plain(text: str) -> str:
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower().split())


def phrase(text: str, phrases: tuple[str, ...]) -> str | None:
    """The first of the phrases that a text holds."""
    plain = _plain(text)
    return next((found for found in phrases if re.search(rf"(?<!\w){re.escape(found)}", plain)), None)


def double_negative(text: str) -> str | None:
    """The first clause that negates twice, such as "do not exclude my data"; None where no clause does."""
    for clause in _CLAUSE.split(_plain(text)):
        negations = len(re.findall(_NEGATION, clause))
        if negations > 1 or (negations and phrase(clause, _REVERSALS)):
            return clause.strip()
    return None


def names_training(text: str) -> bool:
    """Whether a text speaks of training or models."""
    return _TRAINING.search(_plain(text)) is not None


def names_improvement(text: str) -> bool:
    """Whether a text speaks of improvement."""
    return _IMPROVEMENT.search(_plain(text)) is not None
