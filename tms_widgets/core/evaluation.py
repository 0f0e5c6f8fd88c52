"""The held-out loss: exact strata and common random numbers, so that best-of-k is a real difference.

Every model of a problem is judged on the same inputs. Inputs without an active feature, and with exactly
one (Gauss-Legendre quadrature over its value), are weighted by their probability; the rest are sampled.

What makes a loss uncertain are rare collisions: an important feature active together with one that it
interferes with. So where features are independent, the error of each output is averaged in closed form over
its own feature, given the others of the input. That divides the standard error by about six to twenty.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import SettingError
from .problem import Problem
from .run import Run
from .strata import Strata
from .weights import Weights

Array = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

NODES = 6
FILM_SAMPLES = 64
"""Sampled inputs that a frame of the film is judged on; the final weights are judged on many more."""
LENGTH_SAMPLES = 16_384
"""Sampled inputs that the average length is taken of."""
CHUNK = 2**21
"""Most numbers in one intermediate array: a piece this large stays in the cache."""


def evaluation_sample(problem: Problem, n_samples: int, seed: int) -> tuple[Array, Array, int]:
    """Inputs and their weights for judging a model of ``problem``.

    Parameters
    ----------
    problem : Problem
    n_samples : int
        How many inputs to draw in the sampled strata.
    seed : int
        Decides those inputs.

    Returns
    -------
    x : ndarray, shape (inputs, n_features)
    weight : ndarray, shape (inputs,)
        They sum to 1 in expectation; Σ weight·f(x) is an unbiased estimate of E f(x).
    n_exact : int
        How many come first that are not drawn but integrate their strata.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    n, low = problem.n_features, problem.value_range[0]
    size = problem.set_size or 1
    strata = Strata.of(problem.density_vector[::size])
    inputs, weights = [np.zeros((1, n))], [np.array([strata.none_active])]
    if problem.independent:
        nodes, masses = np.polynomial.legendre.leggauss(NODES)
        if low == 0.0:
            nodes = (nodes + 1.0) / 2.0
        else:  # the model bends at 0, so each half has nodes of its own
            half = (nodes + 1.0) / 2.0
            nodes, masses = np.concatenate((-half, half)), np.concatenate((masses, masses)) / 2.0
        inputs.append(np.einsum("q,ji->jqi", nodes, np.eye(n)).reshape(-1, n))
        weights.append(np.outer(strata.one_active, masses / 2.0).ravel())
    n_exact = sum(map(len, inputs))
    at_least = 2 if problem.independent else 1
    total, cumulative = strata.candidates(at_least)
    if total > 0.0 and n_samples > 0:
        active = _draw_units(strata.density, cumulative, n_samples, rng)
        kept = active.sum(axis=1) >= at_least
        x = _members(active, problem, rng) * rng.uniform(low, 1.0, (n_samples, n))
        inputs.append(x[kept])
        weights.append(np.full(int(kept.sum()), total / n_samples))
    return np.concatenate(inputs), np.concatenate(weights), n_exact


def average_length(problem: Problem) -> float:
    """E‖x‖ over all inputs, those without an active feature among them."""
    x, weight, _ = evaluation_sample(problem, LENGTH_SAMPLES, seed=0)
    return float(weight @ np.linalg.norm(x, axis=1))


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """Held-out losses, and how sure they are.

    All instances of a problem are judged on the same inputs, so the difference between two of them is known
    far better than either loss: that is what decides which one is best.
    """

    loss: Array
    """Shape ``(..., n_instances)``."""
    standard_error: Array
    """Of each loss, from the spread over the sampled inputs."""
    gap: Array
    """How far each loss lies above that of the best instance of its problem."""
    gap_error: Array
    """Standard error of each gap."""


def evaluate(
    problem: Problem | Sequence[Problem] | Run,
    W: ArrayLike | None = None,
    b: ArrayLike | None = None,
    W_out: ArrayLike | None = None,
    b_hidden: ArrayLike | None = None,
    *,
    n_samples: int = 4096,
    seed: int = 0,
) -> Evaluation:
    """Judge every instance of a run, or weights of your own, on held-out inputs.

    The loss is that of `tms_widgets.core.problem`, with the penalty of problems that have one.

    Parameters
    ----------
    problem : Run, Problem or sequence of Problem
        A run stands for its problems and final weights. One problem for all instances, or one an instance.
    W : array_like, shape (..., n_instances, n_hidden, n_features)
    b : array_like, shape (..., n_instances, n_features)
    W_out : array_like, shape (..., n_instances, n_features, n_hidden), optional
        The output weights, for ``untied``.
    b_hidden : array_like, shape (..., n_instances, n_hidden), optional
        The biases of the neurons.
    n_samples, seed : int
        Of the sampled strata; the same inputs serve every instance of a problem.

    Returns
    -------
    Evaluation
    """
    if isinstance(problem, Run):
        problems, weights = problem.problems, problem.weights
    else:
        given = [None if a is None else np.asarray(a, np.float32) for a in (W, b, W_out, b_hidden)]
        if given[0] is None or given[1] is None:
            raise SettingError("evaluate needs a run, or a problem with its W and b.")
        weights = Weights(*given)  # pyright: ignore[reportArgumentType]
        problems = [problem] * weights.W.shape[-3] if isinstance(problem, Problem) else problem
    result = Evaluation(*(np.zeros(weights.b.shape[:-1]) for _ in range(4)))
    places: dict[Problem, list[int]] = {}
    for i, one in enumerate(problems):
        places.setdefault(one, []).append(i)
    for one, mine in places.items():
        judged = _judged(one, Weights(*_instances(weights, mine)), n_samples, seed)
        for whole, part in zip(vars(result).values(), judged, strict=True):
            whole[..., mine] = part
    return result


def _instances(weights: Weights, chosen: list[int]) -> Weights:
    W, b, W_out, b_hidden = weights
    return Weights(
        W[..., chosen, :, :],
        b[..., chosen, :],
        None if W_out is None else W_out[..., chosen, :, :],
        None if b_hidden is None else b_hidden[..., chosen, :],
    )


def _judged(problem: Problem, weights: Weights, n_samples: int, seed: int) -> tuple[Array, ...]:
    """Loss, its standard error, gap and its standard error of instances of one problem."""
    if problem.architecture == "linear" and problem.independent and not problem.l1:
        loss = linear_loss(problem, weights.W, weights.b)
        return loss, np.zeros_like(loss), loss - loss.min(axis=-1, keepdims=True), np.zeros_like(loss)
    x, weight, n_exact = evaluation_sample(problem, n_samples, seed)
    terms = _losses(problem, x.astype(np.float32), weights) * weight
    loss = terms.sum(axis=-1)
    best = np.take_along_axis(terms, loss.argmin(axis=-1)[..., None, None], axis=-2)
    gaps = terms - best
    errors = (_standard_error(part[..., n_exact:], n_samples) for part in (terms, gaps))
    return loss, next(errors), gaps.sum(axis=-1), next(errors)


def _standard_error(terms: Array, n_samples: int) -> Array:
    """Of the sum of ``n_samples`` independent terms, of which those that are 0 may have been left out."""
    spread = np.square(terms).sum(axis=-1) - terms.sum(axis=-1) ** 2 / max(1, n_samples)
    return np.sqrt(np.maximum(spread, 0.0))


def linear_loss(problem: Problem, W: ArrayLike, b: ArrayLike) -> Array:
    """The exact loss of linear models of independent features, shape ``(...)``.

    It needs only the means μ and variances v of the features: with A = 1 − WᵀW it is
    Σ_i I_i [Σ_j A_ij² v_j + ((Aμ)_i − b_i)²].

    Parameters
    ----------
    problem : Problem
        Importance, density and value range count, the architecture does not.
    W : array_like, shape (..., n_hidden, n_features)
    b : array_like, shape (..., n_features)
    """
    weights, bias = np.asarray(W, dtype=np.float64), np.asarray(b, dtype=np.float64)
    mean = problem.density_vector * sum(problem.value_range) / 2.0
    variance = problem.density_vector / 3.0 - mean**2
    error = np.eye(problem.n_features) - weights.swapaxes(-1, -2) @ weights
    return (np.square(error) @ variance + np.square(error @ mean - bias)) @ problem.importance_vector


def _draw_units(density: Array, cumulative: Array, n: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which units are active in each of ``n`` inputs, given at least as many candidates as asked."""
    quantiles = (np.arange(n) + rng.random()) / n
    count = np.searchsorted(cumulative, quantiles, side="right")
    key = rng.random((n, density.size), dtype=np.float32)
    last = np.take_along_axis(np.sort(key, axis=1), count[:, None] - 1, axis=1)
    candidate = key <= last
    if density.min() == density.max():
        return candidate
    return candidate & (rng.random(candidate.shape) * density.max() < density)


def _members(active: NDArray[np.bool_], problem: Problem, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which features are active when these units are."""
    if problem.independent:
        return active
    size = problem.set_size or 1
    members = active.repeat(size, axis=1)
    if problem.features == "anticorrelated":
        chosen = rng.integers(size, size=active.shape).repeat(size, axis=1)
        members &= chosen == np.arange(problem.n_features) % size
    return members


def _losses(problem: Problem, x: Floats, weights: Weights) -> Array:
    """Loss of each model on each input; a piece of the models at a time."""
    leading, (m, n) = weights.W.shape[:-2], weights.W.shape[-2:]
    flat = weights.map(lambda array: array.reshape(-1, *array.shape[len(leading) :]))
    target = np.abs(x) if problem.architecture == "untied" else x
    importance = problem.importance_vector.astype(np.float32)
    piece = max(1, CHUNK // (x.shape[0] * max(m, n)))
    losses = np.empty((len(flat.b), len(x)))
    for start in range(0, len(flat.b), piece):
        part = slice(start, start + piece)
        some = flat.map(lambda array: array[part])  # noqa: B023
        hidden, s = before_output(x, some, problem.has_neurons)
        if own_feature_averages(problem):
            error = averaged_error(problem, x, s, some.W)
        else:
            error = np.square(activated(problem.activation, s) - target)
        losses[part] = error @ importance
        if problem.l1:
            losses[part] += problem.l1 * np.abs(hidden).sum(axis=-1)
    return losses.reshape(*leading, len(x))


def before_output(x: Floats, weights: Weights, neurons: bool) -> tuple[Floats, Floats]:
    """The hidden vectors h and what the output's activation is taken of, for inputs ``(inputs, n_features)``.

    Shapes ``(..., inputs, n_hidden)`` and ``(..., inputs, n_features)``.
    """
    W, b, W_out, b_hidden = weights
    hidden = x @ W.swapaxes(-1, -2)
    if b_hidden is not None:
        hidden += b_hidden[..., None, :]
    if neurons:
        np.maximum(hidden, 0.0, out=hidden)
    s = np.matmul(hidden, W if W_out is None else W_out.swapaxes(-1, -2), dtype=np.float32)
    s += b[..., None, :]
    return hidden, s


def own_feature_averages(problem: Problem) -> bool:
    """True when an output's error can be averaged in closed form over the feature that it answers."""
    return problem.architecture == "relu_output" and problem.activation == "relu" and problem.independent


def averaged_error(problem: Problem, x: Floats, s: Floats, W: Floats) -> Floats:
    """Squared error of every output, averaged over its own feature, given the others of the input.

    The output is ReLU(s + g t) for a value t of its own feature, with g = |W_i|² and s from the others.
    Where it is on, its error is s + (g − 1) t, and where it is off, t.
    """
    g = np.square(W).sum(axis=-2)[..., None, :]
    s = s - g * x
    slope, inverse = g - 1.0, 1.0 / np.maximum(g, 1e-30)
    low = np.clip(-s * inverse, 0.0, 1.0)
    active = _integral(s, slope, 1.0) - _integral(s, slope, low) + low**3 / 3.0
    if problem.value_range[0] < 0.0:
        high = np.clip(s * inverse, 0.0, 1.0)
        active = (active + _integral(s, -slope, high) + (1.0 - high**3) / 3.0) / 2.0
    p = problem.density_vector.astype(np.float32)
    return (1.0 - p) * np.square(np.maximum(s, 0.0)) + p * active


def _integral(s: Floats, slope: Floats, end: Floats | float) -> Floats:
    """∫ (s + slope t)² dt from 0 to ``end``."""
    return end * (s * s + end * (s * slope + end * (slope * slope / 3.0)))


def activated(activation: str, s: Floats) -> Floats:
    """The output's activation of ``s``."""
    if activation == "linear":
        return s
    if activation == "gelu":
        return (s * normal_cdf(s)).astype(np.float32)
    on: Floats = np.maximum(s, np.float32(0.0))
    return on * on if activation == "squared_relu" else on


def normal_cdf(s: Floats) -> Array:
    """Φ(s) within 1e-7 (Abramowitz and Stegun, 26.2.17)."""
    x = np.asarray(s, dtype=np.float64)
    t = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    series = np.polyval([1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153, 0.0], t)
    tail = np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi) * series
    return tail + (x > 0.0) * (1.0 - 2.0 * tail)
