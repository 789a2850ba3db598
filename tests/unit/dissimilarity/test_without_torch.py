"""Distances between arrays need the core dependencies alone."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "pandas", "pydantic", "xarray", "neurogym", "matplotlib"):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Missing())
import numpy as np
import dynashape
systems = [np.random.default_rng(k).normal(size=(6, 12, 4)) for k in range(3)]
print(dynashape.DSA(n_delays=2, rank=3).fit(systems).distances_.shape, "torch" in sys.modules)
"""


def test_systems_are_compared_where_torch_is_not_installed():
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True)
    assert done.stdout.strip() == "(3, 3) False", done.stderr
