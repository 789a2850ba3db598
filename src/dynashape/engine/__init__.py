"""Where units of work run: in this process, on local workers, on SLURM, or behind a Dask scheduler."""

from dynashape.engine.opening import ENGINES, open_engine
from dynashape.engine.units import Engine, Outcome, Unit, run_unit

__all__ = ["ENGINES", "Engine", "Outcome", "Unit", "open_engine", "run_unit"]
