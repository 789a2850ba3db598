"""A user's own classes, named in a study as "module:Class", must be found here and by every worker."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def find_own_code(folder: Path) -> None:
    """Modules in this folder can be imported from now on, by this process and by those that it starts."""
    place = str(folder.resolve())
    if place not in sys.path:
        sys.path.append(place)
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if place not in inherited:
        os.environ["PYTHONPATH"] = os.pathsep.join([*filter(None, inherited), place])
