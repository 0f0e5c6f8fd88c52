"""The dense engine: many features, as products of large matrices.

A step's batch falls into blocks, each a lattice of inputs of its own. Where many features are active, a
block is a matrix and its gradient five matrix products. Where few are, it is a list of the active features
and the gradient touches those and the outputs that are on. Blocks are independent and their gradients are
summed in a fixed order, so that several threads can share one instance, and it comes out the same, bit for
bit, on any number of them and whatever is trained beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problem import Problem
from ..schedule import Schedule
from ..weights import Array, Weights
from . import Recorded
from .cache import is_compiled, load_kernels, note_compiled
from .threads import available_cores, one_blas_thread, spread

LANES = 8
"""Floats in a register: hidden dimensions are padded with zeros to a multiple of it."""
BLOCK = 512
"""About how many inputs a block has: its matrices stay in the processor's cache."""
RARE = 0.03
"""Mean density below which a block is a list of active features."""
JUDGE_BLOCKS, FILM_BLOCKS = 8, 1
"""Blocks of held-out inputs for the final loss, and for a frame of the film."""
HELD_OUT = 0x746D735F77696465
"""Where the random stream of the held-out inputs begins."""

Lists = tuple[NDArray[Any], ...]


def kernels_of(problem: Problem) -> str:
    """The module of the compiled parts that train this problem."""
    return "wide"


def covers(problem: Problem) -> str:
    """Why this engine cannot train the problem, in words; empty when it can."""
    if problem.architecture != "relu_output" or problem.activation != "relu":
        return f"a {problem.activation} output of {problem.architecture} is not averaged over its own feature"
    if not problem.independent:
        return f"{problem.features} features are active together"
    if problem.l1:
        return "a penalty on hidden activations is not known to it"
    return ""


def cost(problem: Problem, schedule: Schedule) -> float:
    """About how many seconds one model takes on one core."""
    n, padded = problem.n_features, _round_up(problem.n_hidden)
    if _is_rare(problem):
        active = float(problem.density_vector.sum())
        each = 50e-9 + active * 10e-9 + n * (0.6e-9 + active * 0.15e-9)
        return schedule.steps * (30e-6 + 13e-12 * n * n * padded + schedule.batch_size * each)
    return schedule.steps * (140e-6 + schedule.batch_size * n * (0.9e-9 + 130e-12 * padded))


def workspace_bytes(problem: Problem, schedule: Schedule) -> int:
    """Memory that each thread takes while it trains, beside weights and optimiser states."""
    n, padded = problem.n_features, _round_up(problem.n_hidden)
    blocks, size = _blocks(schedule.batch_size)
    judging = 2 * BLOCK * (n + padded)
    if _is_rare(problem):
        block = n * n + 2 * (n + padded + size) + 2 * _most_active(problem, size)
    else:
        block = 2 * size * (n + padded)
    return 4 * (blocks * n * (padded + 2) + block + judging)


class DenseEngine:
    """Instances that share nothing, each with its weights, optimiser state and random streams."""

    def __init__(
        self, problems: Sequence[Problem], seeds: Sequence[int], schedule: Schedule, weights: Weights
    ) -> None:
        if not is_compiled("wide"):
            _compile()
        self.problems, self.schedule, self.step = tuple(problems), schedule, 0
        self.models = [
            _Model(problem, seed, schedule, W, b)
            for problem, seed, W, b in zip(problems, seeds, weights.W, weights.b, strict=True)
        ]

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each step of ``record`` and return the losses and the weights there."""
        count, first = len(self.models), self.problems[0]
        loss = np.empty((len(record), count))
        W = np.empty((len(record), count, first.n_hidden, first.n_features), np.float32)
        b = np.empty((len(record), count, first.n_features), np.float32)
        # threads go to the instances, or to the blocks of one instance after another if that occupies more
        lanes = min(_blocks(self.schedule.batch_size)[0], available_cores())
        if lanes <= min(count, available_cores()):
            lanes = 1

        def train(i: int) -> None:
            model, now = self.models[i], self.step
            space = _Space(model.problem, model.schedule, lanes)
            for frame, until in enumerate(record.tolist()):
                for step in range(now, until):
                    model.train_step(step, space)
                now = until
                W[frame, i], b[frame, i] = model.W, model.b
                loss[frame, i] = _held_out_loss(model.problem, W[frame, i], b[frame, i], FILM_BLOCKS)

        with one_blas_thread():
            if lanes == 1:
                spread(train, count)
            else:
                for i in range(count):
                    train(i)
        self.step = int(record[-1])
        return loss, Weights(W, b)

    def judge(self, weights: Weights) -> NDArray[np.float64]:
        """Held-out loss of these weights, judged on many more inputs than a frame of the film is."""
        loss = np.empty(len(self.models))

        def one(i: int) -> None:
            loss[i] = _held_out_loss(self.problems[i], weights.W[i], weights.b[i], JUDGE_BLOCKS)

        with one_blas_thread():
            spread(one, len(loss))
        return loss


class _Space:
    """Memory for training one instance: each block's gradient, and for each thread one block at a time."""

    def __init__(self, problem: Problem, schedule: Schedule, lanes: int) -> None:
        n, padded, rare = problem.n_features, _round_up(problem.n_hidden), _is_rare(problem)
        self.blocks, self.size = _blocks(schedule.batch_size)
        self.gV = np.zeros((self.blocks, n, padded), np.float32)
        self.gb, self.gg = np.zeros((2, self.blocks, n), np.float32)
        self.G = np.empty((n, n) if rare else (0, 0), np.float32)
        new_block = _new_lists if rare else _new_matrices
        self.lanes: list[tuple[Any, Any]] = [new_block(problem, self.size) for _ in range(lanes)]


def _new_matrices(problem: Problem, size: int) -> tuple[Array, Array]:
    """Inputs beside errors, and what is passed back beside hidden vectors."""
    n, padded = problem.n_features, _round_up(problem.n_hidden)
    return np.empty((n, 2 * size), np.float32), np.empty((padded, 2 * size), np.float32)


def _new_lists(problem: Problem, size: int) -> tuple[Lists, Lists]:
    """The active features of each input, and scratch for one input."""
    n, padded, active = problem.n_features, _round_up(problem.n_hidden), _most_active(problem, size)
    lists = np.empty(size + 1, np.int64), np.empty(active, np.int32), np.empty(active, np.float32)
    hidden, back = np.empty((2, padded), np.float32)
    return lists, (np.empty(n, np.float32), hidden, back, np.empty(n, np.int32))


def _most_active(problem: Problem, size: int) -> int:
    """The most entries that the lists of a block can have."""
    return int(np.ceil(size * problem.density_vector + 1.0).sum())


class _Model:
    """One instance under training."""

    def __init__(self, problem: Problem, seed: int, schedule: Schedule, W: Array, b: Array) -> None:
        self.kernels: Any = load_kernels("wide")
        self.problem, self.schedule = problem, schedule
        self.V, self.b = _padded(W), b.copy()
        self.moments = tuple(np.zeros_like(a) for a in (self.V, self.V, self.b, self.b))
        blocks, _ = _blocks(schedule.batch_size)
        # a cache line a block: threads that write to the same one wait for each other
        self.state = np.zeros((blocks, 8), np.uint64)
        self.state[:, 0] = np.random.SeedSequence(seed).generate_state(blocks, np.uint64)

    @property
    def W(self) -> Array:
        """The weights, shape ``(hidden, feature)``."""
        return self.V[:, : self.problem.n_hidden].T

    def train_step(self, step: int, space: _Space) -> None:
        """Draw a batch, and take a step."""
        self.draw_gradients(space)
        self.follow_gradients(step, space)

    def follow_gradients(self, step: int, space: _Space) -> None:
        """One step of Adam along the sum of the blocks' gradients."""
        rates, corrections = self.schedule.adam
        self.kernels.train_step(
            self.V, self.b, self.moments, space.gV, space.gb, space.gg, self.problem.bias,
            rates[step], corrections[step],
        )  # fmt: skip

    def draw_gradients(self, space: _Space) -> None:
        """Draw a batch and set each block's gradient; the blocks are spread over the threads."""
        rare = _is_rare(self.problem)
        one_block = self._from_lists if rare else self._from_matrices
        if rare:
            np.matmul(self.V, self.V.T, out=space.G)

        def lane(first: int) -> None:
            for block in range(first, space.blocks, len(space.lanes)):
                one_block(block, space, *space.lanes[first])

        spread(lane, len(space.lanes))

    def _from_matrices(self, block: int, space: _Space, wide: Array, narrow: Array) -> None:
        importance, density, signed = _statistics(self.problem)
        x, errors = wide[:, : space.size], wide[:, space.size :]
        back, hidden = narrow[:, : space.size], narrow[:, space.size :]
        self.kernels.draw_block(density, signed, self.state[block], wide)
        np.matmul(self.V.T, x, out=hidden)
        np.matmul(self.V, hidden, out=errors)
        self.kernels.dense_errors(
            self.V, self.b, importance, density, signed, wide, space.gb[block], space.gg[block]
        )
        np.matmul(self.V.T, errors, out=back)
        # both ways to the weights in one product: x backᵀ + errors hiddenᵀ
        np.matmul(wide, narrow.T, out=space.gV[block])

    def _from_lists(self, block: int, space: _Space, lists: Lists, scratch: Lists) -> None:
        importance, density, signed = _statistics(self.problem)
        self.kernels.draw_lists(density, signed, self.state[block], *lists)
        self.kernels.sparse_gradient(
            space.G, self.V, self.b, importance, lists, scratch, space.gV[block], space.gb[block]
        )


def _held_out_loss(problem: Problem, W: Array, b: Array, blocks: int) -> float:
    kernels: Any = load_kernels("wide")
    importance, density, signed = _statistics(problem)
    size = _prime(BLOCK)
    V, state = _padded(W), np.full(1, HELD_OUT, np.uint64)
    wide, hidden = np.empty((len(V), 2 * size), np.float32), np.empty((V.shape[1], size), np.float32)
    total = 0.0
    for _ in range(blocks):
        kernels.draw_block(density, signed, state, wide)
        np.matmul(V.T, wide[:, :size], out=hidden)
        np.matmul(V, hidden, out=wide[:, size:])
        total += kernels.dense_loss(V, b, importance, density, signed, wide)
    return total / blocks


def _padded(W: Array) -> Array:
    """Wᵀ with columns of zeros up to a multiple of `LANES`."""
    m, n = W.shape
    V = np.zeros((n, _round_up(m)), np.float32)
    V[:, :m] = W.T
    return V


def _round_up(m: int) -> int:
    return -(-m // LANES) * LANES


def _is_rare(problem: Problem) -> bool:
    return float(problem.density_vector.mean()) < RARE


def _blocks(batch: int) -> tuple[int, int]:
    """How many blocks a batch falls into, and the inputs of each."""
    count = min(batch, max(2, round(batch / BLOCK)))
    return count, _prime(batch // count)


@lru_cache
def _prime(limit: int) -> int:
    """The largest prime up to ``limit``, or 1."""
    return next((p for p in range(limit, 1, -1) if all(p % q for q in range(2, int(p**0.5) + 1))), 1)


@lru_cache(maxsize=64)
def _statistics(problem: Problem) -> tuple[Array, Array, bool]:
    """Importance, density, and whether values are negative too."""
    importance, density = problem.importance_vector, problem.density_vector
    return importance.astype(np.float32), density.astype(np.float32), problem.value_range[0] < 0.0


def _compile() -> None:
    """Compile everything once, so that what is noted as compiled is."""
    schedule = Schedule(1, 2, 0.01)
    for density in (0.5, RARE / 2):
        problem = Problem(8, 2, density=density)
        W, b = np.ones((2, 8), np.float32), np.zeros(8, np.float32)
        _Model(problem, 0, schedule, W, b).train_step(0, _Space(problem, schedule, 1))
        _held_out_loss(problem, W, b, 1)
    note_compiled("wide")
