"""What the four dissimilarities reduce activity to: the operator of a system, or its average activities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
from jaxtyping import Float, Int

from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.operator.fit import Operator, fit_operator
from dynashape.records import OK, Array, Code, Status

# An average that varies less than this many rounding units of its size has no shape.
_ROUNDING = 10


@dataclass(frozen=True)
class ToOperator:
    """Reduces activity to the operator of the system, with these options of `fit_operator`."""

    n_delays: int | str
    delay_interval: int
    rank: int | float | str
    ridge: float = 1e-8
    summary: ClassVar[type] = Operator
    version: ClassVar[int] = 2  # an operator names its centring, regression and steps ahead

    def reduce(
        self,
        activity: Float[Array, "trials steps units"],
        choices: Int[Array, " trials"],  # noqa: ARG002  (an operator is of all trials)
        name: str,
    ) -> Operator:
        """The operator of one system; one that is padded with zeros is no estimate, which its status says."""
        return fit_operator(activity, cast(int, self.n_delays), self.rank, self.delay_interval, self.ridge, name)


@dataclass(frozen=True, eq=False)
class Averages:
    """Activity of one system averaged over the trials of each right choice, the choices in their order.

    Attributes
    ----------
    values : array of shape (choices, steps, units)
        The averages.
    status : Status
        "unvarying" where they have no shape to compare.
    """

    values: Float[Array, "choices steps units"]
    status: Status = OK


@dataclass(frozen=True)
class ToAverages:
    """Reduces activity to averages: trials of different networks are different trials, so only averages correspond."""

    summary: ClassVar[type] = Averages

    @on_one_blas_thread
    def reduce(
        self, activity: Float[Array, "trials steps units"], choices: Int[Array, " trials"], name: str
    ) -> Averages:
        """The averages of one system."""
        values = np.stack([activity[choices == choice].mean(axis=0) for choice in np.unique(choices)])
        flat = values.reshape(-1, values.shape[-1]).astype(np.float64)
        spread = float(np.linalg.norm(flat - flat.mean(axis=0)))
        if spread > _ROUNDING * float(np.finfo(values.dtype).eps) * float(np.linalg.norm(flat)):
            return Averages(values)
        return Averages(values, Status(Code.UNVARYING, f"the average of {name} never varies, so it has no shape"))
