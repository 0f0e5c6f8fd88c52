"""The loss taken apart by how many features are active: L = Σ_k P(k active) L_k.

*Mathematical Understanding*: sparse inputs mostly have no active feature or one, so the first two terms are
most of the loss, and they can be had exactly. L_0 is a fee on positive biases, Σ_i I_i ReLU(b_i)²; L_1 holds
what each feature loses alone (the feature benefit it misses) and what it costs the other outputs
(interference). From two active features on, inputs are drawn.
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, integer
from ..core.problem import Problem
from ..core.strata import Strata, binomial
from .arrays import FloatArray
from .trace import TracedModel, activated

N_SAMPLES = 2**15
RARE = 1e-12
"""Strata less probable than this are left out."""
MOST_SAMPLES = 2**24
PIECE = 2**21
"""Most numbers in one array of inputs."""
NODES, GELU_NODES = 3, 24
"""Gauss-Legendre nodes a piece: exact for polynomials of degree 5, and for GELU to its own seven digits."""


@dataclasses.dataclass(frozen=True, eq=False)
class LossStrata:
    """A loss by the number of active features.

    Attributes
    ----------
    k : array of int, shape (strata,)
        How many features are active. Correlated sets are active as a whole: then only multiples occur.
    probability : array, shape (strata,)
        P(k active).
    loss : array, shape (strata,)
        L_k, the mean loss of such an input.
    error : array, shape (strata,)
        Standard error of L_k; 0 where it is exact.
    """

    k: NDArray[np.int64]
    probability: FloatArray
    loss: FloatArray
    error: FloatArray

    @property
    def part(self) -> FloatArray:
        """P(k active) L_k: what each stratum adds to the loss."""
        return self.probability * self.loss

    @property
    def total(self) -> float:
        """Their sum, the loss L."""
        return float(self.part.sum())

    @property
    def total_error(self) -> float:
        """Standard error of `total`."""
        return float(np.sqrt(np.square(self.probability * self.error).sum()))

    @property
    def share(self) -> FloatArray:
        """Each part divided by the loss; 0 everywhere if there is no loss."""
        return self.part / self.total if self.total > 0.0 else np.zeros_like(self.part)

    def share_up_to(self, k: int) -> float:
        """The share of the loss of inputs with at most ``k`` active features."""
        return float(self.share[self.k <= k].sum())


def loss_strata(
    problem: Problem,
    W: ArrayLike,
    b: ArrayLike,
    W_out: ArrayLike | None = None,
    b_hidden: ArrayLike | None = None,
    *,
    n_samples: int = N_SAMPLES,
    seed: int = 0,
) -> LossStrata:
    """The loss of one model by how many features are active.

    Parameters
    ----------
    problem : Problem
        Its densities decide the probabilities; importance, architecture, activation and penalty the losses.
    W : array, shape (n_hidden, n_features)
    b : array, shape (n_features,)
    W_out : array, shape (n_features, n_hidden), optional
        The output weights of ``untied``.
    b_hidden : array, shape (n_hidden,), optional
        The biases of the neurons.
    n_samples : int, default 32768
        Inputs drawn for the strata that are not exact: half of them evenly, half by probability.
    seed : int
        Decides those inputs.

    Returns
    -------
    LossStrata
        Of all k whose probability is at least 1e-12. k = 0 is exact, and so is k = 1 (for GELU to seven
        digits), except where correlated sets have two or more members.

    Raises
    ------
    SettingError
        If the arrays are not a model of this problem, or a number is outside its range.
    """
    count = integer("n_samples", n_samples, low=2, high=MOST_SAMPLES)
    rng = np.random.default_rng(integer("seed", seed, low=0, high=2**63 - 1))
    model = _model(problem, W, b, W_out, b_hidden)
    size = problem.set_size or 1
    members = size if problem.features == "correlated" else 1
    exact = 2 if members == 1 else 1
    mass = _count_probabilities(problem.density_vector[::size])
    units = np.flatnonzero(mass >= RARE)
    drawn: FloatArray = mass[units] * (units >= exact)
    each = drawn / max(float(drawn.sum()), RARE) + (drawn > 0.0) / max(1, np.count_nonzero(drawn))
    counts = np.maximum(2, np.round(count * each / 2.0)).astype(int)
    loss, error = np.zeros(len(units)), np.zeros(len(units))
    for place, (u, inputs) in enumerate(zip(units.tolist(), counts.tolist(), strict=True)):
        if u == 0:
            loss[place] = _costs(problem, model, np.zeros((1, problem.n_features)))[0]
        elif u < exact:
            loss[place] = _one_active(problem, model)
        else:
            loss[place], error[place] = _mean_cost(problem, model, u, inputs, rng)
    return LossStrata(members * units, mass[units], loss, error)


def one_active_costs(
    problem: Problem,
    W: ArrayLike,
    b: ArrayLike,
    W_out: ArrayLike | None = None,
    b_hidden: ArrayLike | None = None,
) -> FloatArray:
    """What each output costs when one feature alone is active: L_1, pair by pair.

    Entry (j, i) is the mean of I_j (x'_j − target_j)² while only feature i is active. The diagonal is what
    features lose of themselves, the paper's *feature benefit* where it is missed; everything else is
    *interference*. Averaged over i by how often each feature is the active one, the columns sum to L_1
    (without the penalty of problems that have one).

    Parameters
    ----------
    problem, W, b, W_out, b_hidden
        As for `loss_strata`.

    Returns
    -------
    array, shape (n_features, n_features)
    """
    model = _model(problem, W, b, W_out, b_hidden)
    return np.stack([_column(problem, model, i)[0] for i in range(problem.n_features)], axis=1)


def _model(
    problem: Problem, W: ArrayLike, b: ArrayLike, W_out: ArrayLike | None, b_hidden: ArrayLike | None
) -> TracedModel:
    model = TracedModel.of(problem.architecture, problem.activation, W, b, W_out, b_hidden)
    if model.W.shape[1] != problem.n_features:
        raise SettingError(
            f"The problem has {problem.n_features} features but W has {model.W.shape[1]}; they must agree."
        )
    return model


def _count_probabilities(density: FloatArray) -> FloatArray:
    """P(k of the units are active), k = 0 … units."""
    if density.min() == density.max():
        return binomial(density.size, float(density[0]))
    mass = np.ones(1)
    for p in density:
        mass = np.append(mass * (1.0 - p), 0.0) + np.append(0.0, mass * p)
    return mass


def _costs(problem: Problem, model: TracedModel, x: FloatArray) -> FloatArray:
    """The loss of each input, (inputs,)."""
    _, h, _, output = model.forward(x)
    target = np.abs(x) if problem.architecture == "untied" else x
    costs = np.square(output - target) @ problem.importance_vector
    return costs + problem.l1 * np.abs(h).sum(axis=-1) if problem.l1 else costs


def _one_active(problem: Problem, model: TracedModel) -> float:
    """L_1: the mean over which feature it is."""
    size = problem.set_size or 1
    alone = Strata.of(problem.density_vector[::size]).one_active.repeat(size)
    losses = [
        float(costs.sum()) + penalty
        for costs, penalty in (_column(problem, model, i) for i in range(problem.n_features))
    ]
    return float(alone @ np.array(losses) / alone.sum())


def _column(problem: Problem, model: TracedModel, i: int) -> tuple[FloatArray, float]:
    """Mean cost of every output, (n_features,), and mean penalty, while only feature i is active.

    Along its value t everything is a polynomial between bends: those of the neurons, of |t|, and the point
    where an output's activation sets in. Each piece is integrated by itself.
    """
    low, high = problem.value_range
    nodes, masses = np.polynomial.legendre.leggauss(GELU_NODES if model.activation == "gelu" else NODES)
    nodes, masses = (nodes + 1.0) / 2.0, masses / 2.0
    own = (np.arange(problem.n_features) == i)[:, None]
    costs, penalty = np.zeros(problem.n_features), 0.0
    for start, end in pairwise(_bends(model, i, low)):
        s_start, s_end = (model.forward(_alone(problem, i, t))[2][:, None] for t in (start, end))
        change = s_end - s_start
        turn = np.divide(-s_start, change, out=np.zeros_like(change), where=change != 0.0).clip(0.0, 1.0)
        for first, last in ((np.zeros_like(turn), turn), (turn, np.ones_like(turn))):
            place = first + (last - first) * nodes
            t = start + (end - start) * place
            wanted = np.abs(t) if problem.architecture == "untied" else t
            error = activated(model.activation, s_start + change * place) - own * wanted
            costs += (end - start) * (last - first)[:, 0] * (np.square(error) @ masses)
        if problem.l1:
            middle = model.forward(_alone(problem, i, (start + end) / 2.0))[1]
            penalty += (end - start) * problem.l1 * float(np.abs(middle).sum())
    return problem.importance_vector * costs / (high - low), penalty / (high - low)


def _alone(problem: Problem, i: int, value: float) -> FloatArray:
    x = np.zeros(problem.n_features)
    x[i] = value
    return x


def _bends(model: TracedModel, i: int, low: float) -> list[float]:
    """Values of feature i, from the lowest to 1, between which the hidden layer and |x| are linear."""
    bends = {low, 0.0, 1.0}
    if model.b_hidden is not None:
        slope = model.W[:, i]
        zeros = -model.b_hidden[slope != 0.0] / slope[slope != 0.0]
        bends.update(zeros[(zeros > low) & (zeros < 1.0)].tolist())
    return sorted(bends)


def _mean_cost(
    problem: Problem, model: TracedModel, units: int, count: int, rng: np.random.Generator
) -> tuple[float, float]:
    """The mean loss of ``count`` inputs with exactly so many units active, and its standard error."""
    active = _UnitsDrawn(problem, units)
    piece = max(1, PIECE // problem.n_features)
    costs = np.concatenate(
        [
            _costs(problem, model, active.inputs(min(piece, count - start), rng))
            for start in range(0, count, piece)
        ]
    )
    return float(costs.mean()), float(costs.std(ddof=1) / np.sqrt(count))


class _UnitsDrawn:
    """Inputs with exactly so many active units."""

    def __init__(self, problem: Problem, units: int) -> None:
        self.problem, self.units = problem, units
        self.density = problem.density_vector[:: problem.set_size or 1]
        self.alike = self.density.min() == self.density.max()
        self.rest = None if self.alike else _tails(self.density, units)

    def inputs(self, count: int, rng: np.random.Generator) -> FloatArray:
        """So many of them, shape (count, n_features)."""
        problem, size = self.problem, self.problem.set_size or 1
        active = self._active(count, rng).repeat(size, axis=1)
        if problem.features == "anticorrelated":
            chosen = rng.integers(size, size=(count, len(self.density))).repeat(size, axis=1)
            active &= chosen == np.arange(problem.n_features) % size
        return active * rng.uniform(problem.value_range[0], 1.0, active.shape)

    def _active(self, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
        key = rng.random((count, len(self.density)))
        if self.rest is None:  # units alike: any so many of them, as likely as any others
            last = np.partition(key, self.units - 1, axis=1)[:, self.units - 1]
            return key <= last[:, None]
        active = np.zeros(key.shape, dtype=bool)
        left = np.full(count, self.units)
        for unit, p in enumerate(self.density):
            fits = self.rest[unit + 1, np.maximum(left - 1, 0)] * (left > 0)
            active[:, unit] = key[:, unit] * self.rest[unit, left] < p * fits
            left -= active[:, unit]
        return active


def _tails(density: FloatArray, most: int) -> FloatArray:
    """Entry (i, k): the probability that k of the units from i on are active, k = 0 … ``most``."""
    rest = np.zeros((len(density) + 1, most + 1))
    rest[-1, 0] = 1.0
    for unit in range(len(density) - 1, -1, -1):
        rest[unit] = (1.0 - density[unit]) * rest[unit + 1]
        rest[unit, 1:] += density[unit] * rest[unit + 1, :-1]
    return rest
