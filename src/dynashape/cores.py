"""The cores of this machine: BLAS on one thread within a computation, and independent items on several threads.

Small matrices gain nothing from BLAS's own threads, which fall over those of other processes; and sums that are split
over threads round differently. So every public function that computes holds BLAS to one thread, and what it computes
is the same on any number of cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # scikit-learn requires it

from dynashape.errors import InputError

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

_lock = Lock()
_open: list[None] = []  # one for each block that is entered and not yet left
_before: list[int] = []  # the threads of each BLAS before the first of them
_held: set[Callable[..., object]] = set()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread within the block, in this process.

    Blocks may be nested and may overlap in several threads: the first that is entered sets the number of threads, which
    is the whole process's, and the last that is left sets it back.
    """
    with _lock:
        if not _open:
            _before[:] = [library.num_threads for library in _blas()]
            _set_threads([1] * len(_before))
        _open.append(None)
    try:
        yield
    finally:
        with _lock:
            _open.pop()
            if not _open:
                _set_threads(_before)


def on_one_blas_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Hold BLAS to one thread while this function runs."""

    @wraps(function)
    def held(*args: P.args, **kwargs: P.kwargs) -> R:
        with one_blas_thread():
            return function(*args, **kwargs)

    _held.add(held)
    return held


def is_held(function: Callable[..., object]) -> bool:
    """Whether the function holds BLAS to one thread while it runs (see `on_one_blas_thread`).

    >>> is_held(on_one_blas_thread(abs)), is_held(abs)
    (True, False)
    """
    return function in _held


def count_jobs(n_jobs: Any) -> int:
    """How many threads `n_jobs` stands for: itself, or with -1 the cores that this process may use; None is 1.

    >>> count_jobs(3), count_jobs(None)
    (3, 1)
    """
    if n_jobs is None:
        return 1
    if isinstance(n_jobs, bool) or int(n_jobs) != n_jobs or (n_jobs < 1 and n_jobs != -1):
        raise InputError(f"n_jobs must be a number of threads from 1 up, or -1 for all cores; got {n_jobs!r}.")
    if n_jobs > 0:
        return int(n_jobs)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    function: Callable[[T], R],
    items: Iterable[T],
    n_jobs: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[R]:
    """The results of `function` for all items, in their order, computed on so many threads.

    The first error that an item raises, in order of the items, is raised; no further items are begun then. `progress`
    is called as `progress(done, total)` after each item, from the calling thread.

    >>> spread(abs, [-3, 2], n_jobs=2)
    [3, 2]
    """
    given = list(items)
    jobs = min(count_jobs(n_jobs), max(1, len(given)))
    out: list[R] = []
    with one_blas_thread():
        if jobs == 1:
            for item in given:
                out.append(function(item))
                _tell(progress, len(out), len(given))
            return out
        with ThreadPoolExecutor(jobs) as pool:
            futures = [pool.submit(function, item) for item in given]
            try:
                for future in futures:
                    out.append(future.result())
                    _tell(progress, len(out), len(given))
            finally:
                pool.shutdown(cancel_futures=True)
    return out


def _tell(progress: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _set_threads(numbers: list[int]) -> None:
    for library, number in zip(_blas(), numbers, strict=True):
        # From one thread at a time threadpoolctl takes numbers, and ignores those of others without a word. The blocks
        # above are counted, so that threads cannot undo each other's here.
        getattr(library, "_real_set_num_threads", library.set_num_threads)(number)


@lru_cache(maxsize=1)
def _blas() -> list[Any]:
    """The BLAS of numpy and of scipy; looking for them takes a millisecond, and asking all that there is a tenth."""
    import scipy.linalg  # noqa: F401  (brings scipy's own BLAS)

    return list(ThreadpoolController().select(user_api="blas").lib_controllers)
