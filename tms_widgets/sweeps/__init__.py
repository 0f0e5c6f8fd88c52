"""Many problems to one labelled result.

Sweep ── blocks ──▶ executor ──▶ file and xarray.Dataset ── .tms ──▶ measures, runs
"""

from .maps import phase_sweep
from .session import SweepSession
from .sweep import Sweep

__all__ = ["Sweep", "SweepSession", "phase_sweep"]
