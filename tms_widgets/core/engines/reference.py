"""The reference engine: the published way of training, torch autograd over a batch of instances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ..evaluation import FILM_SAMPLES, evaluate
from ..features import FeatureSampler
from ..models import ToyModel, loss_of
from ..problem import Problem
from ..schedule import Schedule
from . import Recorded, Weights, initial_weights


class ReferenceEngine:
    """Adam on freshly sampled batches; every architecture, every kind of features, CPU or CUDA."""

    def __init__(
        self, problems: Sequence[Problem], seeds: Sequence[int], schedule: Schedule, device: str = "cpu"
    ) -> None:
        place = torch.device(device)
        self.problems = tuple(problems)
        start = [initial_weights(problems[0], seed) for seed in seeds]
        W = torch.tensor(np.stack([W for W, _ in start]), device=place)
        W_out = [out for _, out in start if out is not None]
        self.model = ToyModel(
            problems[0],
            W,
            torch.zeros(len(seeds), problems[0].n_features, device=place),
            torch.tensor(np.stack(W_out), device=place) if W_out else None,
        )
        importance = np.stack([problem.importance_vector for problem in problems])
        self.importance = torch.tensor(importance, dtype=torch.float32, device=place)
        self.sampler = FeatureSampler(problems, seeds, schedule.batch_size, place)
        self.schedule, self.step = schedule, 0
        # an instance's gradient can be far below Adam's usual eps when its features are rare and unimportant
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=schedule.learning_rate, eps=1e-12)

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each step of ``record`` and return the losses and the weights there."""
        frames = [self._train_to(int(step)) for step in record]
        W, b = np.stack([frame[0] for frame in frames]), np.stack([frame[1] for frame in frames])
        out = [frame[2] for frame in frames if frame[2] is not None]
        W_out = np.stack(out) if out else None
        loss = evaluate(self.problems, W, b, W_out, n_samples=FILM_SAMPLES, seed=1)
        return loss, W, b, W_out

    def judge(self, W: Weights, b: Weights, W_out: Weights | None) -> NDArray[np.float64]:
        """Held-out loss of these weights, judged on many more inputs than a frame of the film is."""
        return evaluate(self.problems, W, b, W_out)

    def _train_to(self, step: int) -> tuple[Weights, Weights, Weights | None]:
        # torch's default thread count makes models of this size up to 20 times slower than one thread
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            while self.step < step:
                for group in self.optimiser.param_groups:
                    group["lr"] = self.schedule.rate(self.step)
                self.optimiser.zero_grad()
                loss = loss_of(self.model, self.sampler.sample(), self.importance).sum()
                loss.backward()  # pyright: ignore[reportUnknownMemberType]
                self.optimiser.step()  # pyright: ignore[reportUnknownMemberType]
                self.step += 1
        finally:
            torch.set_num_threads(threads)
        W, b, W_out = self.model.W, self.model.b, self.model.W_out
        return _copied(W), _copied(b), None if W_out is None else _copied(W_out)


def _copied(parameter: torch.Tensor) -> Weights:
    return parameter.detach().cpu().numpy().copy()
