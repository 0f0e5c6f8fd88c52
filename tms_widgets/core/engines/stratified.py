"""The stratified engine: the simple inputs are integrated, the others sampled, all in one compiled loop.

Instances share nothing, so each is trained from record to record by one call of the kernel, and the calls
are spread over threads. An instance comes out the same, bit for bit, whatever is trained beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..evaluation import FILM_SAMPLES
from ..problem import Problem
from ..schedule import Schedule
from ..strata import Strata
from ..weights import Weights
from . import Recorded
from .cache import load_kernels, note_compiled
from .threads import spread

JUDGE_WORK = 4e6
"""About how many multiplications the held-out loss of one model may take."""


def kernels_of(problem: Problem) -> str:
    """The module of the compiled loops that train this problem."""
    return "gram"


def covers(problem: Problem) -> str:
    """Why this engine cannot train the problem, in words; empty when it can."""
    if problem.architecture not in ("linear", "relu_output"):
        return f"the {problem.architecture} architecture is trained by torch"
    if problem.activation not in ("linear", "relu"):
        return f"a {problem.activation} output is trained by torch"
    if not problem.independent:
        return f"{problem.features} features are trained by torch"
    if problem.l1 or not problem.bias:
        return "a penalty, or a model without bias, is trained by torch"
    return ""


def cost(problem: Problem, schedule: Schedule) -> float:
    """About how many seconds one model takes on one core."""
    n, m = problem.n_features, problem.n_hidden
    active = max(2.0, float(problem.density_vector.sum()))
    sampled = 0.0 if problem.architecture == "linear" else schedule.batch_size * (20e-9 + 0.5e-9 * active * n)
    return schedule.steps * (0.5e-6 + 2e-9 * n * n + 0.3e-9 * n * n * m + sampled)


class StratifiedEngine:
    """All instances' weights, optimiser states and random streams."""

    def __init__(
        self, problems: Sequence[Problem], seeds: Sequence[int], schedule: Schedule, weights: Weights
    ) -> None:
        kernels = load_kernels(kernels_of(problems[0]))
        self.train_instance, self.judge_instance = kernels.train_instance, kernels.judge_instance
        self.problems = tuple(problems)
        first, count = problems[0], len(seeds)
        self.linear, self.signed = first.architecture == "linear", first.value_range[0] < 0.0
        self.schedule, self.step = schedule, 0
        self.W, self.b = weights.W.copy(), weights.b.copy()
        self.moments = [np.zeros_like(a) for a in (self.W, self.W, self.b, self.b)]
        self.state = np.stack(
            [np.random.SeedSequence(int(seed)).generate_state(1, np.uint64) for seed in seeds]
        )
        self.permutation = np.tile(np.arange(first.n_features), (count, 1))
        self.statistics = [_statistics(problem) for problem in problems]

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each step of ``record`` and return the losses and the weights there."""
        count, m, n = self.W.shape
        W_frames = np.empty((count, len(record), m, n), np.float32)
        b_frames = np.empty((count, len(record), n), np.float32)
        loss_frames = np.empty((count, len(record)))

        def train(i: int) -> None:
            schedule = self.schedule
            self.train_instance(
                self.linear, self.signed, *self.statistics[i], FILM_SAMPLES, schedule.batch_size,
                schedule.rates, self.step, record,
                tuple(array[i] for array in (self.W, self.b, *self.moments, self.state, self.permutation)),
                loss_frames[i], W_frames[i], b_frames[i],
            )  # fmt: skip

        spread(train, count)
        note_compiled(kernels_of(self.problems[0]))
        self.step = int(record[-1])
        return loss_frames.T, Weights(W_frames.swapaxes(0, 1), b_frames.swapaxes(0, 1))

    def judge(self, weights: Weights) -> NDArray[np.float64]:
        """Held-out loss of these weights, judged on many more inputs than a frame of the film is."""
        W, b = weights.W, weights.b
        loss = np.empty(len(b))

        def one(i: int) -> None:
            density = self.problems[i].density_vector
            work = density.size * max(2.0, float(density.sum()))
            n_samples = int(np.clip(JUDGE_WORK / work, 2048, 8192))
            args = (self.linear, self.signed, *self.statistics[i], n_samples)
            loss[i] = self.judge_instance(*args, np.ascontiguousarray(W[i]), np.ascontiguousarray(b[i]))

        spread(one, len(b))
        return loss


@lru_cache(maxsize=64)
def _statistics(problem: Problem) -> tuple[Any, ...]:
    """What the kernel must know of the input: importance, densities, strata, moments."""
    density = problem.density_vector
    strata = Strata.of(density)
    many, counts = strata.candidates(2) if problem.n_features > 1 else (0.0, np.zeros(2))
    unsigned = problem.value_range[0] == 0.0
    mean = density / 2.0 if unsigned else np.zeros_like(density)
    float32 = np.float32
    return (
        problem.importance_vector.astype(float32), density.astype(float32), float32(strata.none_active),
        strata.one_active.astype(float32), float32(many), counts.astype(float32), mean.astype(float32),
        (density / 3.0 - mean**2).astype(float32),
    )  # fmt: skip
