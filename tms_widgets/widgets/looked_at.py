"""The one model that a widget looks into, and the one input that it follows through it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from .. import measures
from ..core.checks import SettingError, integer, real
from ..core.problem import Problem
from .film import film_of

Array = NDArray[np.float64]
MAX_FEATURES = 400
"""Contributions are n × n numbers, worked out anew while a slider moves."""


@dataclasses.dataclass(frozen=True, eq=False)
class LookedAt:
    """One model with all that its arithmetic needs, in single precision as it travels to the browser."""

    problem: Problem
    W: Array
    b: Array
    W_out: Array | None
    b_hidden: Array | None
    caption: str
    """One sentence about the model."""

    @property
    def n(self) -> int:
        """The number of features."""
        return self.problem.n_features

    @property
    def bytes(self) -> bytes:
        """W, b, W_out and b_hidden, those that are there, as little-endian float32."""
        arrays = (self.W, self.b, self.W_out, self.b_hidden)
        return b"".join(np.asarray(one, "<f4").tobytes() for one in arrays if one is not None)

    @property
    def meta(self) -> dict[str, Any]:
        """Everything about the model that is not a weight, ready for JSON."""
        problem = self.problem
        return {
            "n": problem.n_features,
            "m": problem.n_hidden,
            "architecture": problem.architecture,
            "activation": problem.activation,
            "importance": problem.importance_vector.tolist(),
            "density": problem.density_vector.tolist(),
            "features": problem.features,
            "set_size": problem.set_size,
            "low": problem.value_range[0],
            "l1": problem.l1,
            "hidden_bias": self.b_hidden is not None,
            "caption": self.caption,
        }

    def trace(self, x: Any) -> measures.Trace:
        """An input on its way through the model."""
        return measures.trace(self.problem, self.W, self.b, x, self.W_out, self.b_hidden)


def looked_at(source: Any, instance: int | None = None) -> LookedAt:
    """Return the model to look into, from anything that has weights.

    Parameters
    ----------
    source : Run, torch module, (W, b) or W
        As for `tms_widgets.widgets.film.film_of`. Arrays without a problem are taken for ``relu_output``
        with features of importance 1 and density 0.1.
    instance : int, optional
        Which instance. Default: the best one of a `Run`, the first one of anything else.

    Raises
    ------
    SettingError
        When the source has no weights that can be drawn, or more features than can be looked at.
    """
    film = film_of(source, instance)
    m, n = film.W.shape[1:]
    if n > MAX_FEATURES:
        raise SettingError(f"The model has {n} features; at most {MAX_FEATURES} can be looked at.")
    problem: Problem = getattr(source, "problem", None) or Problem(
        n, m, density=0.1, architecture=film.architecture
    )
    b_hidden = getattr(source, "b_hidden", None)
    if b_hidden is not None:
        if hasattr(b_hidden, "detach"):
            b_hidden = b_hidden.detach().cpu().numpy()
        k = instance if instance is not None else getattr(source, "best_index", 0)
        b_hidden = np.asarray(b_hidden, dtype=np.float64).reshape(-1, m)[k]
    return LookedAt(
        problem,
        film.W[-1].astype(np.float64),
        film.b[-1].astype(np.float64),
        None if film.W_out is None else film.W_out[-1].astype(np.float64),
        b_hidden,
        film.caption,
    )


class Sample(traitlets.TraitType):  # pyright: ignore[reportMissingTypeArgument]
    """A trait for one input: a number a feature, or a mapping of those that are active to their values."""

    info_text = "one finite number a feature, or a mapping of active features to their values"
    default_value: Any = ()

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Return the input as a list with a number a feature."""
        n: int = obj._n_features
        if isinstance(value, Mapping):
            x = [0.0] * n
            for feature, number in value.items():
                x[integer("feature", feature, low=0, high=n - 1)] = _number(f"x[{feature}]", number)
            return x
        if not isinstance(value, Iterable) or isinstance(value, str | bytes):
            self.error(obj, value)
        numbers = np.asarray(value).ravel().tolist() if hasattr(value, "shape") else list(value)
        if len(numbers) != n:
            raise SettingError(f"x has {len(numbers)} entries but there are {n} features; pass {n} numbers.")
        return [_number(f"x[{i}]", number) for i, number in enumerate(numbers)]


def _number(name: str, value: Any) -> float:
    return real(name, getattr(value, "item", lambda: value)(), low=-1e6, high=1e6)


def collision(W: Array) -> dict[int, float]:
    """An input worth looking at: the two features that disturb each other most, one of them fully active.

    Where two features raise each other's output, the two that do so most; otherwise the two that lower it.
    """
    overlaps = measures.gram(W) * (1.0 - np.eye(W.shape[1]))
    if W.shape[1] == 1 or not overlaps.any():
        return {0: 1.0}
    worth = overlaps if overlaps.max() > 0.05 else np.abs(overlaps)
    first, second = divmod(int(worth.argmax()), W.shape[1])
    return {first: 1.0, second: 0.6}
