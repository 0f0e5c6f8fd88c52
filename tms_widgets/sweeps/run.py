"""Running a sweep to its end: blocks to whoever trains, their results to the file and into their places."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core import checks
from .executors import Workers, workers_of
from .plan import ordered_cells, plan_blocks
from .progress import Progress, shown_progress
from .results import Results
from .stopped import SweepStopped

if TYPE_CHECKING:
    import xarray as xr

    from .store import Store
    from .sweep import Sweep

BLOCK_SECONDS = 1.0
"""About how long a block takes: long against what it costs to send and write it, short to lose."""
BLOCKS_EACH = 4
"""Blocks of each worker at least, so that they end at about the same time."""


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
    workers = workers_of(executor)
    if not anyway:
        sweep.estimate(workers.cores).check()
    sizes = _sizes(sweep, workers, block_models)
    results, store = Results(sweep), None
    if path is not None:
        from .store import Store  # here, because xarray takes time

        store = Store(Path(path), sweep.definition)
        finished = store.begin(results, resume)
        if finished is not None:
            return finished
    try:
        with shown_progress(progress, sweep.n_models) as show:
            _train_missing(sweep, workers, sizes, results, store, show)
        if store is not None:
            store.finish(results.dataset)
    except SweepStopped as stopped:
        raise SweepStopped(f"{stopped} {_kept(results, store)}") from stopped.__cause__
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(_kept(results, store))
        raise
    return results.dataset


def _sizes(sweep: Sweep, workers: Workers, block_models: int | None) -> list[int | None]:
    """About how many models a block of each group has."""
    sizes = sweep.block_models(BLOCK_SECONDS, max(1, workers.cores // workers.slots))
    if block_models is not None:
        most = checks.integer("block_models", block_models, low=1, high=2**31)
    elif workers.slots > 1:
        most = math.ceil(sweep.n_models / (BLOCKS_EACH * workers.slots))
    else:
        return sizes
    return [size and (most if block_models else min(size, most)) for size in sizes]


def _train_missing(
    sweep: Sweep,
    workers: Workers,
    sizes: list[int | None],
    results: Results,
    store: Store | None,
    show: Progress,
) -> None:
    cells = ordered_cells(sweep.shape, "plain")
    blocks = list(plan_blocks(results.missing, sweep.groups, cells, sizes))
    show(results.n_done, sweep.n_models)
    with closing(workers.train(sweep, blocks)) as stream:
        for block, trained in stream:
            if store is not None:
                store.write(block, trained)
            results.put(block, trained)
            show(results.n_done, sweep.n_models)


def _kept(results: Results, store: Store | None) -> str:
    if store is None:
        return "Nothing is kept, because run() was given no path."
    return (
        f"{results.n_done:,} of {results.missing.size:,} models are kept in {store.parts}; "
        "resume=True goes on."
    )
