"""The exact engine: for a few independent features, the loss over all inputs at once.

Nothing is sampled, so a few hundred steps are enough, and models are so small that many are trained side by
side in the lanes of one compiled call. An instance comes out the same, bit for bit, whatever is trained
beside it: lanes share nothing but the instructions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from ..problem import ACTIVATIONS, Problem
from ..schedule import Schedule
from ..weights import Array, Weights
from . import Recorded
from .cache import load_kernels, note_compiled
from .threads import available_cores, spread

MOST_FEATURES = 5
LANES = 8
"""Blocks are a multiple of this wide, so that all lanes go through the same instructions."""
WIDEST = 256
"""Lanes of a block when there are instances enough: long loops, and a workspace that stays in the cache."""
NODES = {1: (3,), 2: (3, 3), 3: (4, 2, 2), 4: (5, 2, 2, 2)}
"""Gauss-Legendre nodes while training, for 1, 2, … active features of so many others: the fewer are active,
the more do the nodes matter. The loss trained with them is within .05 % of that with many more."""
FINE_NODES = (64, 12, 6, 4)
"""The same for judging, for any number of others."""
OWN_NODES = {"squared_relu": (3, 3), "gelu": (5, 8)}
"""Nodes for an output's own feature, with values from 0 to 1 and from −1 to 1: the squared ReLU's polynomials
are integrated exactly, GELU to .03 %."""
COST = {"squared_relu": 1.6, "gelu": 5.5}
"""Time for each point of the rule, against a ReLU's."""

Nodes = tuple[NDArray[np.float64], NDArray[np.float64]]
Rule = tuple[Array, Array, NDArray[np.int64]]
"""Points for the other features, a row each with 0 for an inactive one; their masses; see `_in_fours`."""


def kernels_of(problem: Problem) -> str:
    """The module of the compiled loops that train this problem."""
    return "lanes"


def covers(problem: Problem) -> str:
    """Why this engine cannot train the problem, in words; empty when it can."""
    if problem.n_features > MOST_FEATURES:
        return f"{problem.n_features} features are too many to integrate over (at most {MOST_FEATURES})"
    if problem.has_neurons:
        return f"the {problem.architecture} architecture has a hidden ReLU"
    if not problem.independent:
        return f"{problem.features} features are active together"
    if problem.l1:
        return "a penalty on hidden activations is not integrated"
    return ""


def cost(problem: Problem, schedule: Schedule) -> float:
    """About how many seconds one model takes on one core."""
    n, m = problem.n_features, problem.n_hidden
    points = n * len(_rule(problem, _nodes(problem))[1]) * COST.get(problem.activation, 1.0)
    return schedule.steps * 1e-9 * (12.0 + 0.9 * points + 0.3 * n * n * m)


def workspace_bytes(problem: Problem, schedule: Schedule) -> int:
    """Memory that each thread takes, mostly while it judges, beside weights and optimiser states."""
    n, points = problem.n_features, len(_rule(problem, FINE_NODES)[1])
    return 4 * WIDEST * ((n + 1) * points + 2 * n * n + 3 * n * problem.n_hidden)


class ExactEngine:
    """All instances' weights and optimiser states, in blocks of lanes."""

    def __init__(
        self, problems: Sequence[Problem], seeds: Sequence[int], schedule: Schedule, weights: Weights
    ) -> None:
        kernels = load_kernels("lanes")
        self.train_instance = kernels.train_instance
        first, self.count = problems[0], len(problems)
        self.schedule, self.step = schedule, 0
        self.lanes = _lanes(self.count)
        self.density, self.importance = self._blocks_of_problems(problems)
        self.W, self.b = self._blocks(weights.W), self._blocks(weights.b)
        self.moments = [np.zeros_like(a) for a in (self.W, self.W, self.b, self.b)]
        self.model = (
            ACTIVATIONS.index(first.activation),
            np.float32(first.value_range[0]),
            _own_rule(first),
        )
        self.bias = first.bias
        self.rule, self.fine_rule = _rule(first, _nodes(first)), _rule(first, FINE_NODES)

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each step of ``record`` and return the losses and the weights there."""
        recorded = self._train(self.rule, (self.W, self.b, *self.moments), record)
        self.step = int(record[-1])
        return recorded

    def judge(self, weights: Weights) -> NDArray[np.float64]:
        """The loss of each instance with these weights, integrated more finely than while training."""
        W, b = self._blocks(weights.W), self._blocks(weights.b)
        return self._train(self.fine_rule, (W, b, *self.moments), np.array([self.step]))[0][0]

    def _train(self, rule: Rule, state: tuple[Array, ...], record: NDArray[np.int64]) -> Recorded:
        """Train weights and moments in place; to record the step where they are changes nothing."""
        blocks, m, n, lanes = self.W.shape
        loss = np.empty((blocks, len(record), lanes), np.float32)
        W = np.empty((blocks, len(record), m, n, lanes), np.float32)
        b = np.empty((blocks, len(record), n, lanes), np.float32)

        def train(i: int) -> None:
            self.train_instance(
                *self.model, rule, self.density[i], self.importance[i], self.bias, *self.schedule.adam,
                self.step, record, tuple(array[i] for array in state), loss[i], W[i], b[i],
            )  # fmt: skip

        spread(train, blocks)
        note_compiled("lanes")
        # a sum of products can round to a little less than nothing
        judged = np.maximum(self._instances(loss).astype(np.float64), 0.0)
        return judged, Weights(self._instances(W), self._instances(b))

    def _blocks(self, array: NDArray[np.floating]) -> Array:
        """From ``(instances, ...)`` to ``(blocks, ..., lanes)``; the last block is filled up."""
        padded = np.resize(array, (-(-self.count // self.lanes) * self.lanes, *array.shape[1:]))
        split = padded.reshape(-1, self.lanes, *array.shape[1:])
        return np.ascontiguousarray(np.moveaxis(split, 1, -1), np.float32)

    def _instances(self, frames: Array) -> Array:
        """From ``(blocks, steps, ..., lanes)`` to ``(steps, instances, ...)``."""
        lanes_first = np.moveaxis(frames, (1, -1), (0, 2))
        return lanes_first.reshape(len(lanes_first), -1, *lanes_first.shape[3:])[:, : self.count]

    def _blocks_of_problems(self, problems: Sequence[Problem]) -> tuple[Array, Array]:
        """Densities and importances, ``(blocks, features, lanes)``."""
        index = {problem: place for place, problem in enumerate(dict.fromkeys(problems))}
        which = [index[problem] for problem in problems]
        density = np.stack([problem.density_vector for problem in index])
        importance = np.stack([problem.importance_vector for problem in index])
        return self._blocks(density[which]), self._blocks(importance[which])


def _lanes(count: int) -> int:
    """The width of blocks: every core has one, if there are instances enough."""
    share = -(-count // available_cores())
    return min(WIDEST, -(-share // LANES) * LANES)


def _nodes(problem: Problem) -> tuple[int, ...]:
    return NODES.get(problem.n_features - 1, ())


def _rule(problem: Problem, nodes: Sequence[int]) -> Rule:
    """The rule for the other features, with so many nodes for 1, 2, … active ones."""
    return _points(problem.n_features - 1, problem.value_range[0] < 0.0, tuple(nodes))


@lru_cache
def _points(others: int, signed: bool, nodes: tuple[int, ...]) -> Rule:
    points, masses = [np.zeros((1, MOST_FEATURES - 1))], [np.ones(1)]
    for count in range(1, others + 1):
        x, mass = _signed_gauss(nodes[count - 1], count) if signed else _gauss(nodes[count - 1])
        values = np.array(list(product(x, repeat=count)))
        for active in combinations(range(others), count):
            rows = np.zeros((len(values), MOST_FEATURES - 1))
            rows[:, active] = values
            points.append(rows)
            masses.append(np.array(list(product(mass, repeat=count))).prod(axis=1))
    return _in_fours(np.concatenate(points), np.concatenate(masses))


def _in_fours(points: NDArray[np.float64], masses: NDArray[np.float64]) -> Rule:
    """The rule with points of mass 0 at the end, and for each feature the points where it is active.

    The kernel takes four at a time; lists are filled up with the first point, where every feature is 0.
    """
    more = -len(points) % 4
    points = np.concatenate([points, np.zeros((more, points.shape[1]))])
    masses = np.concatenate([masses, np.zeros(more)])
    lists = [np.flatnonzero(column) for column in points.T]
    longest = max(len(rows) for rows in lists)
    active = np.array([np.pad(rows, (0, longest + -longest % 4 - len(rows))) for rows in lists])
    return points.astype(np.float32), masses.astype(np.float32), active


def _gauss(nodes: int) -> Nodes:
    """Gauss-Legendre nodes in (0, 1) and their masses, which sum to 1."""
    x, mass = np.polynomial.legendre.leggauss(nodes)
    return (x + 1.0) / 2.0, mass / 2.0


def _signed_gauss(nodes: int, active: int) -> Nodes:
    """The same in (−1, 1), never at 0, which would mean that a feature is inactive."""
    if active == 1:
        # a feature on its own bends every output near 0, so each half has nodes of its own
        x, mass = _gauss(nodes)
        return np.concatenate([-x, x]), np.concatenate([mass, mass]) / 2.0
    x, mass = _gauss(nodes + nodes % 2)
    return 2.0 * x - 1.0, mass


def _own_rule(problem: Problem) -> tuple[Array, Array]:
    """Nodes in (0, 1): in the part of its own feature's range where an output is on."""
    from_zero, signed = OWN_NODES.get(problem.activation, (1, 1))
    x, mass = _gauss(signed if problem.value_range[0] < 0.0 else from_zero)
    return x.astype(np.float32), mass.astype(np.float32)
