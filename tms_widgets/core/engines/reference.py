"""The reference engine: the published way of training, torch autograd over a batch of instances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ..features import FeatureSampler
from ..models import ToyModel, loss_of
from ..problem import Problem
from ..schedule import Schedule
from . import Recorded, initial_weights


class ReferenceEngine:
    """Adam on freshly sampled batches; every architecture, every kind of features, CPU or CUDA."""

    def __init__(
        self, problems: Sequence[Problem], seeds: Sequence[int], schedule: Schedule, device: str = "cpu"
    ) -> None:
        place = torch.device(device)
        start = [initial_weights(problems[0], seed) for seed in seeds]
        W = torch.from_numpy(np.stack([W for W, _ in start])).to(place)
        W_out = [out for _, out in start if out is not None]
        self.model = ToyModel(
            problems[0],
            W,
            torch.zeros(len(seeds), problems[0].n_features, device=place),
            torch.from_numpy(np.stack(W_out)).to(place) if W_out else None,
        )
        importance = np.stack([problem.importance_vector for problem in problems])
        self.importance = torch.from_numpy(importance).to(place, torch.float32)
        self.sampler = FeatureSampler(problems, seeds, schedule.batch_size, place)
        self.schedule, self.step = schedule, 0
        # an instance's gradient can be far below Adam's usual eps when its features are rare and unimportant
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=schedule.learning_rate, eps=1e-12)

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each step of ``record`` and return the weights there."""
        frames = [self._train_to(int(step)) for step in record]
        W_out = [out for _, _, out in frames if out is not None]
        return np.stack([W for W, _, _ in frames]), np.stack([b for _, b, _ in frames]), np.stack(W_out) if W_out else None

    def _train_to(self, step: int) -> Recorded:
        # torch's default thread count makes models of this size up to 20 times slower than one thread
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            while self.step < step:
                for group in self.optimiser.param_groups:
                    group["lr"] = self.schedule.rate(self.step)
                self.optimiser.zero_grad()
                loss_of(self.model, self.sampler.sample(), self.importance).sum().backward()
                self.optimiser.step()
                self.step += 1
        finally:
            torch.set_num_threads(threads)
        W, b, W_out = self.model.W, self.model.b, self.model.W_out
        return _copied(W), _copied(b), None if W_out is None else _copied(W_out)


def _copied(parameter: torch.Tensor) -> NDArray[np.float32]:
    return parameter.detach().cpu().numpy().copy()
