"""The paper's phase maps: 51 × 51 problems, 10 models of each, in one call of `train`.

Densities from 1 to .01 and importances of the last feature from .1 to 10, both evenly spaced in the
logarithm. Our time is that of the whole call, judging included. The published time is *extrapolated* from
some steps of a batch of 100 models, since the loop does the same for every model and in every step. What the
losses are worth is seen on some cells, in which the published recipe is run in one of our sampling engines.
"""

from __future__ import annotations

import argparse
import statistics

import numpy as np

import tms_widgets as tms
from tms_widgets.core.schedule import Wish

from .cases import sampling_engine
from .machine import timed
from .published import BATCH, RATE, Published, best_threads

SIDE, SEEDS = 51, 10
BATCHED = 100
CELLS = 6
"""Cells in which the losses are compared."""
SIZES = {"map2": (2, 1), "map3": (3, 2)}
ROUNDS = 3


def grid(name: str, side: int = SIDE) -> list[tms.Problem]:
    """The problems of a map."""
    n, m = SIZES[name]
    return [
        tms.Problem(n, m, importance=[1.0] * (n - 1) + [float(last)], density=float(p))
        for p in np.geomspace(1.0, 0.01, side)
        for last in np.geomspace(0.1, 10.0, side)
    ]


def show(name: str, chosen: argparse.Namespace, side: int = SIDE) -> None:
    """Train the map in both qualities that one would draw it in, and print what it took."""
    problems = grid(name, side)
    n, m = SIZES[name]
    count = len(problems) * SEEDS
    published = count * published_seconds(problems, min(chosen.timed, 200)) * chosen.steps
    print(f"\nphase map n={n} m={m}, {side}×{side} cells × {SEEDS} models = {count} models")
    print(f"  published: {published / 3600:.2f} h, extrapolated from a batch of {BATCHED} models")
    for quality in ("draft", "standard"):
        settings = {"n_seeds": SEEDS, "n_frames": 1, "quality": quality}
        engine = tms.train(problems[:1], **settings).engine
        seconds = statistics.median(timed(lambda: tms.train(problems, **settings)) for _ in range(ROUNDS))  # noqa: B023
        print(
            f"  {engine}, {quality}: {seconds:.3g} s, {1e6 * seconds / count:.3g} µs a model; "
            f"{published / seconds:.0f} times as fast"
        )
    engine, same_recipe, best, mean = compare_losses(problems, chosen)
    whole = same_recipe * count
    print(f"  same recipe, {engine}: {whole:.3g} s, extrapolated; {published / whole:.1f} times as fast")
    print(f"  standard against the same recipe: best of {SEEDS} {best:+.2f} %, mean {mean:+.2f} % of loss")


def published_seconds(problems: list[tms.Problem], steps: int) -> float:
    """Seconds of the published loop for one step of one model, in a batch."""
    some = [problems[i] for i in np.linspace(0, len(problems) - 1, BATCHED).astype(int)]
    best_threads(some, range(BATCHED), min(steps, 50))
    loop = Published(some, range(BATCHED))
    loop.train(3)
    return float(np.median(loop.train(steps))) / BATCHED


def compare_losses(
    problems: list[tms.Problem], chosen: argparse.Namespace
) -> tuple[str, float, float, float]:
    """On some cells: the engine of the same recipe, its seconds a model, and how much more standard loses.

    That is in per cent: of the best model of a cell, and of their mean; the median over the cells counts.
    """
    cells = [problems[i] for i in np.linspace(0, len(problems) - 1, CELLS).astype(int)]
    recipe = {"steps": chosen.steps, "batch_size": BATCH, "learning_rate": RATE, "decay": "none"}
    engine = sampling_engine(cells[0], Wish(**recipe).schedule([cells[0]], "stratified"))
    settings = {"n_seeds": SEEDS, "n_frames": 1}
    runs = [tms.train(cells, **settings)]
    seconds = timed(lambda: runs.append(tms.train(cells, engine=engine, **settings, **recipe)))
    losses = [tms.evaluate(run, n_samples=100_000, seed=1).loss.reshape(CELLS, SEEDS) for run in runs]
    best, mean = (
        100.0 * float(np.median(summary(losses[0], axis=1) / summary(losses[1], axis=1)) - 1.0)
        for summary in (np.min, np.mean)
    )
    return engine, seconds / (CELLS * SEEDS), best, mean
