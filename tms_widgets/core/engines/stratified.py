"""The fused engine: compiled training of independent features for ``linear`` and ``relu_output``.

Instances share nothing, so each is trained from record to record by one call of the kernel, and the calls
are spread over threads. An instance comes out the same, bit for bit, whatever is trained beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..evaluation import FILM_SAMPLES
from ..problem import Problem
from ..schedule import Schedule
from ..strata import Strata
from . import Recorded, Weights, initial_weights
from .cache import load_kernels

JUDGE_WORK = 4e6
"""About how many multiplications the held-out loss of one model may take."""


class FusedEngine:
    """All instances' weights, optimiser states and random streams."""

    def __init__(self, problems: Sequence[Problem], seeds: Sequence[int], schedule: Schedule) -> None:
        kernels = load_kernels()
        self.train_instance, self.judge_instance = kernels.train_instance, kernels.judge_instance
        self.problems = tuple(problems)
        first, count = problems[0], len(seeds)
        self.linear, self.signed = first.architecture == "linear", first.value_range[0] < 0.0
        self.schedule, self.step = schedule, 0
        self.W = np.stack([initial_weights(first, seed)[0] for seed in seeds])
        self.b = np.zeros((count, first.n_features), np.float32)
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
                schedule.learning_rate, schedule.warmup, schedule.steps, self.step, record,
                tuple(array[i] for array in (self.W, self.b, *self.moments, self.state, self.permutation)),
                loss_frames[i], W_frames[i], b_frames[i],
            )  # fmt: skip

        spread(train, count)
        self.step = int(record[-1])
        return loss_frames.T, W_frames.swapaxes(0, 1), b_frames.swapaxes(0, 1), None

    def judge(self, W: Weights, b: Weights, W_out: Weights | None) -> NDArray[np.float64]:
        """Held-out loss of these weights, judged on many more inputs than a frame of the film is."""
        loss = np.empty(len(b))

        def one(i: int) -> None:
            density = self.problems[i].density_vector
            work = density.size * max(2.0, float(density.sum()))
            n_samples = int(np.clip(JUDGE_WORK / work, 2048, 8192))
            args = (self.linear, self.signed, *self.statistics[i], n_samples)
            loss[i] = self.judge_instance(*args, np.ascontiguousarray(W[i]), np.ascontiguousarray(b[i]))

        spread(one, len(b))
        return loss


def spread(work: Callable[[int], None], count: int) -> None:
    """Call ``work(i)`` for i in 0 … count − 1, on as many threads as there are cores."""
    if min(count, available_cores()) == 1:
        for i in range(count):
            work(i)
    else:
        list(threads().map(work, range(count)))


@lru_cache(maxsize=1)
def threads() -> ThreadPoolExecutor:
    """Threads that are kept, because starting them takes as long as training a small model."""
    return ThreadPoolExecutor(available_cores(), thread_name_prefix="tms_widgets")


def available_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
