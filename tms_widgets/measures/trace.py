"""One input on its way through a model: x → h → s → x', with every number and where it comes from.

The paper reads models off their weights. This looks at one input instead: which of the active features raised
or lowered each output, and what the ReLU made of it. It is what the interference microscope shows.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, choice
from ..core.evaluation import normal_cdf
from ..core.problem import ARCHITECTURES, NEURONS, Problem
from .arrays import FloatArray, as_one_model


@dataclasses.dataclass(frozen=True, eq=False)
class Trace:
    """What `trace` found out about one input.

    Attributes
    ----------
    x : array, shape (n_features,)
        The input.
    before_hidden : array, shape (n_hidden,)
        Wx, and the hidden bias where there is one.
    h : array, shape (n_hidden,)
        The hidden vector: the same, or its ReLU where hidden dimensions are neurons.
    on : array of bool, shape (n_hidden,)
        Which hidden dimensions let their input through: all of them, or the neurons that are positive.
    contributions : array, shape (n_features, n_features)
        Entry (j, i) is what feature i adds to ``s[j]``: W_j·W_i x_i, and with neurons the sum over those that
        are on. Columns of inactive features are 0.
    constant : array, shape (n_features,)
        What is in ``s`` without any feature: b, and the hidden biases of the neurons that are on.
    s : array, shape (n_features,)
        What the output's activation is taken of: Wᵀh + b. Equal to ``contributions.sum(axis=1) + constant``.
    output : array, shape (n_features,)
        x', the model's answer.
    target : array, shape (n_features,)
        What it should have been: x, or |x| for ``untied``.
    error : array, shape (n_features,)
        ``output - target``.
    cost : array, shape (n_features,)
        I_j ``error[j] ** 2``: what each output adds to the loss.
    penalty : float
        λ Σ_a |h_a|, which problems with a penalty on the hidden activations add.
    """

    x: FloatArray
    before_hidden: FloatArray
    h: FloatArray
    on: NDArray[np.bool_]
    contributions: FloatArray
    constant: FloatArray
    s: FloatArray
    output: FloatArray
    target: FloatArray
    error: FloatArray
    cost: FloatArray
    penalty: float

    @property
    def loss(self) -> float:
        """The loss of this input: Σ_j I_j (x'_j − target_j)², and the penalty."""
        return float(self.cost.sum()) + self.penalty

    @property
    def active(self) -> tuple[int, ...]:
        """The features that are not 0."""
        return tuple(int(i) for i in np.flatnonzero(self.x))


def trace(
    problem: Problem | str,
    W: ArrayLike,
    b: ArrayLike,
    x: ArrayLike,
    W_out: ArrayLike | None = None,
    b_hidden: ArrayLike | None = None,
) -> Trace:
    """Follow one input through one model.

    Parameters
    ----------
    problem : Problem or str
        What the model was trained on, or only its architecture: then the output has a ReLU (none for
        ``"linear"``), importance is 1 everywhere, and nothing is penalised.
    W : array, shape (n_hidden, n_features)
    b : array, shape (n_features,)
    x : array, shape (n_features,)
        One input; any finite numbers.
    W_out : array, shape (n_features, n_hidden), optional
        The output weights of ``untied``; tied models use Wᵀ.
    b_hidden : array, shape (n_hidden,), optional
        The biases of the neurons, where they have some.

    Returns
    -------
    Trace

    Raises
    ------
    SettingError
        If shapes do not fit together, or numbers are not finite.

    Examples
    --------
    >>> trace("relu_output", [[1.0, -1.0]], [0.0, 0.0], [1.0, 0.5]).output.tolist()
    [0.5, 0.0]
    """
    if isinstance(problem, str):
        architecture = choice("architecture", problem, ARCHITECTURES)
        activation = "linear" if architecture == "linear" else "relu"
    else:
        architecture, activation = problem.architecture, problem.activation
    model = TracedModel.of(architecture, activation, W, b, W_out, b_hidden)
    n = model.W.shape[1]
    if isinstance(problem, Problem) and problem.n_features != n:
        raise SettingError(f"The problem has {problem.n_features} features but W has {n}; they must agree.")
    given = _vector("x", x, n)
    importance = problem.importance_vector if isinstance(problem, Problem) else np.ones(n)
    l1 = problem.l1 if isinstance(problem, Problem) else 0.0

    before_hidden, h, s, output = model.forward(given)
    on = before_hidden > 0.0 if model.neurons else np.ones(len(h), dtype=bool)
    decoder = model.decoder * on
    target = np.abs(given) if architecture == "untied" else given
    error = output - target
    constant = model.b if model.b_hidden is None else model.b + decoder @ model.b_hidden
    return Trace(
        x=given,
        before_hidden=before_hidden,
        h=h,
        on=on,
        contributions=(decoder @ model.W) * given,
        constant=constant,
        s=s,
        output=output,
        target=target,
        error=error,
        cost=importance * np.square(error),
        penalty=l1 * float(np.abs(h).sum()),
    )


@dataclasses.dataclass(frozen=True, eq=False)
class TracedModel:
    """One model in double precision, and its way from inputs to outputs."""

    W: FloatArray
    b: FloatArray
    decoder: FloatArray
    """Shape (n_features, n_hidden): Wᵀ, or W_out."""
    b_hidden: FloatArray | None
    neurons: bool
    activation: str

    @classmethod
    def of(
        cls,
        architecture: str,
        activation: str,
        W: ArrayLike,
        b: ArrayLike,
        W_out: ArrayLike | None = None,
        b_hidden: ArrayLike | None = None,
    ) -> TracedModel:
        """Check that arrays are one model of an architecture. A leading axis of length 1 may stay."""
        weights = as_one_model(W)
        m, n = weights.shape
        if architecture == "untied" and W_out is None:
            raise SettingError("An untied model decodes with weights of its own; pass W_out too.")
        if architecture != "untied" and W_out is not None:
            raise SettingError(f"W_out was given, but {architecture} decodes with Wᵀ; leave it out.")
        if b_hidden is not None and architecture not in NEURONS:
            raise SettingError(f"b_hidden was given, but {architecture} has no neurons; leave it out.")
        decoder = weights.T if W_out is None else as_one_model(W_out)
        if decoder.shape != (n, m):
            raise SettingError(f"W_out has the shape {decoder.shape}, but W needs {(n, m)}.")
        return cls(
            weights,
            _vector("b", b, n),
            decoder,
            None if b_hidden is None else _vector("b_hidden", b_hidden, m),
            architecture in NEURONS,
            activation,
        )

    def forward(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """What is before the hidden layer, h, s and the outputs, of inputs (..., n_features)."""
        before_hidden = x @ self.W.T
        if self.b_hidden is not None:
            before_hidden = before_hidden + self.b_hidden
        h = np.maximum(before_hidden, 0.0) if self.neurons else before_hidden
        s = h @ self.decoder.T + self.b
        return before_hidden, h, s, activated(self.activation, s)


def activated(activation: str, s: FloatArray) -> FloatArray:
    """The output's activation of ``s``, in double precision."""
    if activation == "linear":
        return s
    if activation == "gelu":
        return s * normal_cdf(s)
    on = np.maximum(s, 0.0)
    return np.square(on) if activation == "squared_relu" else on


def _vector(name: str, values: ArrayLike, length: int) -> FloatArray:
    """One number for each of ``length``; leading axes of length 1 are dropped."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError):  # RuntimeError: a tensor that still wants its gradient
        raise SettingError(f"{name} is not an array of numbers; pass {length} of them.") from None
    if array.size != length or array.shape[-1:] != (length,):
        raise SettingError(f"{name} has the shape {array.shape}, but ({length},) is needed.")
    if not np.isfinite(array).all():
        raise SettingError(f"{name} holds NaN or infinity, but every number must be finite.")
    return array.reshape(length)
