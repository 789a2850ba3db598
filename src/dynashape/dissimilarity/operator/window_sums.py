"""Sums over the pairs of successive windows of a recording: all that regression and prediction need of its steps.

Windows of a trial stand one after another, so such a sum is a product of two slices less the pairs that join two
trials: the pairs are never gathered.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.dissimilarity.activity import Recording
from dynashape.dissimilarity.operator.blocked_products import inner_product
from dynashape.dissimilarity.operator.decomposition import Directions
from dynashape.dissimilarity.operator.embedding import embedding_rows
from dynashape.dissimilarity.operator.trial_groups import group_slices
from dynashape.records import Array

LOST = 1e-6
"""Differences of sums of squares that are a smaller share of them than this are summed anew, term by term."""


@dataclass(frozen=True, eq=False)
class Windows:
    """The windows of some trials: their coordinates v, their present step x, and how many each trial has.

    `reach` is how many steps a window reaches back. Where the present step is the whole window, `back` leads to it: x
    is v @ back and a rest orthogonal to its rows.
    """

    coordinates: Float[Array, "windows kept"]
    present: Float[Array, "windows units"]
    lengths: Int[Array, " trials"]
    reach: int = 0
    back: Float[Array, "kept units"] | None = None

    @cached_property
    def joins(self) -> Int[Array, " joins"]:
        """The windows that are followed by one of another trial."""
        return np.cumsum(self.lengths[self.lengths > 0])[:-1] - 1

    @property
    def n_pairs(self) -> int:
        """How many windows are followed by another of their trial."""
        return max(len(self.present) - 1, 0) - len(self.joins)

    @cached_property
    def groups(self) -> list[Windows]:
        """The windows of each group of trials (see `read_in_groups`)."""
        return [self.trials(group) for group in group_slices(len(self.lengths))]

    @cached_property
    def sums(self) -> PairSums:
        """The sums over all pairs of these windows."""
        return sum_pairs(self)

    def trials(self, chosen: slice) -> Windows:
        """The windows of these trials."""
        first, last = (int(self.lengths[:k].sum()) for k in (chosen.start, chosen.stop))
        return self._rows(slice(first, last), self.lengths[chosen])

    def stretch(self, start: int, stop: int) -> Windows:
        """The windows of a single trial from `start` up to `stop`, as far as there are any."""
        start, stop = max(start, 0), min(stop, len(self.present))
        return self._rows(slice(start, stop), np.array([max(stop - start, 0)]))

    def later(self, n: int) -> Windows:
        """The windows but the first `n` of every trial."""
        if n <= 0:
            return self
        kept = np.arange(len(self.present)) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths) >= n
        return self._rows(kept, np.maximum(self.lengths - n, 0))

    def _rows(self, chosen: slice | Bool[Array, " windows"], lengths: Int[Array, " kept_trials"]) -> Windows:
        return replace(self, coordinates=self.coordinates[chosen], present=self.present[chosen], lengths=lengths)

    def missed(self, weights: Float[Array, "kept units"]) -> float:
        """The sum of squares of x(next) - v(now) @ weights."""
        return self.energy(self.present[1:] - self.coordinates[:-1, : len(weights)] @ weights)

    def energy(self, values: Float[Array, "successive units"]) -> float:
        """The sum of squares over the pairs; `values` has a row for each window but the last, and is changed."""
        # Not the difference of two sums: what joins two trials may be larger than all that is summed.
        values[self.joins] = 0.0
        return _energy(values)


@dataclass(frozen=True, eq=False)
class PairSums:
    """Sums over the `n` pairs (now, next) of windows.

    `squares` sums v(now) v(now)', `products` v(now) v(next)', `crossed` v(now) x(next)', `next` x(next), `energy` its
    square and `change` the square of x(next) - x(now). Where `Windows.back` is given, `crossed` holds only the part of
    x that it leads to; a linear prediction from v can reach no other part.
    """

    squares: Float[Array, "kept kept"]
    products: Float[Array, "kept kept"]
    crossed: Float[Array, "kept units"]
    next: Float[Array, " units"]
    energy: float
    change: float
    n: int


def sum_pairs(windows: Windows) -> PairSums:
    """The sums over all pairs of these windows."""
    v, x, joins = windows.coordinates, windows.present, windows.joins
    now, ends, begins = v[:-1], v[joins].T, joins + 1
    products = inner_product(now, v[1:]) - ends @ v[begins]
    whole = windows.back is not None
    first, last = x[begins], x[joins]
    energy = _energy(x[1:]) - _energy(first)
    before = energy + _energy(x[:1]) - _energy(x[-1:]) + _energy(first) - _energy(last)
    change = energy + before - 2.0 * float(np.vdot(x[:-1], x[1:]) - np.vdot(last, first))
    return PairSums(
        squares=now.T @ now - ends @ ends.T,
        products=products,
        crossed=products @ windows.back if whole else inner_product(now, x[1:]) - ends @ first,
        next=np.ones(len(now)) @ x[1:] - first.sum(axis=0),
        energy=energy,
        change=change if change > LOST * energy else windows.energy(x[1:] - x[:-1]),
        n=windows.n_pairs,
    )


def add_sums(sums: list[PairSums]) -> PairSums:
    """The sums over the pairs of several parts."""
    return PairSums(*(sum(getattr(part, field.name) for part in sums) for field in fields(PairSums)))


def sum_by_group(windows: Windows) -> PairSums:
    """The sums over all pairs, added up over the groups of trials: what is held out is a part of them, to the bit."""
    return add_sums([group.sums for group in windows.groups])


def variance_of_next(windows: Windows, sums: PairSums) -> float:
    """The sum of squares of x(next) about its mean, given the sums over all pairs of these windows."""
    n = max(sums.n, 1)
    variance = sums.energy - float(sums.next @ sums.next) / n
    if variance > LOST * sums.energy:
        return variance
    # From one of them: the mean of many equal values is not that value, to the last digit.
    apart = windows.present[1:] - windows.present[-1:]
    apart -= (apart.sum(axis=0) - apart[windows.joins].sum(axis=0)) / n
    return windows.energy(apart)


def find_windows(recording: Recording, directions: Directions, n_delays: int, delay_interval: int) -> Windows:
    """The windows of a recording, in the coordinates found for them."""
    reach = (n_delays - 1) * delay_interval
    if reach:
        present = recording.table[embedding_rows(recording, n_delays, delay_interval)]
        return Windows(directions.coordinates, present, recording.lengths - reach, reach)
    kept = directions.coordinates.shape[1]
    back = directions.singular_values[:kept, None] * directions.present
    # With fewer windows than units it is the transposed embedding that the coordinates diagonalise exactly.
    whole = len(recording.table) >= recording.n_units
    return Windows(directions.coordinates, recording.table, recording.lengths, back=back if whole else None)


def _energy(values: Float[Array, "rows columns"]) -> float:
    return float(np.vdot(values, values))
