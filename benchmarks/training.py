"""How long training takes, side by side with the way the published notebooks train.

The table has a row for every case and engine. *Published*: the loop of `published`, 10 000 steps of 1024
fresh samples in torch, at whichever of one thread and all cores is faster. *Same recipe*: our engine takes
as many steps of as many samples at the same constant rate. *Same loss*: the shortest run with the engine's
own schedule whose median held-out loss over the seeds, like that of every longer run tried, is no higher
than that of the published recipe. *Within 1 %*: the same for a loss one per cent higher, which hangs less on
the noise of a median. These are different claims: the first is about the loop, the second also about the
schedule, the batch and the exact strata. *Default*: what `train` does when nothing is asked of it; its loss
is given relative to the published one, and its useful arithmetic (see `operations`) as a share of the *peak*
of one core, measured in the same run; two busy cores could reach twice that.

What is measured, and what is not:

* Both ways take turns in one process: a piece of the published loop, then ours, some rounds of it. The
  median of its steps counts, and that of our runs, so that an interruption spoils neither.
* By default only ``--timed`` steps of the published loop are run and its time is *extrapolated* linearly
  (every step does the same). The loss it ends at is then taken from the same recipe in one of our sampling
  engines. That is close but not the same: our Adam has β₂ = .99, no weight decay, and draws less noisy
  batches, which lowers the loss at a constant rate and so makes the bar stricter. ``--full`` runs the
  published loop to its end, for its time and for its loss. The column *its loss* says which.
* ``exact`` samples nothing, so its same recipe is as many steps at the same rate over all inputs.
* Judging and loading compiled code are in nobody's time; making the start is in ours. One model is one lane
  of ``exact``, whose registers would train sixteen in the same time.
* Memory is the rise of a fresh process's peak while it trains, after the libraries are loaded.

Beside the table: `maps` (phase maps), `scaling` (one thread and all) and `first` (from import to the first
model).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import tms_widgets as tms
from tms_widgets.core.engines import FUSED
from tms_widgets.core.engines.warm import warm_up
from tms_widgets.core.schedule import Wish
from tms_widgets.core.weights import Weights

from . import first, maps, scaling
from .cases import CASES, Case, engines_for, losses, sampling_engine, seconds_of
from .machine import busy, peak
from .operations import operations
from .published import BATCH, RATE, STEPS, TRIAL_STEPS, Published, best_threads
from .table import COLUMNS, Row, Way, shortest

LENGTHS = (25, 35, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000, 3000)
ROUNDS = 5
WITHIN = 1.01
WHOLE_SECONDS = 1.0
"""The same recipe is run whole in every round if that takes no longer; else in part."""
BESIDE = {"map2": maps, "map3": maps, "threads": scaling, "first": first}
"""Cases with a report of their own."""


def options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen and shortened."""
    every = [*CASES, *BESIDE]
    parser.add_argument("--cases", nargs="+", choices=every, default=every, help="default: all")
    parser.add_argument("--engines", nargs="+", choices=FUSED, help="default: the fast ones for each case")
    parser.add_argument("--steps", type=int, default=STEPS, help="of the published recipe (default 10000)")
    parser.add_argument("--timed", type=int, default=2000, help="of these, steps that are run (default 2000)")
    parser.add_argument("--full", action="store_true", help="run the published loop to its end")
    parser.add_argument("--seeds", type=int, help="models that decide a loss, in the place of the case's own")
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS, help="steps tried for same loss")


def report(chosen: argparse.Namespace) -> None:
    """Print the table, a row as soon as it is known, and then the cases beside it."""
    warm_up()
    rows = [name for name in chosen.cases if name in CASES]
    if rows:
        print(f"one core does {peak() / 1e9:.0f} GFLOP/s of float32 multiply-adds\n")
        print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    for name in rows:
        for row in compare(name, chosen):
            print(row.line(), flush=True)
    if rows:
        ran = chosen.steps if chosen.full else min(chosen.timed, chosen.steps)
        print(f"\nof {chosen.steps} published steps {ran} were run", flush=True)
        if busy():
            print("the machine was busy with something else: the figures are rough", flush=True)
    for name in chosen.cases:
        if name in BESIDE:
            BESIDE[name].show(name, chosen)
    print()


def compare(name: str, chosen: argparse.Namespace) -> Iterator[Row]:
    """Every engine on one case."""
    case = CASES[name]
    seeds = max(case.models, chosen.seeds or case.seeds)
    threads = best_threads(*_instances(case, case.models), min(TRIAL_STEPS, chosen.timed))
    whole, loss, loss_by = published_end(case, seeds, chosen)
    for engine in chosen.engines or engines_for(case.problem):
        schedule = Wish().schedule([case.problem], engine)
        by_length = {n: losses(case, seeds, engine, steps=n) for n in {*chosen.lengths, schedule.steps}}
        lengths = [shortest(by_length, bar) for bar in (loss, WITHIN * loss)] + [schedule.steps]
        published, same_recipe, *ours = take_turns(case, engine, lengths, chosen)
        same_loss, within, default = (
            None if steps is None else Way(steps, seconds)
            for steps, seconds in zip(lengths, ours, strict=True)
        )
        assert default
        work = operations(engine, case.problem, schedule) * schedule.steps * case.models
        yield Row(
            case.words, engine, whole or published, threads, loss, loss_by, same_recipe, same_loss, within,
            default, by_length[schedule.steps], work / default.seconds / peak(),
            memory(name, engine), memory(name, "published"),
        )  # fmt: skip


def published_end(case: Case, seeds: int, chosen: argparse.Namespace) -> tuple[float | None, float, str]:
    """Seconds of the published loop if it is run to its end, the loss there, and who trained it there."""
    if chosen.full:
        return *run_published(case, seeds, chosen.steps), "published"
    recipe = _recipe(chosen.steps)
    engine = sampling_engine(case.problem, Wish(**recipe).schedule([case.problem], "stratified"))
    return None, losses(case, seeds, engine, **recipe), engine


def take_turns(
    case: Case, engine: str, lengths: list[int | None], chosen: argparse.Namespace
) -> tuple[float, ...]:
    """Seconds of the published loop, of its recipe in our engine, and of our runs of these lengths."""
    loop = Published(*_instances(case, case.models))
    some = max(1, min(chosen.timed, chosen.steps) // ROUNDS)
    loop.train(min(3, some))
    turns = [
        (
            chosen.steps * float(np.median(loop.train(some))),
            same_recipe_seconds(case, engine, chosen.steps, some),
            *(seconds_of(case, engine, steps=length) if length else 0.0 for length in lengths),
        )
        for _ in range(ROUNDS)
    ]
    return tuple(statistics.median(column) for column in zip(*turns, strict=True))


def same_recipe_seconds(case: Case, engine: str, steps: int, some: int) -> float:
    """Seconds of the published recipe in our engine: run whole if that is quick, else extrapolated."""
    part = seconds_of(case, engine, **_recipe(min(some, steps)))
    if part * steps / some > WHOLE_SECONDS:
        return part * steps / some
    return seconds_of(case, engine, **_recipe(steps))


def run_published(case: Case, seeds: int, steps: int) -> tuple[float, float]:
    """Seconds of the published loop for the case's models, to its end, and the median loss of the seeds."""
    problems, all_seeds = _instances(case, seeds)
    alone = Published(problems[: case.models], all_seeds[: case.models])
    seconds = float(alone.train(steps).sum())
    weights = [alone.weights]
    if seeds > case.models:
        rest = Published(problems[case.models :], all_seeds[case.models :])
        rest.train(steps)
        weights.append(rest.weights)
    return seconds, case.judged(Weights.together(weights, np.concatenate))


def memory(name: str, engine: str) -> float:
    """Bytes that training a case adds to a fresh process."""
    command = [sys.executable, "-m", "benchmarks.memory", name, engine]
    root = Path(__file__).parents[1]
    return float(subprocess.run(command, check=True, cwd=root, capture_output=True, text=True).stdout)


def _recipe(steps: int) -> dict[str, object]:
    """The published recipe, as settings of ours."""
    return {"steps": steps, "batch_size": BATCH, "learning_rate": RATE, "decay": "none"}


def _instances(case: Case, count: int) -> tuple[list[tms.Problem], range]:
    return [case.problem] * count, range(count)
