"""Many problems to one labelled result.

Sweep ── blocks ──▶ executor ──▶ file and xarray.Dataset ── .tms ──▶ measures, runs
"""

from typing import TYPE_CHECKING, Any

from .maps import phase_sweep
from .session import SweepSession
from .stopped import SweepStopped
from .sweep import Sweep

if TYPE_CHECKING:
    from .store import open_sweep

__all__ = ["Sweep", "SweepSession", "SweepStopped", "open_sweep", "phase_sweep"]


def __getattr__(name: str) -> Any:
    """Files need xarray, which takes a second to import."""
    if name == "open_sweep":
        from .store import open_sweep

        return open_sweep
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
