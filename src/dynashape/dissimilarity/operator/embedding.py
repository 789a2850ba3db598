"""Delay embedding within trials, and the two products of it that DSA needs, without ever building it.

Row t of the embedding H is [x_t, x_(t-tau), ..., x_(t-(q-1)tau)]. H repeats every step q times, so H'H and H P are
computed from the activity itself, without building H.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.linalg.blas import dgemm, dsyrk

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.activity import Activity, Recording, check_delays, read_activity, row_parts
from dynashape.dissimilarity.operator.blocked_products import parts
from dynashape.records import Array


@on_one_blas_thread
@read_arguments()
def embed_delays(activity: Activity, n_delays: int, delay_interval: int = 1) -> list[Float[Array, "_ columns"]]:
    """Embed each trial of a system in its delays.

    Parameters
    ----------
    activity : array of shape (trials, steps, units) or (steps, units), or a list of such arrays
        All trials of one system, of any lengths.
    n_delays : int
        Number of steps in a window.
    delay_interval : int, default 1
        Number of steps between the delays of a window.

    Returns
    -------
    list of array of shape (steps - (n_delays - 1) * delay_interval, n_delays * units)
        One float64 array a trial. A row holds the units now, then those `delay_interval` steps ago, and so on, as in
        dsa-metric; no row reaches into another trial.

    Raises
    ------
    InputError
        Where the arrays cannot be worked with, or a trial is too short.

    Examples
    --------
    >>> embed_delays(np.arange(8.0).reshape(4, 2), n_delays=2)[0].tolist()
    [[2.0, 3.0, 0.0, 1.0], [4.0, 5.0, 2.0, 3.0], [6.0, 7.0, 4.0, 5.0]]
    """
    recording = read_activity(activity)
    check_delays(recording, n_delays, delay_interval)
    rows = embedding_rows(recording, n_delays, delay_interval)
    embedded = build_embedding(recording, rows, n_delays, delay_interval) * recording.scale
    counts = recording.lengths - (n_delays - 1) * delay_interval
    return list(np.split(embedded, np.cumsum(counts)[:-1]))


def embedding_rows(recording: Recording, n_delays: int, delay_interval: int) -> Int[Array, " rows"]:
    """The rows of the table at which a whole window of delays lies within one trial, trial after trial."""
    first = (n_delays - 1) * delay_interval
    step = np.arange(len(recording.table)) - np.repeat(recording.starts, recording.lengths)
    return np.flatnonzero(step >= first)


def has_next(recording: Recording, rows: Int[Array, " rows"]) -> Bool[Array, " rows"]:
    """Which of these rows are followed by a step of the same trial."""
    followed: Bool[Array, " all_steps"] = np.ones(len(recording.table), dtype=bool)
    followed[recording.starts + recording.lengths - 1] = False
    return np.asarray(followed[rows])


def build_embedding(
    recording: Recording, rows: Int[Array, " rows"], n_delays: int, delay_interval: int
) -> Float[Array, "rows columns"]:
    """The embedding at these rows of the table, built."""
    return np.concatenate([recording.rows(rows - d * delay_interval) for d in range(n_delays)], axis=1)


def project_embedding(
    recording: Recording, weights: Float[Array, "columns k"], n_delays: int, delay_interval: int
) -> Float[Array, "rows k"]:
    """H @ weights at every embedding row, one product a delay on shifted slices of the table."""
    first = (n_delays - 1) * delay_interval
    n_rows = len(recording.table)
    if n_delays == 1:
        return _project_steps(recording, weights)
    # Windows across trial borders are computed as well and dropped below: a slice costs no copy.
    out = np.zeros((weights.shape[1], n_rows - first), order="F")
    blocks = [np.ascontiguousarray(block).T for block in np.split(weights, n_delays)]
    for part in parts(out.shape[1], blocks[0].size):
        for d, block in enumerate(blocks):
            shift = first - d * delay_interval
            _add_product(out[:, part], block, recording.rows(slice(shift + part.start, shift + part.stop)).T)
    rows = embedding_rows(recording, n_delays, delay_interval) - first
    return np.asarray(out.T if len(rows) == out.shape[1] else out.T[rows])


def _project_steps(recording: Recording, weights: Float[Array, "units k"]) -> Float[Array, "all_steps k"]:
    out = np.empty((len(recording.table), weights.shape[1]))
    for part in parts(len(out), weights.size):
        np.matmul(recording.rows(part), weights, out=out[part])
    return out


def embedding_gram(recording: Recording, n_delays: int, delay_interval: int) -> Float[Array, "columns columns"]:
    """H'H from the lagged products of the activity.

    Block (i+1, j+1) sums the same products as block (i, j), delay_interval steps earlier: it gains the steps before
    the first row of each trial and loses the last ones. So only the first row of blocks is summed over all rows.
    """
    n, tau = recording.n_units, delay_interval
    begin = (n_delays - 1) * tau
    ends = np.zeros(len(recording.table), dtype=bool)
    ends[embedding_rows(recording, n_delays, tau)] = True
    n_rows = len(ends) - begin

    def now(part: slice) -> Float[Array, "some units"]:
        """Zero where no window ends, so that the steps before are slices of the table and need no copy."""
        here = slice(begin + part.start, begin + part.stop)
        rows = recording.rows(here)
        return rows if ends[here].all() else np.where(ends[here, None], rows, 0.0)

    gram = np.empty((n_delays * n, n_delays * n))
    sums = np.zeros((n, n_delays * n), order="F")
    own: Float[Array, "units units"] = np.zeros((n, n), order="F")
    whole = recording.table.dtype == np.float64
    # Half the work: with no delay between them the products are symmetric.
    for part in [slice(0, n_rows)] if whole else row_parts(n_rows, n):
        own = dsyrk(1.0, now(part).T, beta=1.0, c=own, overwrite_c=True)
    own = np.triu(own)
    sums[:, :n] = own + np.triu(own, 1).T
    for part in parts(n_rows, n * n):
        present = now(part).T
        for d in range(1, n_delays):
            shift = begin - d * tau
            before = recording.rows(slice(shift + part.start, shift + part.stop))
            _add_product(sums[:, d * n : (d + 1) * n], present, before)
    gram[:n] = sums
    if n_delays > 1:
        offsets = np.arange(-tau, 0)
        first = recording.starts + (n_delays - 1) * tau
        last = recording.starts + recording.lengths
        gained = build_embedding(recording, (first[:, None] + offsets).ravel(), n_delays - 1, tau)
        lost = build_embedding(recording, (last[:, None] + offsets).ravel(), n_delays - 1, tau)
        change = gained.T @ gained - lost.T @ lost
        for i in range(n_delays - 1):
            here, below = slice(i * n, (i + 1) * n), slice((i + 1) * n, (i + 2) * n)
            gram[below, (i + 1) * n :] = gram[here, i * n : -n] + change[here, i * n :]
            gram[below, : (i + 1) * n] = gram[: (i + 1) * n, below].T
    return gram


def _add_product(out: Float[Array, "m n"], left: Float[Array, "m k"], right: Float[Array, "k n"]) -> None:
    """Add left @ right to `out`, without an array for the product; `out` and `left` are kept by column (Fortran)."""
    transposed = right.flags.c_contiguous and not right.flags.f_contiguous
    dgemm(1.0, left, right.T if transposed else right, beta=1.0, c=out, trans_b=transposed, overwrite_c=True)
