"""The fit that is shipped, read from its files in place of being made anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.analysis.fit import FITTED, STUDY_SPREAD, Library
from simulator.analysis.scales import inner_value
from simulator.scenario import library as content
from simulator.scenario.joint_draws import read_draws

Floats = npt.NDArray[np.float64]

PARAMETERS, PRIOR, POPULATION = "central", "prior", "office_workers"
"""The parameters that are shipped, and what they were fitted with."""


@dataclass(frozen=True)
class ShippedFit:
    """What a prediction needs of a fit. The files hold four or five digits."""

    library: Library
    """The studies that it was fitted to."""
    centre: Floats
    """(fitted,) most likely values, inner scale."""
    new_study_spread: float
    """Spread to expect of the arms of a study that was not fitted."""
    rows: Floats
    """(draws, fitted) joint draws, inner scale."""

    def draws(self, count: int, seed: int) -> Floats:
        """Some of the joint draws, (count, fitted), each at most once; which ones, the seed says."""
        chosen = np.random.default_rng(seed).choice(len(self.rows), size=min(count, len(self.rows)), replace=False)
        return np.asarray(self.rows[chosen])


def shipped_fit(library: Library) -> ShippedFit:
    """The shipped fit.

    Args:
        library: The studies that it was fitted to: those for calibration that are built in.
    """
    parameters = content.parameters(PARAMETERS)
    path = content.draws_path(parameters, PARAMETERS)
    assert path is not None, "the shipped parameters come with draws"
    return ShippedFit(
        library=library,
        centre=np.array([inner_value(name, getattr(parameters, name).value) for name in FITTED]),
        new_study_spread=STUDY_SPREAD if parameters.design_spread is None else parameters.design_spread,
        rows=np.array([[inner_value(name, row[name]) for name in FITTED] for row in read_draws(path).rows]),
    )
