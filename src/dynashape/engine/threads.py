"""One computing thread a unit: parallelism comes from workers, and results do not depend on the number of cores."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold BLAS, OpenMP and torch to one thread within the block, in this process.

    Sums that are split over threads round differently, so `serial` and a cluster would otherwise disagree in the last
    digits, and workers with a thread per core each would fight over the cores. The environment covers libraries that
    are first loaded within the block; torch is not imported for this.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # scikit-learn requires it

    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch is not None else None
    with one_thread_environment(), threadpool_limits(limits=1):
        if torch is not None and before != 1:
            torch.set_num_threads(1)
        try:
            yield
        finally:
            if torch is not None and before != 1:
                torch.set_num_threads(before)


@contextmanager
def one_thread_environment() -> Iterator[None]:
    """Set the environment that makes libraries, here and in processes started within the block, use one thread."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
