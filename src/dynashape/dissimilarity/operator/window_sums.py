"""Sums over the pairs (window, window some steps later): all that regression and prediction need of a recording.

Windows of a trial stand one after another, so such a sum is a product of two slices less the pairs that join two
trials: the pairs are never gathered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from dynashape.dissimilarity.activity import Recording, row_parts
from dynashape.dissimilarity.operator.blocked_products import inner_product
from dynashape.dissimilarity.operator.decomposition import Directions
from dynashape.dissimilarity.operator.embedding import embedding_rows
from dynashape.dissimilarity.operator.trial_groups import group_slices
from dynashape.records import Array

LOST = 1e-6
"""Differences of sums of squares that are a smaller share of them than this are summed anew, term by term."""


@dataclass(frozen=True, eq=False)
class RecordedSteps:
    """Steps of a recording that are read where they are needed, in place of an array of them."""

    recording: Recording
    chosen: Int[Array, " steps"]

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, chosen: slice | Bool[Array, " steps"]) -> RecordedSteps:
        return RecordedSteps(self.recording, self.chosen[chosen])

    def read(self) -> Float[Array, "steps units"]:
        """The steps as an array."""
        return self.recording.rows(self.chosen)


@dataclass(frozen=True, eq=False)
class Windows:
    """The windows of some trials: their coordinates v, their present step x, and how many each trial has.

    `reach` is how many steps a window reaches back, `steps_ahead` how far ahead the window is that it is paired with.
    Where the present step is the whole window, `back` leads to it: x is v @ back and a rest orthogonal to its rows.
    """

    coordinates: Float[Array, "windows kept"]
    present: Float[Array, "windows units"] | RecordedSteps
    lengths: Int[Array, " trials"]
    reach: int = 0
    back: Float[Array, "kept units"] | None = None
    steps_ahead: int = 1

    @cached_property
    def joins(self) -> Int[Array, " joins"]:
        """The windows whose partner, so many windows on, is one of another trial."""
        if self.steps_ahead == 1:
            return np.cumsum(self.lengths[self.lengths > 0])[:-1] - 1
        now = np.arange(max(len(self.present) - self.steps_ahead, 0))
        ends = np.repeat(np.cumsum(self.lengths), self.lengths)[: len(now)]
        return now[now + self.steps_ahead >= ends]

    @property
    def n_pairs(self) -> int:
        """How many windows are followed, so many steps ahead, by another of their trial."""
        return max(len(self.present) - self.steps_ahead, 0) - len(self.joins)

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
        lengths = np.maximum(self.lengths - n, 0)
        if len(self.lengths) == 1:
            return self._rows(slice(n, None), lengths)
        kept = np.arange(len(self.present)) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths) >= n
        return self._rows(kept, lengths)

    def _rows(self, chosen: slice | Bool[Array, " windows"], lengths: Int[Array, " kept_trials"]) -> Windows:
        return replace(self, coordinates=self.coordinates[chosen], present=self.present[chosen], lengths=lengths)

    def in_parts(self) -> Iterator[tuple[Windows, Float[Array, "windows units"]]]:
        """The windows and their steps part after part, each pair in one of them; mostly all in one."""
        present, n = self.present, len(self.present)
        if not isinstance(present, RecordedSteps):
            yield self, present
            return
        ends = np.cumsum(self.lengths)
        for pairs in row_parts(max(n - self.steps_ahead, 1), present.recording.n_units):
            chosen = slice(pairs.start, min(pairs.stop + self.steps_ahead, n))
            lengths = np.diff(np.clip(ends, chosen.start, chosen.stop), prepend=chosen.start)
            steps = present[chosen].read()
            yield replace(self._rows(chosen, lengths), present=steps), steps

    def missed(self, weights: Float[Array, "kept units"]) -> float:
        """The sum of squares of x(later) - v(now) @ weights."""
        k = self.steps_ahead
        return sum(part.energy(x[k:] - part.coordinates[:-k, : len(weights)] @ weights) for part, x in self.in_parts())

    def energy(self, values: Float[Array, "pairs_and_joins units"]) -> float:
        """The sum of squares over the pairs; `values` has a row for each window with one so far on, and is changed."""
        # Not the difference of two sums: what joins two trials may be larger than all that is summed.
        values[self.joins] = 0.0
        return _energy(values)


@dataclass(frozen=True, eq=False)
class PairSums:
    """Sums over the `n` pairs (now, later) of windows, `Windows.steps_ahead` apart.

    `squares` sums v(now) v(now)', `products` v(now) v(later)', `squares_later` v(later) v(later)', `crossed`
    v(now) x(later)', `next` x(later), `energy` its square and `change` the square of x(later) - x(now). Where
    `Windows.back` is given, `crossed` holds only the part of x that it leads to; a linear prediction from v can reach
    no other part.
    """

    squares: Float[Array, "kept kept"]
    products: Float[Array, "kept kept"]
    squares_later: Float[Array, "kept kept"]
    crossed: Float[Array, "kept units"]
    next: Float[Array, " units"]
    energy: float
    change: float
    n: int


def sum_pairs(windows: Windows) -> PairSums:
    """The sums over all pairs of these windows."""
    return add_sums([_sum_part(part, steps) for part, steps in windows.in_parts()])


def _sum_part(windows: Windows, x: Float[Array, "windows units"]) -> PairSums:
    v, joins, k = windows.coordinates, windows.joins, windows.steps_ahead
    now, ends, begins = v[:-k], v[joins].T, joins + k
    products = inner_product(now, v[k:]) - ends @ v[begins]
    gram = now.T @ now
    whole = windows.back is not None
    first, last = x[begins], x[joins]
    energy = _energy(x[k:]) - _energy(first)
    before = energy + _energy(x[:k]) - _energy(x[-k:]) + _energy(first) - _energy(last)
    change = energy + before - 2.0 * float(np.vdot(x[:-k], x[k:]) - np.vdot(last, first))
    return PairSums(
        squares=gram - ends @ ends.T,
        products=products,
        squares_later=gram + v[-k:].T @ v[-k:] - v[:k].T @ v[:k] - v[begins].T @ v[begins],
        crossed=products @ windows.back if whole else inner_product(now, x[k:]) - ends @ first,
        next=np.ones(len(now)) @ x[k:] - first.sum(axis=0),
        energy=energy,
        change=change if change > LOST * energy else windows.energy(x[k:] - x[:-k]),
        n=windows.n_pairs,
    )


def add_sums(sums: list[PairSums]) -> PairSums:
    """The sums over the pairs of several parts."""
    if len(sums) == 1:
        return sums[0]
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
    k, present = windows.steps_ahead, windows.present
    one = present[-1:].read() if isinstance(present, RecordedSteps) else present[-1:]
    shift = np.zeros(one.shape[1])
    for part, x in windows.in_parts():
        apart = x[k:] - one
        shift += apart.sum(axis=0) - apart[part.joins].sum(axis=0)
    return sum(part.energy((x[k:] - one) - shift / n) for part, x in windows.in_parts())


def find_windows(
    recording: Recording, directions: Directions, n_delays: int, delay_interval: int, steps_ahead: int = 1
) -> Windows:
    """The windows of a recording, in the coordinates found for them."""
    reach = (n_delays - 1) * delay_interval
    present: Float[Array, "windows units"] | RecordedSteps = recording.table
    if recording.table.dtype != np.float64:
        present = RecordedSteps(recording, embedding_rows(recording, n_delays, delay_interval))
    elif reach:
        present = recording.table[embedding_rows(recording, n_delays, delay_interval)]
    if reach:
        return Windows(directions.coordinates, present, recording.lengths - reach, reach, steps_ahead=steps_ahead)
    kept = directions.coordinates.shape[1]
    to_units = directions.singular_values[:kept, None] * directions.present
    # With fewer windows than units it is the transposed embedding that the coordinates diagonalise exactly.
    whole = len(recording.table) >= recording.n_units
    back = to_units if whole else None
    return Windows(directions.coordinates, present, recording.lengths, back=back, steps_ahead=steps_ahead)


def _energy(values: Float[Array, "rows columns"]) -> float:
    return float(np.vdot(values, values))
