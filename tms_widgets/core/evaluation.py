"""The held-out loss: exact strata and common random numbers, so that best-of-k is a real difference.

Every model of a problem is judged on the same inputs. Inputs without an active feature, and with exactly
one (Gauss-Legendre quadrature over its value), are weighted by their probability; the rest are sampled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .problem import Problem
from .strata import Strata

Array = NDArray[np.float64]

NODES = 6
CHUNK = 2**21
"""Most numbers in one intermediate array: a piece this large stays in the cache."""


def evaluation_sample(problem: Problem, n_samples: int, seed: int) -> tuple[Array, Array]:
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
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    n, low = problem.n_features, problem.value_range[0]
    size = problem.set_size or 1
    strata = Strata.of(problem.density_vector[::size])
    inputs, weights = [np.zeros((1, n))], [np.array([strata.none_active])]
    if problem.independent:
        nodes, masses = np.polynomial.legendre.leggauss(NODES)
        if low == 0.0:
            nodes, masses = (nodes + 1.0) / 2.0, masses
        else:  # the model bends at 0, so each half has nodes of its own
            half = (nodes + 1.0) / 2.0
            nodes, masses = np.concatenate((-half, half)), np.concatenate((masses, masses)) / 2.0
        inputs.append(np.einsum("q,ji->jqi", nodes, np.eye(n)).reshape(-1, n))
        weights.append(np.outer(strata.one_active, masses / 2.0).ravel())
    at_least = 2 if problem.independent else 1
    total, cumulative = strata.candidates(at_least)
    if total > 0.0 and n_samples > 0:
        active = _draw_units(strata.density, cumulative, n_samples, rng)
        kept = active.sum(axis=1) >= at_least
        x = _members(active, problem, rng) * rng.uniform(low, 1.0, (n_samples, n))
        inputs.append(x[kept])
        weights.append(np.full(int(kept.sum()), total / n_samples))
    return np.concatenate(inputs), np.concatenate(weights)


def evaluate(
    problem: Problem | Sequence[Problem],
    W: ArrayLike,
    b: ArrayLike,
    W_out: ArrayLike | None = None,
    *,
    n_samples: int = 4096,
    seed: int = 0,
) -> Array:
    """Held-out loss of each instance (see `tms_widgets.core.problem` for the loss).

    Parameters
    ----------
    problem : Problem or sequence of Problem
        One for all instances, or one an instance.
    W : array_like, shape (..., n_instances, n_hidden, n_features)
    b : array_like, shape (..., n_instances, n_features)
    W_out : array_like, shape (..., n_instances, n_features, n_hidden), optional
        The output weights, for ``untied``.
    n_samples, seed : int
        Of the sampled strata; the same inputs serve every instance of a problem.

    Returns
    -------
    loss : ndarray, shape (..., n_instances)
    """
    W, b = np.asarray(W, dtype=np.float32), np.asarray(b, dtype=np.float32)
    out = None if W_out is None else np.asarray(W_out, dtype=np.float32)
    problems = [problem] * W.shape[-3] if isinstance(problem, Problem) else list(problem)
    loss = np.empty(b.shape[:-1])
    for distinct in dict.fromkeys(problems):
        mine = [i for i, other in enumerate(problems) if other == distinct]
        x, weight = evaluation_sample(distinct, n_samples, seed)
        mine_out = None if out is None else out[..., mine, :, :]
        loss[..., mine] = _loss(distinct, x, weight, W[..., mine, :, :], b[..., mine, :], mine_out)
    return loss


def output(problem: Problem, x: NDArray[np.float32], W: NDArray[np.float32], b: NDArray[np.float32],
           W_out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:  # fmt: skip
    """The model's x', shape ``(..., inputs, n_features)``, for inputs of shape ``(inputs, n_features)``."""
    hidden = x @ W.swapaxes(-1, -2)
    if problem.architecture in ("relu_hidden", "untied"):
        np.maximum(hidden, 0.0, out=hidden)
    result = hidden @ (W if W_out is None else W_out.swapaxes(-1, -2))
    result += b[..., None, :]
    return result if problem.architecture == "linear" else np.maximum(result, 0.0, out=result)


def _draw_units(density: Array, cumulative: Array, n_samples: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    quantiles = (np.arange(n_samples) + rng.random()) / n_samples
    count = np.searchsorted(cumulative, quantiles, side="right")
    rank = rng.random((n_samples, density.size)).argsort(axis=1).argsort(axis=1)
    candidate = rank < count[:, None]
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


def _loss(problem: Problem, x: Array, weight: Array, W: NDArray[np.float32], b: NDArray[np.float32],
          W_out: NDArray[np.float32] | None) -> Array:  # fmt: skip
    lead, (m, n) = b.shape[:-1], W.shape[-2:]
    W, b = W.reshape(-1, m, n), b.reshape(-1, n)
    W_out = None if W_out is None else W_out.reshape(-1, n, m)
    x32, weight32 = x.astype(np.float32), weight.astype(np.float32)
    target = np.abs(x32) if problem.architecture == "untied" else x32
    importance = problem.importance_vector.astype(np.float32)
    models = max(1, CHUNK // (x.shape[0] * max(m, n)))
    loss = np.empty(len(b))
    for start in range(0, len(b), models):
        part = slice(start, start + models)
        error = output(problem, x32, W[part], b[part], None if W_out is None else W_out[part])
        error -= target
        np.square(error, out=error)
        loss[part] = (weight32 @ error) @ importance
    return loss.reshape(lead)
