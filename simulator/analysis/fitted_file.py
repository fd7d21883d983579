"""What a fit writes: a parameter file, and joint draws of all coefficients beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.analysis.fit import DRAWS, FITTED, Fit
from simulator.analysis.scales import RANGE_WIDTH, inner_value, outer_value, within
from simulator.scenario.evidence import Study
from simulator.scenario.joint_draws import written
from simulator.scenario.parameters import COEFFICIENTS
from simulator.scenario.sourced import Sourced
from simulator.scenario.vocabulary import Known

Json = dict[str, Any]


@dataclass(frozen=True)
class Coefficient:
    """One coefficient after the fit."""

    name: str
    value: float
    low: float
    high: float
    """Ends of the 90 % interval."""
    informed: list[str]
    """Studies that inform it, the most informative first; empty where it is prior only."""
    prior: Sourced


def coefficients(fit: Fit) -> Iterator[Coefficient]:
    """All coefficients of the model, those that were not fitted with their priors."""
    spreads = np.sqrt(np.diag(fit.covariance))
    for name in COEFFICIENTS:
        prior: Sourced = getattr(fit.library.prior, name)
        if name not in FITTED:
            yield Coefficient(name, prior.value, *prior.range, [], prior)
            continue
        place = FITTED.index(name)
        centre, half = float(fit.centre[place]), float(spreads[place]) * RANGE_WIDTH / 2.0
        value, low, high = (outer_value(name, x) for x in (centre, centre - half, centre + half))
        yield Coefficient(name, value, low, high, fit.informed[name], prior)


def joint_draws(fit: Fit, seed: int, count: int = DRAWS) -> list[dict[str, float]]:
    """Joint draws of all coefficients: the fitted ones together, the others each from its prior."""
    fitted = fit.draws(count, seed)
    others = [name for name in COEFFICIENTS if name not in FITTED]
    normal = np.random.default_rng([seed, 1]).standard_normal((count, len(others)))
    rows = []
    for number in range(count):
        row = {name: outer_value(name, float(x)) for name, x in zip(FITTED, fitted[number], strict=True)}
        for name, z in zip(others, normal[number], strict=True):
            figure: Sourced = getattr(fit.library.prior, name)
            low, centre, high = (inner_value(name, x) for x in (figure.range[0], figure.value, figure.range[1]))
            row[name] = outer_value(name, within(float(z), low, centre, high))
        rows.append(row)
    return rows


def draws_file(fit: Fit, seed: int) -> str:
    """The joint draws as CSV."""
    return written(joint_draws(fit, seed))


def parameter_file(fit: Fit, *, name: str, draws: str, seed: int) -> str:
    """The parameter file as YAML.

    Args:
        fit: What was found.
        name: Id of the parameters.
        draws: Name of the file with the draws, beside this one.
        seed: Seed of the draws, which the file tells.
    """
    from ruamel.yaml import YAML

    prior = fit.library.prior
    used = [study for study in fit.library.studies if any(study.id in names for names in fit.informed.values())]
    content: Json = {
        "schema_version": 1,
        "id": name,
        "title": f"Fitted to {len(used)} published studies, none of them of meetings",
        "sources": [*map(_source, used), *(_plain(source.model_dump()) for source in prior.sources)],
        "draws": draws,
        "design_spread": float(f"{fit.new_study_spread:.4g}"),
        **{item.name: _figure(item) for item in coefficients(fit)},
        **({} if prior.fatigue is None else {"fatigue": _as_it_is(prior.fatigue)}),
    }
    yaml, buffer = YAML(), io.StringIO()
    yaml.width, yaml.default_flow_style = 118, False
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(content, buffer)
    head = (
        f"# Written by `joinlab fit --prior {prior.id} --seed {seed}` and not by hand: change the prior or the\n"
        "# evidence, and fit anew. What is estimated comes from cookie banners and the like; base rates were free.\n"
    )
    tidy = re.sub(r"url:\s+(?=http)", "url: ", buffer.getvalue())  # not on a line of its own
    return head + re.sub(r" +$", "", tidy, flags=re.MULTILINE)


def _source(study: Study) -> Json:
    return {"known": Known.PUBLISHED.value, "supports": f"evidence/{study.id}", "citation": study.citation}


def _plain(model: Mapping[str, Any]) -> Json:
    """Without what is not given, and with words in place of members of vocabularies."""
    given = {key: value for key, value in model.items() if value is not None}
    return {key: str(value) if key in ("known", "accessed") else value for key, value in given.items()}


def _as_it_is(figure: Sourced) -> Json:
    return {**_plain(figure.model_dump()), "range": list(figure.range)}


def _figure(item: Coefficient) -> Json:
    prior = item.prior
    if item.name not in FITTED:
        return _as_it_is(prior)
    value, low, high = (float(f"{x:.4g}") for x in (item.value, item.low, item.high))
    found: Json = {"value": value, "range": [min(low, value), max(high, value)]}
    note = f"Prior {prior.value:g} ({prior.range[0]:g} to {prior.range[1]:g}). {prior.note or ''}".strip()
    if not item.informed:
        return {**found, "known": prior.known.value, "note": f"Prior only: no study informs it. {note}"}
    return {
        **found,
        "known": Known.ESTIMATED.value,
        "source": f"fitted to {', '.join(item.informed)}",
        "note": note,
    }
