"""A film: the recorded weights of one model, in the one form that travels to the browser."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..core.checks import SettingError, integer, shown
from ..core.problem import NEURONS, Problem

MAX_BYTES = 32_000_000
MAX_DRAWN = 1000

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Film:
    """Frames of ``W`` (and ``W_out``) and ``b``, with what a view needs to label them; see `film_of`.

    Attributes
    ----------
    W : array (F, m, n)
        Weights of every frame; ``W[f][:, i]`` is the paper's W_i.
    b : array (F, n)
    W_out : array (F, n, m) or None
        Only of untied models; tied ones decode with ``W.T``.
    steps : tuple of int
        Training step of every frame.
    losses : tuple of float or None
        Held-out loss of every frame.
    architecture : str
    importance, density : tuple of float
        One number a feature.
    caption : str
        One sentence that says what the last frame shows.
    features : str
        ``"independent"``, ``"correlated"`` or ``"anticorrelated"``.
    set_size : int or None
        Members of each set of consecutive features; None while they are independent.
    """

    W: NDArray[np.float32]
    b: NDArray[np.float32]
    W_out: NDArray[np.float32] | None
    steps: tuple[int, ...]
    losses: tuple[float, ...] | None
    architecture: str
    importance: tuple[float, ...]
    density: tuple[float, ...]
    caption: str
    features: str = "independent"
    set_size: int | None = None

    def __len__(self) -> int:
        return len(self.W)

    @property
    def bytes(self) -> bytes:
        """All frames as little-endian float32: W row by row, then W_out row by row if untied, then b."""
        frames = len(self.W)
        parts = [self.W.reshape(frames, -1), self.b]
        if self.W_out is not None:
            parts.insert(1, self.W_out.reshape(frames, -1))
        return np.concatenate(parts, axis=1).astype("<f4").tobytes()

    @property
    def neuron_order(self) -> NDArray[np.intp]:
        """In which order hidden dimensions are drawn where they are neurons: that of the last frame."""
        return measures.neuron_order(self.W[-1], None if self.W_out is None else self.W_out[-1])

    @property
    def meta(self) -> dict[str, Any]:
        """Everything about the film that is not a weight, ready for JSON."""
        _, m, n = self.W.shape
        return {
            "n": n,
            "m": m,
            "untied": self.W_out is not None,
            "architecture": self.architecture,
            "steps": list(self.steps),
            "losses": None if self.losses is None else list(self.losses),
            "importance": list(self.importance),
            "density": list(self.density),
            "features": self.features,
            "set_size": self.set_size,
            "plane": plane_of(self.W[-1]).tolist(),
            "neuron_order": self.neuron_order.tolist(),
            "caption": self.caption,
        }


def film_of(source: Any, instance: int | None = None, *, keep_basis: bool = False) -> Film:
    """Return what views draw, from anything that has weights.

    Parameters
    ----------
    source : Run, Film, torch module, (W, b), (W, b, W_out) or W
        A module needs attributes ``W`` and ``b`` (and ``W_out`` if untied). ``W`` is an array of shape (m,
        n), or (k, m, n) for k instances; ``b`` has shape (n,) or (k, n), and is 0 when only ``W`` is given;
        ``W_out`` of an untied model is (n, m) or (k, n, m).
    instance : int, optional
        Which instance to show. Default: the best one of a `Run`, the first one of anything else.
    keep_basis : bool, default False
        Whether hidden dimensions stay as they are even where the model may be turned: for views that draw
        them one by one. Arrays are then taken to be those of a model with neurons.

    Returns
    -------
    Film
        In the canonical rotation of its last frame (`measures.canonical_rotation`), so that equal
        geometries look equal. Models with a ReLU in the hidden layer keep their basis: there it means
        something.

    Raises
    ------
    SettingError
        When the weights are not finite numbers, do not fit together, or are too large to draw.
    """
    if isinstance(source, Film):
        return source
    if hasattr(source, "frames"):
        return _film_of_run(source, instance, keep_basis)
    if hasattr(source, "W") and hasattr(source, "b"):
        decoder, problem = getattr(source, "W_out", None), getattr(source, "problem", None)
        return _still(source.W, source.b, decoder, problem, instance, keep_basis)
    if hasattr(source, "W"):
        raise SettingError(
            f"{type(source).__name__} has weights W but no bias b; pass (W, b), or W alone for b = 0."
        )
    parts = source if isinstance(source, tuple) and len(source) in (2, 3) else (source,)
    W, b, W_out = (*parts, None, None)[:3]
    return _still(W, b, W_out, None, instance, keep_basis)


def plane_of(W: NDArray[Any]) -> Array:
    """Two orthonormal rows (2, m) spanning the plane that shows most of ``W`` (m, n); [[1], [0]] for m = 1.

    For m = 2 it is the plane itself, for m = 3 the first two axes: those pictures need no projection.
    """
    m = W.shape[0]
    if m == 1:
        return np.array([[1.0], [0.0]])
    return np.eye(2, m) if m <= 3 else np.asarray(measures.principal_plane(W), dtype=np.float64)


def _film_of_run(run: Any, instance: int | None, keep_basis: bool) -> Film:
    chosen = (
        run.best if instance is None else run[integer("instance", instance, low=0, high=run.n_instances - 1)]
    )
    problem, frames = chosen.problem, chosen.frames
    seeds = run.n_instances
    W, b = _finite("W", frames.W)[:, 0], _finite("b", frames.b)[:, 0]
    W_out = None if frames.W_out is None else _finite("W_out", frames.W_out)[:, 0]
    return _assemble(
        W,
        b,
        W_out,
        steps=tuple(int(step) for step in frames.step),
        losses=tuple(float(loss) for loss in np.asarray(frames.loss)[:, 0]),
        architecture=problem.architecture,
        turned=problem.free_basis and not keep_basis,
        importance=tuple(problem.importance_vector.tolist()),
        density=tuple(problem.density_vector.tolist()),
        caption=measures.describe(
            problem,
            W[-1],
            float(chosen.loss[0]),
            seeds if instance is None else 1,
            data=data_words(problem),
        ),
        features=problem.features,
        set_size=problem.set_size,
    )


def data_words(problem: Problem) -> str:
    """What is special about the features: *3 correlated sets of 2*, *feature 0 active 0.2 times as often*."""
    words: list[str] = []
    size = problem.set_size or 1
    if size > 1:
        sets = problem.n_features // size
        words.append(f"{sets} {problem.features} {'set' if sets == 1 else 'sets'} of {size}")
    density = problem.density_vector[::size]
    usual = float(np.median(density))
    odd = np.flatnonzero(density != usual)
    if len(density) > 2 and len(odd) == 1:
        which = int(odd[0])
        who = f"feature {which}" if size == 1 else f"set {which}"
        words.append(f"{who} active {density[which] / usual:.3g} times as often")
    return ", ".join(words)


def _still(W: Any, b: Any, W_out: Any, problem: Any, instance: int | None, keep_basis: bool) -> Film:
    """A film of one frame, from arrays or tensors; ``problem`` is what a module says it was trained on."""
    weights = _one_instance("W", _finite("W", W), 2, instance)
    m, n = weights.shape
    bias = np.zeros(n) if b is None else _one_instance("b", _finite("b", b), 1, instance)
    if bias.shape != (n,):
        raise SettingError(f"b has {bias.size} entries but W has {n} features; pass {n} numbers.")
    decoder = None if W_out is None else _one_instance("W_out", _finite("W_out", W_out), 2, instance)
    if decoder is not None and decoder.shape != (n, m):
        raise SettingError(f"W_out has shape {decoder.shape} but W has {(m, n)}; W_out must be {(n, m)}.")
    architecture = problem.architecture if problem else _architecture_of(decoder, keep_basis)
    return _assemble(
        weights[None],
        bias[None],
        None if decoder is None else decoder[None],
        steps=(0,),
        losses=None,
        architecture=architecture,
        turned=(problem.free_basis if problem else decoder is None) and not keep_basis,
        importance=tuple(problem.importance_vector.tolist()) if problem else (1.0,) * n,
        density=tuple(problem.density_vector.tolist()) if problem else (1.0,) * n,
        caption=_said_of(weights, neurons=architecture in NEURONS),
        features=problem.features if problem else "independent",
        set_size=problem.set_size if problem else None,
    )


def _architecture_of(decoder: Array | None, keep_basis: bool) -> str:
    """What arrays are taken for that do not say: neurons where hidden dimensions are drawn one by one."""
    if decoder is not None:
        return "untied"
    return "relu_hidden" if keep_basis else "relu_output"


def _said_of(W: Array, *, neurons: bool) -> str:
    """The caption of weights of which nothing else is known."""
    m, n = W.shape
    features = f"{n} feature{'s' * (n != 1)}"
    if neurons:
        return f"{features} in {m} neuron{'s' * (m != 1)}."
    return f"{features} in {m} dimension{'s' * (m != 1)}: {measures.geometry(W)}."


def _assemble(W: Array, b: Array, W_out: Array | None, *, turned: bool, **labels: Any) -> Film:
    _, m, n = W.shape
    if max(m, n) > MAX_DRAWN:
        raise SettingError(f"W has shape {(m, n)}; at most {MAX_DRAWN} features and dimensions can be drawn.")
    size = 4 * (W.size * (1 if W_out is None else 2) + b.size)
    if size > MAX_BYTES:
        fit = max(1, len(W) * MAX_BYTES // size)
        raise SettingError(
            f"a film of {len(W)} frames is {size / 1e6:.0f} MB and at most {MAX_BYTES / 1e6:.0f} MB travel "
            f"to the browser; record at most {fit} frames."
        )
    if turned:
        W = np.asarray(measures.canonical_rotation(W[-1])) @ W
    return Film(
        W=W.astype(np.float32),
        b=b.astype(np.float32),
        W_out=None if W_out is None else W_out.astype(np.float32),
        **labels,
    )


def _finite(name: str, value: Any) -> Array:
    """Return a tensor or array as finite float64 numbers."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
        numeric = array.dtype.kind in "fiu"
    except (TypeError, ValueError):
        array, numeric = np.empty(0), False
    if not numeric:
        asked = " ".join(shown(value).split())
        raise SettingError(
            f"{name}={asked} is not an array of real numbers; W has shape (m, n) and b has (n,)."
        )
    if array.size == 0:
        raise SettingError(
            f"{name} has shape {array.shape} and holds no numbers; W needs at least shape (1, 1)."
        )
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).sum())
        raise SettingError(
            f"{name} holds {bad} of {array.size} values that are not finite; pass finite weights."
        )
    return array


def _one_instance(name: str, array: Array, dims: int, instance: int | None) -> Array:
    """Return the chosen instance of an array with ``dims`` axes and perhaps a leading instance axis."""
    if array.ndim == dims:
        return array
    if array.ndim == dims + 1:
        return array[integer("instance", 0 if instance is None else instance, low=0, high=len(array) - 1)]
    expected = "(m, n) or (k, m, n)" if dims == 2 else "(n,) or (k, n)"
    raise SettingError(f"{name} has shape {array.shape}; it must be {expected}.")
