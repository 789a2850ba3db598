from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def synthetic() -> ModuleType:
    path = Path(__file__).parents[2] / "synthetic_study.py"
    spec = importlib.util.spec_from_file_location("synthetic_study", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
