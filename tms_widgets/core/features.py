"""The synthetic features of the paper, drawn with torch for the reference engine.

*The feature vector*: each x_i is 0 with probability S_i and otherwise uniform. *Correlated* sets are
active as a whole by one Bernoulli draw; in an active *anticorrelated* set exactly one random member is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from .problem import Problem

BLOCK = 2**20
"""Most random numbers an instance draws at once."""


class FeatureSampler:
    """Fresh batches of inputs, one independent stream an instance.

    What an instance sees depends on its seed alone, not on how many instances are trained beside it.

    Parameters
    ----------
    problems : sequence of Problem
        One an instance; they may differ in density and importance.
    seeds : sequence of int
        One an instance.
    batch_size : int
    device : torch.device
    """

    def __init__(
        self, problems: Sequence[Problem], seeds: Sequence[int], batch_size: int, device: torch.device
    ) -> None:
        first = problems[0]
        self.problem, self.batch_size = first, batch_size
        self.n, self.size = first.n_features, first.set_size or 1
        self.generators = [torch.Generator(device).manual_seed(int(seed)) for seed in seeds]
        units = np.stack([p.density_vector[:: self.size] for p in problems])
        self.density = torch.tensor(units, dtype=torch.float32, device=device)[:, None, :]
        self.columns = self.n + self.density.shape[-1] * (2 if first.features == "anticorrelated" else 1)
        self.block = torch.empty(0)
        self.used = 0

    def sample(self) -> Tensor:
        """The next batch, shape ``(n_instances, batch_size, n_features)``."""
        if self.used == self.block.shape[0]:
            self._refill()
        draws = self.block[self.used]
        self.used += 1
        values, active = draws[..., : self.n], draws[..., self.n : self.n + self.density.shape[-1]]
        active = active < self.density
        if self.size > 1:
            active = active.repeat_interleave(self.size, dim=-1)
        if self.problem.features == "anticorrelated":
            member = (draws[..., -self.density.shape[-1] :] * self.size).long()
            chosen = member.repeat_interleave(self.size, dim=-1)
            active = active & (chosen == torch.arange(self.n, device=chosen.device) % self.size)
        low, high = self.problem.value_range
        return torch.where(active, low + (high - low) * values, torch.zeros((), device=values.device))

    def _refill(self) -> None:
        # a block at a time: one call of a generator costs as much as hundreds of numbers
        steps = max(1, min(64, BLOCK // (self.batch_size * self.columns)))
        shape = (steps, self.batch_size, self.columns)
        draws = [torch.rand(shape, generator=g, device=g.device) for g in self.generators]
        self.block, self.used = torch.stack(draws, dim=1), 0
