"""How much a small change of the input can harm a model (*Relationship to Adversarial Robustness*).

An attack adds a vector δ of length ε to the input, and the model must still answer the input as it was: the
loss under attack is E Σ_i I_i (x'_i(x + δ) − x_i)². The paper knows good attacks in closed form. Output i of
x' = ReLU(WᵀWx + b) moves most along row i of WᵀW, so there are two attacks a feature, ±ε (WᵀW)_i / ‖(WᵀW)_i‖.
"The worst of them" can be meant in two ways, and both are measured here:

universal
    One attack for all inputs, the one that raises the average loss most.
per sample
    The worst attack for each input by itself.

They differ much: an attack that helps against most inputs may find one where it does great harm.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, integer, real
from ..core.evaluation import activated, average_length, evaluation_sample
from ..core.problem import Problem
from ..core.run import Run
from .arrays import FloatArray, as_one_model, as_weights
from .superposition import gram

SIZE = 0.1
"""The paper's size of an attack, as a part of the average length of an input."""
SAMPLES = 4096
"""Sampled inputs that a model is attacked on, beside those of the exact strata."""
JUDGED = 16
"""How many times as many inputs the harm of the universal attack is measured on, once it is chosen."""
NEGLIGIBLE = 1e-4
"""Probability of all inputs together that need not be attacked."""
MAX_SIZE = 1e6
MAX_SAMPLES = 1_000_000
Sample = tuple[FloatArray, FloatArray]
"""Inputs and their weights."""


@dataclasses.dataclass(frozen=True)
class Attack:
    """One of the attacks that are known in closed form."""

    feature: int
    """Whose row of WᵀW it follows."""
    sign: int
    """+1 to raise the feature's output, −1 to lower it."""
    size: float
    """ε, its length."""
    perturbation: FloatArray
    """δ, shape ``(n_features,)``."""


def analytic_attacks(W: ArrayLike, size: float) -> FloatArray:
    """Every ±ε (WᵀW)_i / ‖(WᵀW)_i‖: what moves the output of each feature most.

    Parameters
    ----------
    W : array_like, shape (..., n_hidden, n_features)
    size : float
        ε, the length of each attack; see `attack_size`.

    Returns
    -------
    array, shape (..., 2 n_features, n_features)
        First all that raise, then all that lower. A feature with W_i = 0 has no attack: zeros.
    """
    length = real("size", size, low=0.0, high=MAX_SIZE)
    rows = gram(W)
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    raising = length * np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0.0)
    return np.concatenate((raising, -raising), axis=-2)


def attack_size(problem: Problem, fraction: float = SIZE) -> float:
    """ε = ``fraction`` · E‖x‖: the size of an attack as a part of the average length of an input.

    The average is over all inputs, those without an active feature among them.
    """
    part = real("fraction", fraction, low=0.0, high=MAX_SIZE)
    return part * average_length(problem)


def without_superposition(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """W and b of a model that gives m features a dimension each and ignores the rest.

    W is the identity on the m features that would cost most to leave out (importance times variance; of
    equals, the first), and 0 on the rest, whose bias is their mean. What attacks do to it is what they do
    where there is no interference.

    Returns
    -------
    W : array, shape (n_hidden, n_features)
    b : array, shape (n_features,)
    """
    low, high = problem.value_range
    chance = problem.density_vector / (problem.set_size or 1 if problem.features == "anticorrelated" else 1)
    mean = chance * (low + high) / 2.0
    variance = chance * (low * low + low * high + high * high) / 3.0 - mean**2
    kept = np.argsort(-problem.importance_vector * variance, kind="stable")[: problem.n_hidden]
    W, b = np.zeros((problem.n_hidden, problem.n_features)), mean
    W[np.arange(len(kept)), np.sort(kept)] = 1.0
    b[kept] = 0.0
    return W, b


def attacked_losses(
    problem: Problem, W: ArrayLike, b: ArrayLike, x: ArrayLike, perturbation: ArrayLike = 0.0
) -> FloatArray:
    """Σ_i I_i (x'_i(x + δ) − x_i)² of each input, for the model x' = ReLU(WᵀWx + b).

    Without the penalty of problems that have one.

    Parameters
    ----------
    problem : Problem
        Without neurons: ``relu_output`` with any activation, or ``linear``.
    W : array_like, shape (n_hidden, n_features)
    b : array_like, shape (n_features,)
    x : array_like, shape (inputs, n_features) or (n_features,)
    perturbation : array_like, of a shape that x can be added to, default 0
        δ: one for all inputs, or one each.

    Returns
    -------
    array, shape (inputs,), or () for one input
    """
    G, bias = end_to_end(problem, W, b)
    inputs = np.asarray(x, dtype=np.float64)
    s = (inputs + np.asarray(perturbation)) @ G + bias
    return np.square(activated(problem.activation, s) - inputs) @ problem.importance_vector


def losses_of_attacks(
    problem: Problem, W: ArrayLike, b: ArrayLike, x: ArrayLike, attacks: ArrayLike
) -> NDArray[np.float32]:
    """The loss of each input under each attack; one attack alone is `attacked_losses`.

    Parameters
    ----------
    problem, W, b
        As in `attacked_losses`.
    x : array_like, shape (inputs, n_features)
    attacks : array_like, shape (attacks, n_features)
        δ of each, as `analytic_attacks` gives them.

    Returns
    -------
    array of single precision, shape (inputs, attacks)
    """
    G, bias = (array.astype(np.float32) for array in end_to_end(problem, W, b))
    inputs, shifts = np.asarray(x, dtype=np.float32), np.asarray(attacks, dtype=np.float32) @ G
    importance = problem.importance_vector.astype(np.float32)
    losses = np.empty((len(inputs), len(shifts)), np.float32)
    # all attacks on one input stay in the cache
    for row, one, before in zip(losses, inputs, inputs @ G + bias, strict=True):
        error = activated(problem.activation, shifts + before) - one
        row[:] = np.square(error, out=error) @ importance
    return losses


def strongest_attack(problem: Problem, W: ArrayLike, b: ArrayLike, x: ArrayLike, size: float) -> Attack:
    """The attack of known form that raises the average loss of these inputs most.

    With one input it is the worst attack per sample; with many, the universal one.

    Parameters
    ----------
    problem, W, b, x
        As in `attacked_losses`.
    size : float
        ε.
    """
    inputs = np.atleast_2d(np.asarray(x, dtype=np.float64))
    attacks = analytic_attacks(as_one_model(W), size)
    harm = losses_of_attacks(problem, W, b, inputs, attacks).mean(axis=0)
    k = int(harm.argmax())
    n = problem.n_features
    return Attack(k % n, 1 if k < n else -1, float(size), attacks[k])


@dataclasses.dataclass(frozen=True)
class Harm:
    """What attacks do to some models. Shapes are the leading axes of their weights."""

    loss: FloatArray
    """Without an attack."""
    universal: FloatArray
    """By how much the loss rises under the one attack for all inputs that raises it most."""
    per_sample: FloatArray
    """By how much it rises when every input gets the attack that is worst for it."""
    feature: NDArray[np.int64]
    """Whose row of WᵀW the universal attack follows."""
    sign: NDArray[np.int64]
    """Whether the universal attack raises or lowers that feature's output: +1 or −1."""


@dataclasses.dataclass(frozen=True)
class Vulnerability:
    """How much more attacks harm some models than one without superposition."""

    size: float
    """ε."""
    harm: Harm
    """Of the models."""
    baseline: Harm
    """Of the model without superposition."""

    @property
    def universal(self) -> FloatArray:
        """The rise of the loss under the universal attack, in units of the baseline's."""
        return self.harm.universal / self.baseline.universal

    @property
    def per_sample(self) -> FloatArray:
        """The rise of the loss under attacks per sample, in units of the baseline's."""
        return self.harm.per_sample / self.baseline.per_sample


def vulnerability(
    problem: Problem | Run,
    W: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    fraction: float = SIZE,
    n_samples: int = SAMPLES,
    seed: int = 0,
) -> Vulnerability:
    """The vulnerability of models to the attacks of known form, against a model without superposition.

    The universal attack is chosen on one sample and its harm measured on another, larger one: the largest of
    many uncertain numbers, taken as it is, would be too large.

    Parameters
    ----------
    problem : Problem or Run
        A run of one problem stands for its final weights.
    W : array_like, shape (..., n_hidden, n_features), optional
    b : array_like, shape (..., n_features), optional
    fraction : float, default 0.1
        ε as a part of the average length of an input.
    n_samples : int, default 4096
        Inputs with several active features that every attack is tried on; the simpler ones are integrated.
    seed : int, default 0
        Decides both samples.

    Returns
    -------
    Vulnerability
        Its ratios have the leading axes of ``W``.
    """
    if isinstance(problem, Run):
        problem, weights, bias = problem.problem, problem.W, problem.b
    elif W is None or b is None:
        raise SettingError("vulnerability needs a run, or a problem with its W and b.")
    else:
        weights, bias = W, b
    size = attack_size(problem, real("fraction", fraction, low=0.0, high=MAX_SIZE, open_low=True))
    count = integer("n_samples", n_samples, low=0, high=MAX_SAMPLES)
    tried, judged = _sample(problem, count, seed), _sample(problem, JUDGED * count, seed + 1)
    models = _harm(problem, as_weights(weights), np.asarray(bias, dtype=np.float64), size, tried, judged)
    plain = _harm(problem, *without_superposition(problem), size, tried, judged)
    return Vulnerability(size, models, plain)


def _sample(problem: Problem, n_samples: int, seed: int) -> Sample:
    """Inputs and their weights, without those too improbable to count."""
    x, weight, _ = evaluation_sample(problem, n_samples, seed)
    counts = weight > NEGLIGIBLE / len(weight)
    return x[counts], weight[counts]


def _harm(problem: Problem, W: FloatArray, b: FloatArray, size: float, tried: Sample, judged: Sample) -> Harm:
    leading, n = W.shape[:-2], problem.n_features
    each: list[tuple[float, float, float, int, int]] = []
    for one, bias in zip(W.reshape(-1, *W.shape[-2:]), b.reshape(-1, n), strict=True):
        attacks = analytic_attacks(one, size)
        losses = losses_of_attacks(problem, one, bias, tried[0], attacks)
        k = int((tried[1] @ losses).argmax())
        before = attacked_losses(problem, one, bias, judged[0])
        after = attacked_losses(problem, one, bias, judged[0], attacks[k])
        worst = losses.max(axis=1) - attacked_losses(problem, one, bias, tried[0])
        rises = float(judged[1] @ (after - before)), float(tried[1] @ worst)
        each.append((float(judged[1] @ before), *rises, k % n, 1 if k < n else -1))
    columns = (np.array(column).reshape(leading) for column in zip(*each, strict=True))
    return Harm(*columns)


def end_to_end(problem: Problem, W: ArrayLike, b: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """WᵀW and b of one model, if attacks on it are known."""
    if problem.has_neurons:
        raise SettingError(
            f"Attacks are known for models without neurons, but {problem.architecture} has them; "
            "use architecture='relu_output'."
        )
    return gram(as_one_model(W)), np.asarray(b, dtype=np.float64).reshape(problem.n_features)
