"""From which study the schedules of `core.schedule` follow: steps, batch and rate against loss and time.

For every size and density, each candidate trains the same seeds, and so does a very long run. A candidate's
*excess* is the median loss of its models over that of the long run's, less one, in per cent; all are judged
on the same inputs. A size's quality is the quickest candidate whose excess at every density is within 5 %
(draft), 1 % (standard) or .3 % (paper). Nothing is chosen by the seeds' best: that would reward luck. Where
minima are many the median itself is noisy; the table gives its standard error over the seeds (of paired
differences).

Times are those of the processor, of all cores together, divided by the number of models; judging is not
included. Other work on the machine changes them less than it changes the clock's.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import itertools
import time
from pathlib import Path

import numpy as np

import tms_widgets as tms
from tms_widgets.core.engines import FUSED, uncovered
from tms_widgets.core.engines.warm import warm_up
from tms_widgets.core.schedule import Wish

from .cases import trained
from .machine import machine

RESULTS = Path(__file__).parent / "results" / "schedules"
QUALITIES = {"draft": 5.0, "standard": 1.0, "paper": 0.3}
"""The largest excess of each, in per cent."""
JUDGED_ON = 500_000
"""Numbers in the sample that all models of a problem are judged on."""


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A cosine schedule."""

    steps: int
    batch_size: int
    learning_rate: float

    def __str__(self) -> str:
        return f"{self.steps} steps of {self.batch_size} at {self.learning_rate:g}"


@dataclasses.dataclass(frozen=True)
class Size:
    """Problems of one size, which should share a schedule."""

    n: int
    m: int
    importance: float
    densities: tuple[float, ...]
    engines: tuple[str, ...]

    @property
    def name(self) -> str:
        """As the command line has it."""
        return f"{self.n}x{self.m}"

    def problems(self) -> list[tms.Problem]:
        """One a density."""
        return [tms.Problem(self.n, self.m, importance=self.importance, density=p) for p in self.densities]


ALL = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
SIZES = {
    size.name: size
    for size in (
        Size(2, 1, 0.8, ALL, ("exact",)),
        Size(3, 2, 0.8, ALL, ("exact",)),
        Size(5, 2, 0.9, ALL, ("exact", "stratified")),
        Size(10, 5, 0.75, ALL, ("stratified",)),
        Size(20, 5, 0.7, ALL, ("stratified",)),
        Size(40, 10, 0.9, ALL, ("stratified",)),
        Size(80, 20, 0.9, ALL, ("stratified", "dense")),
        Size(100, 12, 1.0, (0.7, 0.3, 0.1, 0.03), ("stratified", "dense")),
        Size(200, 20, 1.0, (0.3, 0.1, 0.03, 0.01), ("stratified", "dense")),
        Size(400, 30, 1.0, (0.3, 0.05, 0.01), ("dense",)),
    )
}


def grid(steps: tuple[int, ...], batches: tuple[int, ...], rates: tuple[float, ...]) -> list[Candidate]:
    """Every combination."""
    return [Candidate(*one) for one in itertools.product(steps, batches, rates)]


CANDIDATES = {
    "exact": grid((150, 300, 600, 1000, 2000, 3000, 6000), (1,), (0.03, 0.05, 0.1)),
    "stratified": grid((300, 600, 1000, 2000), (16, 32, 64, 128, 256, 512), (0.02, 0.03, 0.05)),
    "dense": grid((300, 700, 1000, 1500, 3000), (128, 256, 512, 1024, 2048), (0.015, 0.02, 0.03)),
}
LONG = {
    "exact": Candidate(20_000, 1, 0.03),
    "stratified": Candidate(10_000, 256, 0.02),
    "dense": Candidate(10_000, 2048, 0.01),
}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A candidate on one size."""

    candidate: Candidate
    excess: tuple[float, ...]
    """Per cent, at each density."""
    error: tuple[float, ...]
    """The standard error of each."""
    seconds: float
    """A model."""

    def line(self) -> str:
        """The row of a Markdown table."""
        c = self.candidate
        cells = [f"{e:+.2f} ± {s:.2f}" for e, s in zip(self.excess, self.error, strict=True)]
        row = [str(c.steps), str(c.batch_size), f"{c.learning_rate:g}", f"{1e3 * self.seconds:.3g}", *cells]
        return f"| {' | '.join(row)} |"


def options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen and shortened."""
    parser.add_argument("--engine", choices=FUSED, help="default: all, each where it may be the fastest")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), help="default: all")
    parser.add_argument("--seeds", type=int, default=16, help="models of each problem (default 16)")
    parser.add_argument("--shorten", type=int, default=1, help="divide all steps by this, for a try")
    parser.add_argument("--write", action="store_true", help="also into results/schedules, a file a size")


def report(chosen: argparse.Namespace) -> None:
    """Study and print, size by size; with ``--write`` a size is kept as soon as it is known."""
    for name, engine in itertools.product(chosen.sizes, [chosen.engine] if chosen.engine else FUSED):
        size = SIZES[name]
        if engine not in size.engines or uncovered(size.problems()[0], engine):
            continue
        warm_up([engine])
        title, *rest = table(size, engine, chosen.seeds, chosen.shorten)
        lines = "\n".join([title, f"Measured {datetime.date.today()}: {machine()}.\n", *rest, ""])
        print(lines, flush=True)
        if chosen.write:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{name}-{engine}.md").write_text(lines)


def table(size: Size, engine: str, seeds: int, shorten: int = 1) -> list[str]:
    """Every candidate on one size, the quickest first, and what follows for each quality."""
    outcomes = sorted(study(size, engine, seeds, shorten), key=lambda outcome: outcome.seconds)
    head = ["steps", "batch", "rate", "core ms a model", *(f"p={p:g}" for p in size.densities)]
    long = _shortened(LONG[engine], shorten)
    lines = [
        f"# n={size.n} m={size.m} I={size.importance:g}^i, {engine}\n",
        f"Loss above that of {long}, in per cent: medians of {seeds} seeds.\n",
        f"| {' | '.join(head)} |\n|{'---|' * len(head)}",
        *(outcome.line() for outcome in outcomes),
        "",
    ]
    for quality, limit in QUALITIES.items():
        lines.append(f"- {quality} (within {limit:g} %): {_said(quickest(outcomes, limit))}")
        for place, density in enumerate(size.densities):
            lines.append(f"  - p={density:g} alone: {_said(quickest(outcomes, limit, place))}")
    return lines


def _said(outcome: Outcome | None) -> str:
    return str(outcome.candidate) if outcome else "no candidate"


def study(size: Size, engine: str, seeds: int, shorten: int = 1) -> list[Outcome]:
    """Train everything. Densities are trained one after another, so that their times do not mix."""
    problems = size.problems()
    long = _shortened(LONG[engine], shorten)
    reference = [_train(problem, engine, seeds, long)[0] for problem in problems]
    outcomes = []
    for candidate in (_shortened(one, shorten) for one in candidates(size, engine)):
        results = [_train(problem, engine, seeds, candidate) for problem in problems]
        pairs = [excess(loss, base) for (loss, _), base in zip(results, reference, strict=True)]
        seconds = sum(spent for _, spent in results) / (len(problems) * seeds)
        outcomes.append(Outcome(candidate, *zip(*pairs, strict=True), seconds))
    return outcomes


def candidates(size: Size, engine: str) -> list[Candidate]:
    """Those with batches from half to twice what the table of schedules has."""
    batch = Wish().schedule(size.problems(), engine).batch_size
    return [one for one in CANDIDATES[engine] if 0.5 <= one.batch_size / batch <= 2.0]


def excess(losses: np.ndarray, long: np.ndarray) -> tuple[float, float]:
    """By how many per cent the median lies above that of the long run, and its standard error over seeds."""
    base = float(np.median(long))
    spread = float(np.std(losses - long)) / np.sqrt(len(long))
    return 100.0 * (float(np.median(losses)) / base - 1.0), 100.0 * spread / base


def quickest(outcomes: list[Outcome], limit: float, place: int | None = None) -> Outcome | None:
    """The quickest candidate within the limit at every density, or at the one in this place."""

    def excess_of(outcome: Outcome) -> float:
        return max(outcome.excess) if place is None else outcome.excess[place]

    good = [outcome for outcome in outcomes if excess_of(outcome) <= limit]
    return min(good, key=lambda outcome: outcome.seconds, default=None)


def _shortened(candidate: Candidate, shorten: int) -> Candidate:
    return dataclasses.replace(candidate, steps=max(1, candidate.steps // shorten))


def _train(problem: tms.Problem, engine: str, seeds: int, candidate: Candidate) -> tuple[np.ndarray, float]:
    """Losses of the seeds, and the processor's seconds that training them took."""
    start = time.process_time()
    session = trained(problem, seeds, engine, **dataclasses.asdict(candidate))
    seconds = time.process_time() - start
    run = session.run()
    if engine == "exact":  # its own judge does not sample
        return run.loss, seconds
    n_samples = int(np.clip(JUDGED_ON // problem.n_features, 8192, 16_384))
    return tms.evaluate(run, n_samples=n_samples, seed=1).loss, seconds
