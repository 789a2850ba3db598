"""The command line: arguments in, exit code and messages out; nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dynashape.cli.own_code import find_own_code


def main() -> None:
    """Run the command line; a mistake of the user's is one clear message and exit code 2."""
    # One thread a process: results must not depend on the machine's core count, and workers share its cores.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    find_own_code(Path.cwd())
    from dynashape.errors import DynashapeError

    try:
        from dynashape.cli.app import app
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"The command line needs {error.name}, which is not installed; pip install 'dynashape[study]' brings it.\n"
        )
        raise SystemExit(2) from None
    try:
        app()
    except DynashapeError as error:
        sys.stderr.write(f"Error: {error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. What is finished is kept: the same command goes on from here.\n")
        raise SystemExit(130) from None


__all__ = ["main"]
