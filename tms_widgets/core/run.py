"""The result of training: weights, losses, the recorded film, and everything that made them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .problem import Problem
from .schedule import Schedule
from .weights import Array, Weights

if TYPE_CHECKING:
    from .models import ToyModel


@dataclasses.dataclass(frozen=True)
class Frame:
    """All instances at one step of training. The weights are of that step and no other."""

    step: int
    loss: NDArray[np.float64]
    """Held-out loss, shape ``(n_instances,)``."""
    W: Array
    """Shape ``(n_instances, n_hidden, n_features)``."""
    b: Array
    """Shape ``(n_instances, n_features)``."""
    W_out: Array | None = None
    """Output weights of ``untied``, shape ``(n_instances, n_features, n_hidden)``."""
    b_hidden: Array | None = None
    """Biases of the neurons, where the problem has them, shape ``(n_instances, n_hidden)``."""


@dataclasses.dataclass(frozen=True)
class Frames(Sequence[Frame]):
    """The recorded steps, as arrays with the step first; ``frames[i]`` is one `Frame`."""

    step: NDArray[np.int64]
    loss: NDArray[np.float64]
    W: Array
    b: Array
    W_out: Array | None = None
    b_hidden: Array | None = None

    @property
    def weights(self) -> Weights:
        """All the weights, with the axes step and instance in front."""
        return Weights(self.W, self.b, self.W_out, self.b_hidden)

    def __len__(self) -> int:
        return len(self.step)

    def __getitem__(self, index: int) -> Frame:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Frame(int(self.step[index]), self.loss[index], *self.weights.map(lambda array: array[index]))

    def instances(self, chosen: Sequence[int]) -> Frames:
        """The same steps of some instances only."""
        return Frames(self.step, self.loss[:, chosen], *self.weights.map(lambda array: array[:, chosen]))


@dataclasses.dataclass(frozen=True)
class Run(Sequence["Run"]):
    """What `train` returns. A run of k instances is a sequence of k runs of one.

    The instances of several problems stand problem by problem, seed by seed within each.
    """

    problems: tuple[Problem, ...]
    """One an instance."""
    seeds: NDArray[np.int64]
    """One an instance; with the problem and the schedule it decides the instance to the last bit."""
    loss: NDArray[np.float64]
    """Held-out loss of the final weights, shape ``(n_instances,)``; see `evaluate`."""
    frames: Frames
    schedule: Schedule
    engine: str
    """What trained it: ``"exact"``, ``"stratified"``, ``"dense"`` or ``"reference"``."""
    engine_note: str = ""
    """Why it was not one of the fused engines, or empty."""
    stopped: str = ""
    """Why training ended before its last step, in a sentence, or empty."""
    attack: float = 0.0
    """Length of the attacks that it was trained against, in average inputs."""

    @property
    def problem(self) -> Problem:
        """The one problem of all instances.

        Raises
        ------
        ValueError
            When the instances differ; ``problems`` has them all.
        """
        if len(set(self.problems)) > 1:
            raise ValueError("The instances of this run have different problems; see run.problems.")
        return self.problems[0]

    @property
    def weights(self) -> Weights:
        """All final weights, with an instance axis in front."""
        return self.frames.weights.map(lambda array: array[-1])

    @property
    def W(self) -> Array:
        """Final weights, shape ``(n_instances, n_hidden, n_features)``; ``W[..., i]`` is the paper's W_i."""
        return self.frames.W[-1]

    @property
    def b(self) -> Array:
        """Final biases, shape ``(n_instances, n_features)``."""
        return self.frames.b[-1]

    @property
    def W_out(self) -> Array | None:
        """Final output weights, shape ``(n_instances, n_features, n_hidden)``, for ``untied`` alone."""
        return None if self.frames.W_out is None else self.frames.W_out[-1]

    @property
    def b_hidden(self) -> Array | None:
        """Final biases of the neurons, shape ``(n_instances, n_hidden)``, where the problem has them."""
        return None if self.frames.b_hidden is None else self.frames.b_hidden[-1]

    @property
    def n_instances(self) -> int:
        """How many models were trained."""
        return len(self.seeds)

    @property
    def best(self) -> Run:
        """The instance with the lowest loss; of several problems, the best of each.

        Losses of different problems are different tasks and are never compared.
        """
        best: dict[Problem, int] = {}
        for i, problem in enumerate(self.problems):
            if problem not in best or self.loss[i] < self.loss[best[problem]]:
                best[problem] = i
        return self.instances(list(best.values()))

    @property
    def best_index(self) -> int:
        """Index of the instance with the lowest loss; for runs of one problem."""
        self.problem  # noqa: B018  (raises when there are several)
        return int(np.argmin(self.loss))

    def of(self, problem: Problem) -> Run:
        """The instances of one problem."""
        return self.instances([i for i, other in enumerate(self.problems) if other == problem])

    def instances(self, chosen: Sequence[int]) -> Run:
        """A run of some instances only, in the order given."""
        return dataclasses.replace(
            self,
            problems=tuple(self.problems[i] for i in chosen),
            seeds=self.seeds[list(chosen)],
            loss=self.loss[list(chosen)],
            frames=self.frames.instances(list(chosen)),
        )

    def __len__(self) -> int:
        return self.n_instances

    def __getitem__(self, index: int) -> Run:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.instances([range(self.n_instances)[index]])

    def __iter__(self) -> Iterator[Run]:
        return (self[i] for i in range(self.n_instances))

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        first = self.problems[0]
        several = len(dict.fromkeys(self.problems))
        task = f"{several} problems" if several > 1 else f"density={first.density}"
        return (
            f"<Run n={first.n_features} m={first.n_hidden} {first.architecture} {task}: "
            f"{self.n_instances} instances, {len(self.frames)} frames, best loss {self.loss.min():.4g}, "
            f"{self.engine}>"
        )

    def module(self, instance: int | None = None) -> ToyModel:
        """The trained models as a torch module: all instances, or one (still with an instance axis)."""
        import torch  # here, so that a fused run needs no torch

        from .models import ToyModel

        chosen = self if instance is None else self[instance]
        return ToyModel(chosen.problems[0], *(None if a is None else torch.tensor(a) for a in chosen.weights))  # pyright: ignore[reportArgumentType]

    def save(self, path: str | Path) -> Path:
        """Write the run as one safetensors file; an existing file is replaced only once all is written."""
        from .storage import save_run

        return save_run(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Run:
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            When there is no such file.
        ValueError
            When the file is not a saved run.
        """
        from .storage import load_run

        return load_run(Path(path))
