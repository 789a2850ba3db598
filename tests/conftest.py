"""What holds for every test: one thread a process, no limit on an example's time, the mode that checks shapes; and what
several rooms share: folders made once a run, and a synthetic study.

With DYNASHAPE_CHECK_SHAPES=1 the shapes in dynashape's signatures are checked at each call. `make test` sets it for the
unit and property tests alone, since it makes them half as long again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from synthetic_study import SyntheticStudy

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# How long an example takes is the machine's affair.
settings.register_profile("dynashape", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dynashape")

if os.environ.get("DYNASHAPE_CHECK_SHAPES") == "1":
    import random

    # What checks types draws the elements that it looks at: not from the state that environments are watched for.
    random.getrandbits = random.Random(0).getrandbits  # type: ignore[assignment]
    from jaxtyping import install_import_hook

    install_import_hook("dynashape", "beartype.beartype")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """A folder that all of pytest's workers share: the first that needs it makes it, the others wait for that."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        place, made = shared / name, shared / f"{name}.made"
        with FileLock(shared / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(place, ignore_errors=True)  # of a maker that failed
                place.mkdir()
                make(place)
                made.touch()
        return place

    return folder


@pytest.fixture(scope="session")
def synthetic(made_once: Callable[[str, Callable[[Path], object]], Path]) -> SyntheticStudy:
    """A study of the paper's shape in seconds: see `synthetic_study`, which is imported by those who need it only."""
    from synthetic_study import SyntheticStudy

    return SyntheticStudy(made_once)
