"""What it costs to train a sweep in blocks, and elsewhere: Dask workers, processes, sizes of blocks.

All ways train the same models, and are checked to give the same result. The overhead is the time above that
of this process alone with as many threads as the workers have together; a cluster is started, and its workers
have loaded their kernels, before the clock runs.
"""

from __future__ import annotations

import argparse
import logging
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import tms_widgets as tms
from tms_widgets.core.engines.threads import at_most, available_cores
from tms_widgets.sweeps.blocks import train_block
from tms_widgets.sweeps.plan import ordered_cells, plan_blocks

from .machine import timed

WORKERS = (1, 2, 4)
SIZES = (10, 50, 250, 1000)


def options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--models", type=int, default=4000, help="models of n=20, m=5 (default 4000)")
    parser.add_argument("--steps", type=int, default=None, help="steps of each (default: the schedule's)")
    parser.add_argument("--rounds", type=int, default=3, help="of each way, the median counts (default 3)")
    parser.add_argument("--workers", type=int, nargs="+", default=list(WORKERS), help="Dask workers (1 2 4)")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="models of a block")


def report(chosen: argparse.Namespace) -> None:
    """Print the tables."""
    sweep = sweep_of(chosen.models, chosen.steps)
    print(f"sweep of n=20 m=5: {sweep.estimate()}")
    whole = sweep.run(progress=False)

    def taken(**how: Any) -> float:
        def once() -> None:
            assert sweep.run(progress=False, **how).identical(whole)

        return statistics.median(timed(once) for _ in range(chosen.rounds))

    alone = {threads: on_threads(threads, taken) for threads in sorted({1, available_cores()})}
    print("\n| trained by | threads | s | models/s | over this process |\n|---|---|---|---|---|")
    for threads, seconds in alone.items():
        row("this process", threads, seconds, sweep, seconds)
    with TemporaryDirectory() as folder:
        # a new file every time: what exists is never overwritten
        names = iter(range(1_000_000))
        seconds = statistics.median(
            timed(lambda: sweep.run(Path(folder) / f"{next(names)}.nc", progress=False))
            for _ in range(chosen.rounds)
        )
        row("this process, to a file", available_cores(), seconds, sweep, alone[available_cores()])
    for count in chosen.workers:
        with dask(count, sweep) as client:
            threads = min(count, available_cores())
            row(f"Dask, workers: {count}", count, taken(executor=client), sweep, alone.get(threads))
    print("\n| models of a block | this process, s | Dask, 1 worker, s |\n|---|---|---|")
    with dask(1, sweep) as client:
        for size in chosen.sizes:
            here, there = taken(block_models=size), taken(block_models=size, executor=client)
            print(f"| {size} | {here:.3g} | {there:.3g} |", flush=True)


def sweep_of(models: int, steps: int | None) -> tms.Sweep:
    """So many models in cells of ten seeds, from dense to sparse."""
    density = np.geomspace(0.5, 0.02, max(1, models // 10))
    return tms.Sweep(tms.Problem(20, 5, importance=0.9), density=density, n_seeds=10, steps=steps)


def on_threads(threads: int, taken: Callable[[], float]) -> float:
    """The time in this process on so many threads."""
    with at_most(threads) if threads < available_cores() else nullcontext():
        return taken()


@contextmanager
def dask(workers: int, sweep: tms.Sweep) -> Iterator[Any]:
    """A cluster on this machine whose workers have a thread each, ready to train."""
    import distributed

    with (
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            silence_logs=logging.ERROR,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):  # fmt: skip
        missing = np.ones((len(sweep.problems), 1), bool)
        first = next(plan_blocks(missing, sweep.groups, ordered_cells(sweep.shape, "plain"), [1]))
        client.run(train_block, sweep.task(first))
        yield client


def row(who: str, threads: int, seconds: float, sweep: tms.Sweep, alone: float | None) -> None:
    """A row of the first table."""
    over = "" if alone is None else f"{100 * (seconds / alone - 1):+.0f} %"
    print(f"| {who} | {threads} | {seconds:.3g} | {sweep.n_models / seconds:.0f} | {over} |", flush=True)
