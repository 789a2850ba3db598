"""What a local worker does first. Dask imports this file in each new worker process and calls `dask_setup`."""

from __future__ import annotations

import signal
from typing import Any


def dask_setup(worker: Any) -> None:  # noqa: ARG001  (Dask's signature)
    """Ignore Ctrl-C: a terminal sends it to the workers too, but the driver alone decides, and ends them quietly."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
