"""Where units of work run: in this process, on local workers, on SLURM, or behind a Dask scheduler."""

from dynashape.engine.opening import open_engine
from dynashape.engine.processor import compare_processors as compare_processors
from dynashape.engine.processor import kinds_of_processor as kinds_of_processor
from dynashape.engine.units import Engine, Outcome, Unit

__all__ = ["Engine", "Outcome", "Unit", "open_engine"]
