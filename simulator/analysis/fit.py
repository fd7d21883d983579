"""Fits the coefficients of the choice model to published arms: the most likely values, and draws around them.

Each arm's design is run through the engine's own utilities. The errors are normal on the scale of logits, with the
sampling error of the arm and a spread per study besides, so that a study of millions does not drown one of hundreds.
`docs/decisions/0006-fitting-to-published-arms.md` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.analysis.scales import logit, outer_value, prior_of
from simulator.engine.shares import Asked, Model, answer_shares, compile_asked, model_of, with_values
from simulator.scenario.evidence import WHOLE, Arm, Observed, Study
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population
from simulator.scenario.vocabulary import Answer, EvidenceRole, Read

Floats = npt.NDArray[np.float64]
Shares = dict[Answer, float]

FITTED = (
    "value", "habit", "prominence", "hidden", "first", "urging", "preselection", "click", "effort_spread",
    "attention", "attention_spread", "attention_words", "attention_prompts", "notice", "misread",
)  # fmt: skip
"""Coefficients that some design could tell something of. The others stay as their priors are."""
NO_SHARES = (Answer.UNREAD, Answer.VARIED)
"""What is observed of people, and not of their answers."""
DRAWS = 200
UNSTATED_N = 400
"""Choices that an arm is taken to have where the study does not say."""
PULL_SPREAD, PASSING_SPREAD = 2.0, 1.5
"""Standard deviations of the constants of contexts, logits: base rates differ by far more than designs do."""
STUDY_SPREAD, STUDY_WEIGHT = 0.35, 4.0
"""Spread of a study's arms around the model before any is seen, logits, and the arms that this counts for."""
INFORMS = 0.1
"""A study informs a coefficient if alone it would take at least about this share off the prior's variance."""
_STEP = 1e-4
_ROUNDS = 12


@dataclass(frozen=True)
class Row:
    """One observed figure: a share of an arm, or a difference between two arms."""

    study: str
    arms: tuple[Arm, ...]
    """The arm; for a difference the two."""
    answer: Answer
    among: Answer | None
    value: float
    bound: str | None
    sampling: float
    """Sampling variance, of the logit of a share or of a difference in points."""
    weight: float
    """Figures that it stands for: shares that add up to 1 hold one less than there are."""

    @property
    def contrast(self) -> bool:
        """Whether the value is a difference in points."""
        return len(self.arms) == 2

    def predicted(self, shares: Sequence[Shares]) -> float:
        """The figure that these shares, of each of its arms, amount to."""
        first = share_in(shares[0], self.answer, self.among)
        return first - share_in(shares[1], self.answer, self.among) if self.contrast else first

    def miss(self, predicted: float) -> float:
        """How far a prediction is off, in logits (a difference: in points); 0 on the right side of a bound."""
        if self.contrast:
            return predicted - self.value
        off = logit(predicted) - logit(self.value)
        return within_bound(off, self.bound)

    def spread(self, study_spread: float) -> float:
        """Standard deviation of the miss, for a study whose arms have that spread around the model."""
        slope = 0.2 if self.contrast else 1.0  # points for each logit, at shares between a fourth and three fourths
        return float(np.sqrt(self.sampling + (slope * study_spread) ** 2) / np.sqrt(self.weight))


def within_bound(off: float, bound: str | None) -> float:
    """A miss, where only one side of the observed value is known to be wrong."""
    if bound == "at_most":
        return max(off, 0.0)
    return min(off, 0.0) if bound == "at_least" else off


def share_in(shares: Shares, answer: Answer, among: Answer | None) -> float:
    """A share, of everybody or of those with another answer."""
    return shares[answer] / max(shares[among], 1e-12) if among is not None else shares[answer]


def usable(arm: Arm) -> bool:
    """Whether an arm's figures may be fitted or held against predictions: not from memory, not unseen."""
    return arm.read in (Read.PRIMARY, Read.SECONDARY)


def rows_of(study: Study, arms: Callable[[Arm], bool] = usable) -> Iterator[Row]:
    """The observed figures of a study, of the arms that pass."""
    for arm in filter(arms, study.arms):
        parts = [item for item in arm.observed if item.answer in WHOLE and item.among is None]
        total = sum(item.share for item in parts)
        for item in arm.observed:
            whole = item in parts and len(parts) > 1 and total > 0.98
            weight = (len(parts) - 1) / len(parts) if whole else 1.0
            if item.answer is Answer.VARIED:
                weight = float(len(study.arms))  # people vary over all arms of a study
            yield _row(study, arm, item, weight)
    for contrast in study.contrasts:
        pair = (study.arm(contrast.arm), study.arm(contrast.less))
        if all(map(arms, pair)):
            sampling = 2.0 * 0.22 / (contrast.n or UNSTATED_N)  # of two shares between a third and two thirds
            yield Row(study.id, pair, contrast.answer, None, contrast.points, None, sampling, 1.0)


def _row(study: Study, arm: Arm, item: Observed, weight: float) -> Row:
    n = item.n or arm.n or UNSTATED_N
    share = min(max(item.share, 0.5 / n), 1.0 - 0.5 / n)
    sampling = 1.0 / (n * share * (1.0 - share))
    return Row(study.id, (arm,), item.answer, item.among, share, item.bound, sampling, weight)


@dataclass(frozen=True)
class Context:
    """Where a study asks: its base rates get two constants of their own."""

    study: str
    name: str


Constants = dict[Context, tuple[float, float]]
"""Pull towards granting and towards not answering, logits, by context."""


@dataclass(frozen=True)
class Library:
    """Studies, their designs compiled, and who answers."""

    studies: tuple[Study, ...]
    prior: Parameters
    population: Population
    designs: dict[tuple[str, str], Asked] = field(repr=False)

    @classmethod
    def of(cls, studies: Sequence[Study], prior: Parameters, population: Population) -> Library:
        """Compile the designs of all studies."""
        designs = {
            (study.id, name): compile_asked(study.flow(name), prior, population)
            for study in studies
            for name in study.designs
        }
        return cls(tuple(studies), prior, population, designs)

    def without(self, study: str) -> Library:
        """The same with one study left out."""
        kept = tuple(other for other in self.studies if other.id != study)
        return Library(kept, self.prior, self.population, self.designs)

    def model(self, inner: Floats) -> Model:
        """The model at some values of the fitted coefficients, on their inner scales."""
        return model_of(self.parameters(inner), self.population)

    def parameters(self, inner: Floats) -> Parameters:
        """The prior's parameters with the fitted coefficients replaced."""
        values = {name: outer_value(name, float(value)) for name, value in zip(FITTED, inner, strict=True)}
        return with_values(self.prior, values)

    def shares(self, study: str, arm: Arm, model: Model, constants: tuple[float, float]) -> Shares:
        """Shares of an arm's answers; of pooled designs, their mean."""
        pull, passing = constants
        found = [answer_shares(self.designs[study, name], model, pull=pull, passing=passing) for name in arm.designs]
        return {answer: sum(shares[answer] for shares in found) / len(found) for answer in found[0]}


def calibration(studies: Sequence[Study]) -> list[Study]:
    """The studies that may be fitted."""
    return [study for study in studies if study.role is EvidenceRole.CALIBRATION]


@dataclass(frozen=True)
class Fit:
    """What was found: a normal distribution of the fitted coefficients on their inner scales, and all else free."""

    library: Library
    centre: Floats
    """(fitted,) most likely values, inner scale."""
    covariance: Floats
    """(fitted, fitted)"""
    constants: Constants
    spreads: dict[str, float]
    """Spread of each study's arms around the model, logits."""
    informed: dict[str, list[str]]
    """Studies that inform each fitted coefficient, the most informative first."""

    @property
    def new_study_spread(self) -> float:
        """Spread to expect of the arms of a study that was not fitted."""
        return float(np.sqrt(np.mean([spread**2 for spread in self.spreads.values()])))

    def draws(self, count: int, seed: int) -> Floats:
        """Joint draws of the fitted coefficients on their inner scales, (count, fitted)."""
        normal = np.random.default_rng(seed).standard_normal((count, len(FITTED)))
        return self.centre + normal @ np.linalg.cholesky(self.covariance).T


def _telling(rows: list[Row]) -> list[Row]:
    """The rows that compare something: a base rate alone says nothing, as base rates are free."""
    arms = {(arm.context, arm.id) for row in rows for arm in row.arms if row.answer not in NO_SHARES}
    contexts = [context for context, _ in arms]
    return [row for row in rows if row.answer in NO_SHARES or contexts.count(row.arms[0].context) > 1]


class _Problem:
    """Residuals of everything that is fitted, as a function of coefficients and constants in one vector."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.rows = [row for study in library.studies for row in _telling(list(rows_of(study)))]
        pairs = {(row.study, arm.context): None for row in self.rows for arm in row.arms}
        self.contexts = [Context(study, name) for study, name in pairs]
        priors = [prior_of(name, library.prior) for name in FITTED]
        spreads = [PULL_SPREAD, PASSING_SPREAD] * len(self.contexts)
        self.mean = np.array([mean for mean, _ in priors] + [0.0] * len(spreads))
        self.sd = np.array([sd for _, sd in priors] + spreads)
        self._pool = ThreadPoolExecutor(2)

    def constants(self, at: Floats) -> Constants:
        free = at[len(FITTED) :].reshape(-1, 2)
        return {context: (float(pull), float(rest)) for context, (pull, rest) in zip(self.contexts, free, strict=True)}

    def misses(self, at: Floats, model: Model | None = None, only: Context | None = None) -> Floats:
        """Miss of each row; with `only`, of that context's rows, and 0 elsewhere."""
        model = model or self.library.model(at[: len(FITTED)])
        constants, known = self.constants(at), dict[tuple[str, str], Shares]()

        def shares(study: str, arm: Arm) -> Shares:
            key = (study, arm.id)
            if key not in known:
                known[key] = self.library.shares(study, arm, model, constants[Context(study, arm.context)])
            return known[key]

        found = np.zeros(len(self.rows))
        for number, row in enumerate(self.rows):
            if only is None or (row.study, row.arms[0].context) == (only.study, only.name):
                found[number] = row.miss(row.predicted([shares(row.study, arm) for arm in row.arms]))
        return found

    def slopes(self, at: Floats) -> Floats:
        """Derivatives of the misses, (rows, coefficients and constants), by forward differences."""
        model, base = self.library.model(at[: len(FITTED)]), self.misses(at)

        def slope(column: int) -> Floats:
            moved = at.copy()
            moved[column] += _STEP
            if column < len(FITTED):
                return np.asarray((self.misses(moved) - base) / _STEP)
            context = self.contexts[(column - len(FITTED)) // 2]
            mine = np.array([(row.study, row.arms[0].context) == (context.study, context.name) for row in self.rows])
            return np.asarray(np.where(mine, (self.misses(moved, model, context) - base) / _STEP, 0.0))

        return np.stack(list(self._pool.map(slope, range(len(at)))), axis=1)


def fit(library: Library, start: Fit | None = None) -> Fit:
    """Fit the coefficients to the studies of the library.

    The most likely values by least squares, the studies' spreads re-estimated in rounds, and the covariance from the
    curvature there (Laplace). Deterministic: the same files give the same numbers.

    Args:
        library: The studies, and the priors.
        start: A fit to about the same studies, to start from; where it ends does not depend on it.
    """
    from scipy.optimize import least_squares

    problem = _Problem(library)
    spreads = {study.id: STUDY_SPREAD for study in library.studies}
    at, settled = problem.mean.copy(), False
    if start is not None:
        spreads = {name: start.spreads[name] for name in spreads}
        free = [value for context in problem.contexts for value in start.constants[context]]
        at = np.concatenate([start.centre, free])
    for _ in range(_ROUNDS):
        scale = np.array([row.spread(spreads[row.study]) for row in problem.rows])
        found = least_squares(
            lambda x, scale=scale: np.concatenate([problem.misses(x) / scale, (x - problem.mean) / problem.sd]),
            at,
            jac=lambda x, scale=scale: np.concatenate([problem.slopes(x) / scale[:, None], np.diag(1.0 / problem.sd)]),
            method="trf",
            xtol=1e-4,
            ftol=1e-5,
            gtol=1e-5,
            max_nfev=40,
        )
        at = found.x
        if settled:
            break
        before, spreads = spreads, _spreads(problem, at)
        settled = max(abs(spreads[name] - before[name]) for name in spreads) < 0.01
    scale = np.array([row.spread(spreads[row.study]) for row in problem.rows])
    slopes = problem.slopes(at) / scale[:, None]
    covariance = np.linalg.inv(slopes.T @ slopes + np.diag(problem.sd**-2))
    first = len(FITTED)
    return Fit(
        library=library,
        centre=at[:first],
        covariance=covariance[:first, :first],
        constants=problem.constants(at),
        spreads=spreads,
        informed=_informed(problem, slopes),
    )


def _spreads(problem: _Problem, at: Floats) -> dict[str, float]:
    """Spread of each study's arms, by moments, drawn towards STUDY_SPREAD as if that were STUDY_WEIGHT more arms."""
    misses, found = problem.misses(at), {}
    for study in problem.library.studies:
        squares = [
            ((miss / 0.2) ** 2 - row.sampling / 0.04) if row.contrast else (miss**2 - row.sampling)
            for row, miss in zip(problem.rows, misses, strict=True)
            if row.study == study.id and not row.bound
        ]
        total = STUDY_WEIGHT * STUDY_SPREAD**2 + sum(max(square, 0.0) for square in squares)
        found[study.id] = float(np.sqrt(total / (STUDY_WEIGHT + len(squares))))
    return found


def _informed(problem: _Problem, slopes: Floats) -> dict[str, list[str]]:
    """Which studies say something of a coefficient that the constants of their contexts cannot absorb."""
    first, found = len(FITTED), {name: dict[str, float]() for name in FITTED}
    for study in problem.library.studies:
        mine = slopes[[row.study == study.id for row in problem.rows]]
        if not len(mine):
            continue
        free = mine[:, first:]
        absorbed = free @ np.linalg.solve(free.T @ free + np.diag(problem.sd[first:] ** -2), free.T)
        left = (np.eye(len(mine)) - absorbed) @ mine[:, :first]
        gain = np.einsum("rc,rc->c", mine[:, :first], left) * problem.sd[:first] ** 2
        for name, share in zip(FITTED, gain, strict=True):
            if share >= INFORMS:
                found[name][study.id] = float(share)
    return {name: sorted(shares, key=lambda study: -shares[study]) for name, shares in found.items()}
