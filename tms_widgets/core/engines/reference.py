"""The reference engine: the published way of training, torch autograd over a batch of instances."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..adversarial import RandomAttacks
from ..checks import SettingError
from ..evaluation import FILM_SAMPLES, evaluate
from ..features import FeatureSampler
from ..models import ToyModel, loss_of
from ..problem import Problem
from ..schedule import Schedule
from ..weights import Weights
from . import Recorded


def workspace_bytes(problem: Problem, schedule: Schedule) -> int:
    """Memory that each instance takes while it trains, beside weights and optimiser states."""
    return 4 * schedule.batch_size * (6 * problem.n_features + 3 * problem.n_hidden)


class ReferenceEngine:
    """Adam on freshly sampled batches; every architecture, every kind of features, attacks, CPU or CUDA.

    On a GPU the whole step is recorded once as a CUDA graph and replayed: the kernels of a model this small
    take less time than starting them one by one.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        seeds: Sequence[int],
        schedule: Schedule,
        weights: Weights,
        device: str = "cpu",
        attack: float = 0.0,
    ) -> None:
        place = device_of(device)
        self.problems, self.schedule, self.step = tuple(problems), schedule, 0
        start = [None if array is None else torch.tensor(array, device=place) for array in weights]
        self.model = ToyModel(problems[0], *start)  # pyright: ignore[reportArgumentType]
        importance = np.stack([problem.importance_vector for problem in problems])
        self.importance = torch.tensor(importance, dtype=torch.float32, device=place)
        self.sampler = FeatureSampler(problems, seeds, schedule.batch_size, place)
        self.attacks = RandomAttacks(problems, seeds, attack, schedule.batch_size, place) if attack else None
        self.rate = torch.zeros((), device=place)
        # an instance's gradient can be far below Adam's usual eps when its features are rare and unimportant
        self.optimiser = torch.optim.Adam(
            [parameter for parameter in self.model.parameters() if parameter.requires_grad],
            lr=self.rate if place.type == "cuda" else schedule.learning_rate,
            eps=1e-12,
            capturable=place.type == "cuda",
        )
        self._take_step: Callable[[Tensor, Tensor], None] | None = None

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each step of ``record`` and return the losses and the weights there."""
        weights = Weights.together([self._train_to(int(step)) for step in record], np.stack)
        return evaluate(self.problems, *weights, n_samples=FILM_SAMPLES, seed=1).loss, weights

    def judge(self, weights: Weights) -> NDArray[np.float64]:
        """Held-out loss of these weights, judged on many more inputs than a frame of the film is."""
        return evaluate(self.problems, *weights).loss

    def _train_to(self, step: int) -> Weights:
        with one_thread():
            while self.step < step:
                x = self.sampler.sample()
                seen = x if self.attacks is None else x + self.attacks.on(self.model.W)
                rate = self.schedule.rate(self.step)
                if x.is_cuda:
                    self.rate.fill_(rate)
                    self._replay(x, seen)
                else:
                    self.optimiser.param_groups[0]["lr"] = rate
                    self._descend(x, seen)
                self.step += 1
        model = self.model
        parameters = (model.W, model.b, model.W_out, model.b_hidden)
        return Weights(*(None if p is None else p.detach().cpu().numpy().copy() for p in parameters))  # pyright: ignore[reportArgumentType]

    def _descend(self, x: Tensor, seen: Tensor) -> None:
        """One step of Adam along the gradient on these inputs, of which the model sees ``seen``."""
        self.optimiser.zero_grad()
        loss_of(self.model, x, self.importance, seen).sum().backward()  # pyright: ignore[reportUnknownMemberType]
        self.optimiser.step()  # pyright: ignore[reportUnknownMemberType]

    def _replay(self, x: Tensor, seen: Tensor) -> None:
        """`_descend` as a CUDA graph, recorded at the first call."""
        if self._take_step is None:
            self._take_step = self._captured(x, seen)
        self._take_step(x, seen)

    def _captured(self, x: Tensor, seen: Tensor) -> Callable[[Tensor, Tensor], None]:
        """Record one step as a graph; the weights and the optimiser are as before when it returns."""
        inputs, shown, graph = x.clone(), seen.clone(), torch.cuda.CUDAGraph()
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        before = [p.detach().clone() for p in parameters]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):  # torch wants some steps outside the graph first
                self._descend(inputs, shown)
        torch.cuda.current_stream().wait_stream(side)
        self.optimiser.zero_grad(set_to_none=True)
        with torch.cuda.graph(graph):
            self._descend(inputs, shown)
        with torch.no_grad():
            for parameter, value in zip(parameters, before, strict=True):
                parameter.copy_(value)
            for state in self.optimiser.state.values():
                for moment in state.values():
                    moment.zero_()

        def replay(x: Tensor, seen: Tensor) -> None:
            inputs.copy_(x)
            shown.copy_(seen)
            graph.replay()

        return replay


def device_of(name: str) -> torch.device:
    """The torch device of that name, if there is one here.

    Raises
    ------
    SettingError
        When torch does not know it, or this machine does not have it.
    """
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise SettingError(f"device={name!r} cannot be used here ({reason}); use 'cpu'.") from None
    return device


@contextmanager
def one_thread() -> Generator[None]:
    """Torch on one thread: its default count makes models of this size up to 20 times slower."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
