"""How long training takes, side by side with the way the published notebook trains.

The published recipe is stated again below in plain torch: autograd, AdamW at a rate of 1e-3, 10 000 steps of
1024 fresh samples. Both start from the same Xavier-normal weights, take turns on one thread, and are judged
by `tms_widgets.evaluate` on the same large sample.

*To the same loss*: the shortest default run whose median loss over the seeds, like that of every longer run
tried, is no higher than the published median. *Same recipe*: as many steps of as many samples, from the same
rate, in the fused engine with its cosine schedule.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import tms_widgets as tms
from tms_widgets.core.engines.warm import warm_up
from tms_widgets.core.training import Session

PROBLEMS = {
    "n=5 m=2": tms.Problem(5, 2, importance=0.9, density=0.1),
    "n=20 m=5": tms.Problem(20, 5, importance=0.7, density=0.1),
}
LENGTHS = (50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000)
BATCH, RATE = 1024, 1e-3
JUDGED_ON = 100_000


def options(parser: argparse.ArgumentParser) -> None:
    """What can be shortened."""
    parser.add_argument("--steps", type=int, default=10_000, help="of the published recipe (default 10000)")
    parser.add_argument("--seeds", type=int, default=8, help="models of each kind (default 8)")


def report(chosen: argparse.Namespace) -> None:
    """Train and print one paragraph a problem."""
    torch.set_num_threads(1)
    warm_up()
    train_as_published(PROBLEMS["n=5 m=2"], 0, 10)  # torch, too, takes its time only once
    for name, problem in PROBLEMS.items():
        settings = f"importance {problem.importance}^i, density {problem.density}"
        print(f"{name}, {settings}, {chosen.seeds} seeds, one thread")
        for line in compare(problem, chosen.steps, chosen.seeds):
            print(f"  {line}")
        print()


def compare(problem: tms.Problem, steps: int, seeds: int) -> list[str]:
    """Train every seed in all ways, in turns, and say how long each way takes."""
    published, same_recipe = [], []
    by_length: dict[int, list[tuple[float, float]]] = {length: [] for length in LENGTHS}
    recipe = {"steps": steps, "batch_size": BATCH, "learning_rate": RATE}
    for seed in range(seeds):
        published.append(timed(problem, train_as_published, seed, steps))
        same_recipe.append(timed(problem, fused, seed, **recipe))
        for length, results in by_length.items():
            results.append(timed(problem, fused, seed, steps=length))
    seconds, loss = medians(published)
    ways = {length: medians(results) for length, results in by_length.items()}
    lines = [
        f"published, {steps} steps of {BATCH}: {seconds:.3g} s, loss {loss:.4g}",
        said("same recipe, fused", medians(same_recipe), seconds),
    ]
    for aim, bar in (("to the same loss", loss), ("to within 1 % of it", 1.01 * loss)):
        length = shortest({length: way[1] for length, way in ways.items()}, bar)
        if length is None:
            lines.append(f"{aim}, fused: not reached in {LENGTHS[-1]} steps")
        else:
            lines.append(said(f"{aim}, fused, {length} steps", ways[length], seconds))
    return [*lines, said("as the Explorer trains, fused, 1000 steps", ways[1000], seconds)]


def said(way: str, result: tuple[float, float], published: float) -> str:
    """One line about a way of training."""
    seconds, loss = result
    return f"{way}: {1000 * seconds:.3g} ms, loss {loss:.4g}; {published / seconds:.0f} times as fast"


def timed(problem: tms.Problem, train: Callable[..., Any], *how: Any, **named: Any) -> tuple[float, float]:
    """Seconds that a training takes, and the loss it ends at."""
    start = time.perf_counter()
    W, b = train(problem, *how, **named)
    seconds = time.perf_counter() - start
    loss = tms.evaluate(problem, W[None], b[None], n_samples=JUDGED_ON, seed=1).loss[0]
    return seconds, float(loss)


def medians(results: list[tuple[float, float]]) -> tuple[float, float]:
    """The median time and the median loss."""
    seconds, loss = np.median(np.array(results), axis=0)
    return float(seconds), float(loss)


def shortest(losses: dict[int, float], bar: float) -> int | None:
    """The first length from which on every loss is within the bar."""
    reached = None
    for length in sorted(losses, reverse=True):
        if losses[length] > bar:
            break
        reached = length
    return reached


def start_of(problem: tms.Problem, seed: int) -> np.ndarray:
    """The weights that the fused engine starts this seed from."""
    session = Session(problem, n_seeds=1, seed=seed, steps=1)
    return session.next_frame().W[0].copy()


def fused(problem: tms.Problem, seed: int, **schedule: Any) -> tuple[np.ndarray, np.ndarray]:
    """One model by the fused engine, recorded only at its end."""
    session = Session(problem, n_seeds=1, seed=seed, n_frames=1, engine="stratified", **schedule)
    last = session.next_frame()
    return last.W[0], last.b[0]


def train_as_published(problem: tms.Problem, seed: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """One model by autograd and AdamW at a constant rate, on fresh samples in every step."""
    n = problem.n_features
    W = torch.nn.Parameter(torch.from_numpy(start_of(problem, seed)))
    b = torch.nn.Parameter(torch.zeros(n))
    importance = torch.tensor(problem.importance_vector, dtype=torch.float32)
    density = torch.tensor(problem.density_vector, dtype=torch.float32)
    optimiser = torch.optim.AdamW([W, b], lr=RATE)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        values = torch.rand((BATCH, n), generator=generator)
        x = torch.where(torch.rand((BATCH, n), generator=generator) < density, values, 0.0)
        output = torch.relu(x @ W.T @ W + b)
        loss = (importance * (x - output) ** 2).mean(0).sum()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    return W.detach().numpy(), b.detach().numpy()
