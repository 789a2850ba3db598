"""What holds for every test: one thread a process, no limit on an example's time, and the mode that checks shapes.

With DYNASHAPE_CHECK_SHAPES=1 the shapes in dynashape's signatures are checked at each call. `make test` sets it for the
unit and property tests alone, since it makes them half as long again.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# How long an example takes is the machine's affair.
settings.register_profile("dynashape", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dynashape")

if os.environ.get("DYNASHAPE_CHECK_SHAPES") == "1":
    from jaxtyping import install_import_hook

    install_import_hook("dynashape", "beartype.beartype")


@pytest.fixture(scope="session")
def synthetic() -> ModuleType:
    """The module synthetic_study, which lies beside this file and is in no package."""
    spec = importlib.util.spec_from_file_location("synthetic_study", Path(__file__).with_name("synthetic_study.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
