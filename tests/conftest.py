"""Every test runs with the shapes in dynashape's signatures checked at run time."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from jaxtyping import install_import_hook

install_import_hook("dynashape", "beartype.beartype")
