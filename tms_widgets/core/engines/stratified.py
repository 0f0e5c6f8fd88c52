"""The stratified engine: the simple inputs are integrated, the others sampled, all in one compiled loop.

Instances share nothing, so each is trained from record to record by one call of the kernel, and the calls
are spread over threads. An instance comes out the same, bit for bit, whatever is trained beside it.

There are two kernels. Without a hidden nonlinearity the *Gram form* needs nothing but ``WᵀW``; the *neuron
form* goes through the hidden vector, for hidden ReLUs and for penalties on hidden activations.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..evaluation import FILM_SAMPLES, evaluation_sample, own_feature_averages
from ..problem import Problem
from ..schedule import Schedule
from ..strata import Strata
from ..weights import Array, Weights
from . import Recorded
from .cache import load_kernels, note_compiled
from .threads import spread

JUDGE_WORK = 4e6
"""About how many multiplications the held-out loss of one model may take."""
HELD_OUT = 0x746D735F77696467
"""Where the random stream of the held-out inputs begins."""
LANES = 8
"""Rows are padded to a multiple of it, see `kernels.common`."""

Lists = tuple[NDArray[np.int64], NDArray[np.int64], Array]


def kernels_of(problem: Problem) -> str:
    """The module of the compiled loops that train this problem."""
    # the closed form of the linear model is that of independent features
    sampled_linear = problem.architecture == "linear" and not problem.independent
    return "neurons" if problem.has_neurons or problem.l1 or sampled_linear else "gram"


def covers(problem: Problem) -> str:
    """Why this engine cannot train the problem, in words; empty when it can."""
    if problem.activation not in ("linear", "relu"):
        return f"{problem.activation} outputs of more than 5 features are trained by torch"
    return ""


def cost(problem: Problem, schedule: Schedule) -> float:
    """About how many seconds one model takes on one core."""
    n, m, batch = problem.n_features, problem.n_hidden, schedule.batch_size
    size = problem.set_size if problem.features == "anticorrelated" and problem.set_size else 1
    active = max(2.0, float(problem.density_vector.sum()) / size)
    if kernels_of(problem) == "gram":
        if problem.architecture == "linear":
            batch = 0
        sample = 40e-9 + active * (12e-9 + 0.2e-9 * n)
        return schedule.steps * (0.5e-6 + 1.2e-9 * n * n + 0.08e-9 * n * n * m + batch * sample)
    # half of the neurons are on, more or less
    on = m / 2 if problem.has_neurons else m
    once = 100e-9 + on * (10e-9 + 0.25e-9 * n)
    exact = 0 if problem.hidden_bias else n * (2 if problem.value_range[0] < 0.0 else 1)
    sampled = batch * (once + active * (10e-9 + 0.3e-9 * m))
    return schedule.steps * (0.5e-6 + 1e-9 * n * m + exact * once + sampled)


def workspace_bytes(problem: Problem, schedule: Schedule) -> int:
    """Memory that each thread takes while it trains, beside weights and optimiser states."""
    n, m = problem.n_features, problem.n_hidden
    matrices = 2 * n * n if kernels_of(problem) == "gram" else 2 * m * n
    active = float(problem.density_vector.sum()) + 2.0
    return 4 * (matrices + 4 * m * n) + int(12 * schedule.batch_size * active)


class StratifiedEngine:
    """All instances' weights, optimiser states and random streams."""

    def __init__(
        self, problems: Sequence[Problem], seeds: Sequence[int], schedule: Schedule, weights: Weights
    ) -> None:
        self.kernels = load_kernels(kernels_of(problems[0]))
        self.problems, self.schedule, self.step = tuple(problems), schedule, 0
        self.shapes = [None if array is None else array.shape[1:] for array in weights]
        packed = self._packed(weights)
        units = problems[0].n_features // (problems[0].set_size or 1)
        permutation = np.tile(np.arange(units), (len(seeds), 1))
        self.state = packed, np.zeros_like(packed), np.zeros_like(packed), _streams(seeds), permutation

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each step of ``record`` and return the losses and the weights there."""
        count, size = self.state[0].shape
        frames, loss_frames = np.empty((count, len(record), size), np.float32), np.empty((count, len(record)))

        def train(i: int) -> None:
            problem = self.problems[i]
            # a copy: instances are neighbours in memory, and threads that write to one cache line wait
            state = tuple(array[i].copy() for array in self.state)
            work = _lists(self.schedule.batch_size, problem), *self._workspace(problem)
            self.kernels.train_instance(
                _task(problem), _source(problem), _held_out(problem, FILM_SAMPLES),
                *self.schedule.adam, self.step, record, state, work, loss_frames[i], frames[i],
            )  # fmt: skip
            for array, own in zip(self.state, state, strict=True):
                array[i] = own

        spread(train, count)
        self.step = int(record[-1])
        return loss_frames.T, self._unpacked(frames.swapaxes(0, 1))

    def judge(self, weights: Weights) -> NDArray[np.float64]:
        """Held-out loss of these weights, judged on many more inputs than a frame of the film is."""
        packed = self._packed(weights)
        loss = np.empty(len(packed))

        def one(i: int) -> None:
            problem = self.problems[i]
            model, task, work = packed[i], _task(problem), self._workspace(problem)
            n_samples = _n_samples(problem)
            if kernels_of(problem) == "gram" and own_feature_averages(problem):
                inputs = _weighted_inputs(problem, n_samples)
                loss[i] = self.kernels.judge_instance(model, task, *inputs, work[0])
            else:
                loss[i] = self.kernels.find_gradient(model, task, _held_out(problem, n_samples), *work)

        spread(one, len(packed))
        note_compiled(kernels_of(self.problems[0]))  # judging is the last to be compiled
        return loss

    def _workspace(self, problem: Problem) -> tuple[Any, Array]:
        """What the kernel works in, and room for a gradient."""
        return self.kernels.new_scratch(_task(problem)), np.empty_like(self.state[0][0])

    def _packed(self, weights: Weights) -> Array:
        """An instance's numbers in a row, as the kernel wants them: each matrix row padded with zeros."""
        rows: list[Array] = []
        for array in weights:
            if array is not None:
                turned = array.swapaxes(1, 2) if self._turned(array.shape[1:]) else array
                length = turned.shape[-1]
                padded = np.zeros((*turned.shape[:-1], length + -length % LANES), np.float32)
                padded[..., :length] = turned
                rows.append(padded.reshape(len(array), -1))
        return np.concatenate(rows, axis=1)

    def _unpacked(self, model: Array) -> Weights:
        """The reverse, with any leading axes."""
        arrays: list[Array | None] = []
        start = 0
        for shape in self.shapes:
            if shape is None:
                arrays.append(None)
                continue
            turned = self._turned(shape)
            *rows, length = shape[::-1] if turned else shape
            rows.append(length + -length % LANES)
            stop = start + int(np.prod(rows))
            array = model[..., start:stop].reshape(*model.shape[:-1], *rows)[..., :length]
            arrays.append(array.swapaxes(-1, -2) if turned else array)
            start = stop
        return Weights(*arrays)  # pyright: ignore[reportArgumentType]

    def _turned(self, shape: tuple[int, ...]) -> bool:
        """Whether the kernel wants an array of this shape transposed: the neuron form wants all matrices."""
        return len(shape) == 2 and kernels_of(self.problems[0]) == "neurons"


def _streams(seeds: Sequence[int]) -> NDArray[np.uint64]:
    """Where each seed's random stream begins, shape ``(seeds, 1)``: far apart (splitmix64's last steps)."""
    z = np.asarray(seeds, np.uint64)[:, None] + np.uint64(HELD_OUT)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _strata(problem: Problem) -> tuple[Strata, NDArray[np.float64], int]:
    """The strata of the units, which features can be alone (with probability), how many are sampled."""
    size = problem.set_size or 1
    strata = Strata.of(problem.density_vector[::size])
    alone = strata.one_active.repeat(size) / size
    # several features at once, or a bend of its own for every neuron: no closed form
    if problem.hidden_bias or (problem.features == "correlated" and size > 1):
        return strata, np.zeros_like(alone), 1
    return strata, alone, 2


@lru_cache(maxsize=64)
def _source(problem: Problem) -> Any:
    """The sampled inputs, as the kernels want them."""
    from .kernels import common  # here, because importing numba takes time

    strata, _, at_least = _strata(problem)
    density = strata.density.astype(np.float32)
    return common.Source(
        density, density.max(), strata.candidates(at_least)[1].astype(np.float32), at_least,
        problem.set_size or 1, problem.features == "correlated", problem.value_range[0] < 0.0,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _task(problem: Problem) -> Any:
    """What is to be learned, as the kernel wants it."""
    kernels = load_kernels(kernels_of(problem))
    strata, alone, at_least = _strata(problem)
    n, m = problem.n_features, problem.n_hidden
    importance = np.pad(problem.importance_vector, (0, -n % LANES)).astype(np.float32)
    of_strata = (
        importance, np.float32(strata.none_active), alone.astype(np.float32),
        np.float32(strata.candidates(at_least)[0]),
    )  # fmt: skip
    signed, linear = problem.value_range[0] < 0.0, problem.activation == "linear"
    if kernels_of(problem) == "neurons":
        return kernels.Task(
            *of_strata, np.float32(problem.l1), m, signed, not linear, problem.has_neurons,
            problem.architecture != "untied", problem.bias, problem.hidden_bias,
        )  # fmt: skip
    density = problem.density_vector
    mean = np.zeros(n) if signed else density / 2.0
    variance = density / 3.0 - mean**2
    return kernels.Task(
        *of_strata, mean.astype(np.float32), variance.astype(np.float32), linear, signed, problem.bias
    )


@lru_cache(maxsize=64)
def _held_out(problem: Problem, n_samples: int) -> Lists:
    """Inputs to judge every model of a problem by."""
    from .kernels import common

    start, features, values = _lists(n_samples, problem)
    state, permutation = np.full(1, HELD_OUT, np.uint64), np.arange(len(_source(problem).density))
    cast(Any, common).draw_inputs(_source(problem), state, permutation, start, features, values)
    return start, features[: start[-1]].copy(), values[: start[-1]].copy()


@lru_cache(maxsize=64)
def _weighted_inputs(problem: Problem, n_samples: int) -> tuple[Array, Lists, NDArray[np.floating]]:
    """Density, held-out inputs and their weights: those that integrate, and those that are drawn."""
    x, weight, _ = evaluation_sample(problem, 0, 0)
    places, features = np.nonzero(x)
    start, drawn, values = _held_out(problem, n_samples)
    joined = (
        np.concatenate([np.searchsorted(places, np.arange(len(x))), len(places) + start]),
        np.concatenate([features, drawn]),
        np.concatenate([x[places, features].astype(np.float32), values]),
    )
    # an empty list was drawn, but belongs to a stratum that is integrated
    counted = np.diff(start) > 0
    weights = np.concatenate([weight, counted * (float(_task(problem).many_active) / n_samples)])
    return problem.density_vector.astype(np.float32), joined, weights


def _n_samples(problem: Problem) -> int:
    """How many drawn inputs a final loss is judged on."""
    density = problem.density_vector
    return int(np.clip(JUDGE_WORK / (density.size * max(2.0, float(density.sum()))), 2048, 8192))


def _lists(batch: int, problem: Problem) -> Lists:
    """Room for the lists of a batch of inputs."""
    # of the memory asked for here, only what is written to is ever taken
    most = batch * problem.n_features
    return np.zeros(batch + 1, np.int64), np.empty(most, np.int64), np.empty(most, np.float32)
