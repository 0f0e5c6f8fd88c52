"""Running a sweep to its end: blocks to whoever trains, their results to the file and into their places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core import checks
from ..core.engines.threads import available_cores
from .blocks import train_block
from .plan import ordered_cells, plan_blocks
from .progress import Progress, shown_progress
from .results import Results

if TYPE_CHECKING:
    import xarray as xr

    from .sweep import Sweep

BLOCK_SECONDS = 1.0
"""About how long a block takes: long against what it costs to send and write it, short to lose."""


def run_sweep(
    sweep: Sweep,
    path: str | Path | None,
    executor: Any,
    resume: bool,
    progress: bool | Progress,
    block_models: int | None,
    anyway: bool,
) -> xr.Dataset:
    """Train everything and return the result; see `Sweep.run`."""
    if not anyway:
        sweep.estimate().check()
    sizes = sweep.block_models(BLOCK_SECONDS, available_cores())
    if block_models is not None:
        most = checks.integer("block_models", block_models, low=1, high=sweep.n_models)
        sizes = [None if size is None else most for size in sizes]
    results = Results(sweep)
    blocks = plan_blocks(results.missing.copy(), sweep.groups, ordered_cells(sweep.shape, "plain"), sizes)
    with shown_progress(progress, sweep.n_models) as show:
        for block in blocks:
            results.put(block, train_block(sweep.task(block)))
            show(results.n_done, sweep.n_models)
    return results.dataset
