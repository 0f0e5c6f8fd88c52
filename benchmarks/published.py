"""The published way of training, stated again in plain torch, and timed at the thread count that suits it.

A batch of instances, as the published notebooks have it: weights of shape (instances, hidden, feature), two
einsums, autograd, AdamW at a constant rate of 1e-3, 10 000 steps of 1024 fresh samples for every instance.
Only the start differs: it is that of our engines, because the published one depends on how many instances
stand side by side.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

import tms_widgets as tms
from tms_widgets.core.start import initial_weights
from tms_widgets.core.weights import Weights

STEPS, BATCH, RATE = 10_000, 1024, 1e-3
TRIAL_STEPS, TRIAL_SECONDS = 300, 2.0
"""What each thread count is given to show how fast it is."""
SETTLE_SECONDS = 0.05
"""Torch's threads go on spinning for a while after their work; ours must not pay for it."""


class Published:
    """Models of some problems under training, one instance for every problem and seed given."""

    def __init__(self, problems: Sequence[tms.Problem], seeds: Sequence[int]) -> None:
        start = initial_weights(problems, seeds)
        self.W = torch.nn.Parameter(torch.tensor(start.W))
        self.b = torch.nn.Parameter(torch.tensor(start.b))
        self.importance = _stacked([problem.importance_vector for problem in problems])
        self.density = _stacked([problem.density_vector for problem in problems])
        self.optimiser = torch.optim.AdamW([self.W, self.b], lr=RATE)
        self.generator = torch.Generator().manual_seed(int(seeds[0]))

    def train(self, steps: int) -> NDArray[np.float64]:
        """Take some steps, and return the seconds that each took."""
        marks = [time.perf_counter()]
        for _ in range(steps):
            self._step()
            marks.append(time.perf_counter())
        if torch.get_num_threads() > 1:
            time.sleep(SETTLE_SECONDS)
        return np.diff(marks)

    def _step(self) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        shape = (BATCH, *self.b.shape)
        values = torch.rand(shape, generator=self.generator)
        active = torch.rand(shape, generator=self.generator) <= self.density
        x = torch.where(active, values, torch.zeros(()))
        hidden = torch.einsum("sif,ihf->sih", x, self.W)
        output = torch.relu(torch.einsum("sih,ihf->sif", hidden, self.W) + self.b)
        error = self.importance * (x - output) ** 2
        error.mean(dim=(0, 2)).sum().backward()
        self.optimiser.step()

    @property
    def weights(self) -> Weights:
        """The weights now, with an instance axis in front."""
        return Weights(self.W.detach().numpy().copy(), self.b.detach().numpy().copy())


def best_threads(problems: Sequence[tms.Problem], seeds: Sequence[int], steps: int = TRIAL_STEPS) -> int:
    """The number of torch threads, 1 or all cores, that takes these steps sooner; it is set on return."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    seconds = {threads: _trial(problems, seeds, steps, threads) for threads in {1, cores}}
    best = min(seconds, key=seconds.__getitem__)
    torch.set_num_threads(best)
    return best


def _trial(problems: Sequence[tms.Problem], seeds: Sequence[int], steps: int, threads: int) -> float:
    """Seconds a step, the median of ``steps`` steps or as many as there is time for."""
    torch.set_num_threads(threads)
    loop = Published(problems, seeds)
    loop.train(3)
    spent: list[float] = []
    while len(spent) < steps and sum(spent) < TRIAL_SECONDS:
        spent.extend(loop.train(min(20, steps - len(spent))))
    return float(np.median(spent))


def _stacked(vectors: Sequence[np.ndarray]) -> torch.Tensor:
    return torch.tensor(np.stack(vectors), dtype=torch.float32)
