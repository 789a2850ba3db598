"""What is imported when: import-linter, in `make check`, sees who imports whom; these run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = (
    "neurogym",
    "pydantic",
    "yaml",
    "typer",
    "rich",
    "distributed",
    "dask",
    "xarray",
    "pandas",
    "matplotlib",
    "plotly",
    "jinja2",
)


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)


def test_distances_need_the_core_dependencies_only():
    done = python(
        f"""
import sys
for name in {EXTRAS!r}:
    sys.modules[name] = None  # importing it now raises ImportError
import numpy as np, dynashape
rng = np.random.default_rng(0)
activities = [rng.standard_normal((8, 20, 6)).cumsum(axis=1) for _ in range(3)]
distances = dynashape.DSA(n_delays=2, rank=4).fit(activities).distances_
assert distances.shape == (3, 3) and np.all(distances[np.triu_indices(3, 1)] > 0), distances
print("done")
"""
    )
    assert done.stdout.strip() == "done", done.stderr


def test_help_imports_neither_torch_nor_dask():
    done = python(
        """
import sys
import dynashape.cli.app
print(sorted({"torch", "distributed", "neurogym", "pandas", "sklearn"} & set(sys.modules)))
"""
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
