"""Distances between arrays need the core dependencies alone."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
blocked = ("torch", "pandas", "pydantic", "xarray", "neurogym", "matplotlib")
sys.modules.update(dict.fromkeys(blocked))  # whoever imports one of them gets an ImportError
import numpy as np
import dynashape
systems = [np.random.default_rng(k).normal(size=(6, 12, 4)) for k in range(3)]
print(dynashape.DSA(n_delays=2, rank=3).fit(systems).distances_.shape)
"""


def test_systems_are_compared_where_torch_is_not_installed():
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True)
    assert done.stdout.strip() == "(3, 3)", done.stderr
