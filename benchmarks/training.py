"""How long training takes, side by side with the way the published notebooks train.

The table has a row for every case and engine. *Published*: the loop of `published`, 10 000 steps of 1024
fresh samples in torch, at whichever of one thread and all cores is faster. *Same recipe*: our engine takes
as many steps of as many samples at the same constant rate. *Same loss*: the shortest run with the engine's
own schedule whose median held-out loss over the seeds, like that of every longer run tried, is no higher
than that of the published recipe. These are different claims: the first is about the loop, the second also
about the schedule, the batch and the exact strata. *Default*: what `train` does when nothing is asked of it;
its loss is given relative to the published one, and its useful arithmetic (see `operations`) as a share of
the *peak* of one core, measured in the same run; two busy cores could reach twice that.

What is measured, and what is not:

* Both ways take turns in one process: a piece of the published loop, then ours, some rounds of it; medians
  count.
* By default only ``--timed`` steps of the published loop are run and its time is *extrapolated* linearly
  (every step does the same). The loss it ends at is then taken from the same recipe in one of our sampling
  engines. That is close but not the same: our Adam has β₂ = .99, no weight decay, and draws less noisy
  batches, which lowers the loss at a constant rate and so makes the bar stricter. ``--full`` runs the
  published loop to its end, for its time and for its loss. The column *loss by* says which.
* ``exact`` samples nothing, so its same recipe is as many steps at the same rate over all inputs.
* Judging and loading compiled code are in nobody's time; making the start is in ours. One model is one lane
  of ``exact``, whose registers would train sixteen in the same time.
* Memory is the rise of a fresh process's peak while it trains, after the libraries are loaded.

Beside the table: `maps` (phase maps), `scaling` (one thread and all) and `first` (from import to the first
model).
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

import tms_widgets as tms
from tms_widgets.core.engines import FUSED
from tms_widgets.core.engines.warm import warm_up
from tms_widgets.core.schedule import Wish
from tms_widgets.core.weights import Weights

from . import first, maps, scaling
from .cases import CASES, Case, engines_for, losses, sampling_engine, seconds_of
from .machine import peak
from .operations import operations
from .published import BATCH, RATE, STEPS, TRIAL_STEPS, Published, best_threads
from .words import duration, times

LENGTHS = (25, 35, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000, 3000)
ROUNDS = 5
WHOLE_SECONDS = 1.0
"""The same recipe is run whole in every round if that takes no longer; else in part."""
BESIDE = {"map2": maps, "map3": maps, "threads": scaling, "first": first}
"""Cases with a report of their own."""
COLUMNS = (
    "case", "engine", "published", "threads", "loss", "loss by", "same recipe", "ratio", "same loss", "ratio",
    "steps", "default", "ratio", "its loss", "of peak", "MB", "published MB",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Row:
    """One engine on one case. Times are seconds for all the models of the case."""

    case: str
    engine: str
    published: float
    threads: int
    """Of torch, in the published loop."""
    loss_by: str
    """Who trained the models whose loss is the bar: ``published`` or one of our engines."""
    bar: float
    same_recipe: float
    same_loss: float | None
    steps: int | None
    """Of the run to the same loss; None if no length reached it."""
    default: float
    default_loss: float
    peak_share: float
    bytes_added: float
    bytes_published: float

    def line(self) -> str:
        """The row of a Markdown table."""
        reached = self.same_loss is not None
        cells = (
            self.case, self.engine, duration(self.published), str(self.threads), f"{self.bar:.4g}",
            self.loss_by, duration(self.same_recipe), times(self.published / self.same_recipe),
            duration(self.same_loss) if reached else "not reached",
            times(self.published / self.same_loss) if reached else "—", str(self.steps or "—"),
            duration(self.default), times(self.published / self.default),
            f"{100 * (self.default_loss / self.bar - 1):+.2f} %", f"{100 * self.peak_share:.1f} %",
            f"{self.bytes_added / 1e6:.1f}", f"{self.bytes_published / 1e6:.1f}",
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


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
    for name in chosen.cases:
        if name in BESIDE:
            BESIDE[name].show(name, chosen)
    print()


def compare(name: str, chosen: argparse.Namespace) -> list[Row]:
    """Every engine on one case."""
    case = CASES[name]
    seeds = case.models if case.models > 1 else chosen.seeds or case.seeds
    threads = best_threads(*_instances(case, case.models), min(TRIAL_STEPS, chosen.timed))
    if chosen.full:
        whole, bar = run_published(case, seeds, chosen.steps)
        loss_by = "published"
    else:
        recipe = Wish(**_recipe(chosen.steps)).schedule(case.problem, "stratified")
        whole, loss_by = None, sampling_engine(case.problem, recipe)
        bar = losses(case, seeds, loss_by, **_recipe(chosen.steps))
    rows = []
    for engine in chosen.engines or engines_for(case.problem):
        by_length = {n: losses(case, seeds, engine, steps=n) for n in sorted(set(chosen.lengths))}
        length = shortest(by_length, bar)
        per_step, same_recipe, same_loss, default = take_turns(case, engine, length, chosen)
        schedule = Wish().schedule(case.problem, engine)
        work = operations(engine, case.problem, schedule) * schedule.steps * case.models
        rows.append(
            Row(
                case.words, engine, whole or per_step * chosen.steps, threads, loss_by, bar, same_recipe,
                same_loss, length, default, losses(case, seeds, engine), work / default / peak(),
                memory(name, engine), memory(name, "published"),
            )
        )  # fmt: skip
    return rows


def take_turns(
    case: Case, engine: str, length: int | None, chosen: argparse.Namespace
) -> tuple[float, float, float | None, float]:
    """Seconds of a published step, and of our same recipe, run to the same loss and default run."""
    loop = Published(*_instances(case, case.models))
    some = max(1, min(chosen.timed, chosen.steps) // ROUNDS)
    loop.train(min(3, some))
    turns: list[tuple[float, ...]] = []
    for _ in range(ROUNDS):
        turns.append((
            loop.train(some) / some,
            same_recipe_seconds(case, engine, chosen.steps, some),
            seconds_of(case, engine, steps=length) if length else 0.0,
            seconds_of(case, engine),
        ))  # fmt: skip
    published, recipe, same_loss, default = (statistics.median(column) for column in zip(*turns, strict=True))
    return published, recipe, same_loss if length else None, default


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
    seconds = alone.train(steps)
    weights = [alone.weights]
    if seeds > case.models:
        rest = Published(problems[case.models :], all_seeds[case.models :])
        rest.train(steps)
        weights.append(rest.weights)
    return seconds, case.judged(Weights.together(weights, np.concatenate))


def shortest(by_length: dict[int, float], bar: float) -> int | None:
    """The first length from which on every loss is within the bar."""
    reached = None
    for length in sorted(by_length, reverse=True):
        if by_length[length] > bar:
            break
        reached = length
    return reached


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
