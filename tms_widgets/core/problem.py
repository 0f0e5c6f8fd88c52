"""What must be learned: the paper's toy problem as one frozen, validated value.

*Experiment setup*: a sparse feature vector ``x`` of ``n`` features is squeezed through ``m`` hidden
dimensions and recovered as ``x'``. The loss is the mean over samples of the sum over features of
``I_i (x_i - x'_i)²`` (for ``untied``, the target is ``|x_i|``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import checks
from .checks import SettingError

ARCHITECTURES = ("relu_output", "linear", "relu_hidden", "untied")
ACTIVATIONS = ("relu", "squared_relu", "gelu", "linear")
FEATURES = ("independent", "correlated", "anticorrelated")
VALUE_RANGES = ((0.0, 1.0), (-1.0, 1.0))

MAX_FEATURES = 10_000
MIN_DENSITY = 1e-6
MAX_IMPORTANCE = 1e6
MAX_L1 = 1e6
NEURONS = ("relu_hidden", "untied")
"""Architectures whose hidden dimensions are neurons: they have a ReLU, and so a basis of their own."""

Vector = float | tuple[float, ...]


@dataclasses.dataclass(frozen=True, init=False)
class Problem:
    """A toy problem of the paper.

    Parameters
    ----------
    n_features : int
        The paper's *n*, 1 to 10 000.
    n_hidden : int
        The paper's *m*, hidden dimensions (or neurons), 1 to 10 000.
    importance : float or sequence of float, default 1.0
        A decay ``r`` in (0, 1], which means ``I_i = r**i``; or one importance a feature, each ≥ 0
        and not all 0.
    density : float or sequence of float, optional
        ``1 - S``, the probability that a feature is non-zero, in (0, 1]; one for all or one a feature.
        Default 1 (every feature always active).
    sparsity : float or sequence of float, optional
        ``S``; another way of giving ``density``, never together with it.
    architecture : {"relu_output", "linear", "relu_hidden", "untied"}
        ``x' = ReLU(WᵀWx + b)``; the same without the ReLU; ``x' = ReLU(Wᵀ ReLU(Wx) + b)``;
        or the absolute-value network ``y' = ReLU(W_out ReLU(Wx) + b)`` whose target is ``|x|``.
    activation : {"relu", "squared_relu", "gelu", "linear"}, optional
        Of the output, in the place of its ReLU: ``ReLU(s)²``, ``s Φ(s)``, or ``s`` as it is. The
        ``linear`` architecture has a linear one, and ``relu_output`` with a linear one is called so.
    bias : bool, default True
        Whether b is learned; without, it stays 0.
    hidden_bias : bool, default False
        Whether neurons have a bias too: ``h = ReLU(Wx + b_hidden)``. For ``relu_hidden`` and ``untied``.
    l1 : float, default 0.0
        λ of a penalty ``λ Σ_a |h_a|`` on the hidden activations, averaged over samples; part of the loss.
    features : {"independent", "correlated", "anticorrelated"}
        Whether features are active independently, all members of a set together, or one random
        member of a set at a time (*The Geometry of Superposition*).
    set_size : int, optional
        Members of each set; consecutive features form a set. Only with sets.
    value_range : (0, 1) or (-1, 1), optional
        Active features are uniform in it. Default (0, 1), and (-1, 1) for ``untied``.

    Raises
    ------
    SettingError
        A `ValueError` with one sentence, for any setting that cannot be used.

    Examples
    --------
    >>> Problem(n_features=5, n_hidden=2, importance=0.9, sparsity=0.95).density
    0.05
    """

    n_features: int
    n_hidden: int
    importance: Vector
    density: Vector
    architecture: str
    activation: str
    bias: bool
    hidden_bias: bool
    l1: float
    features: str
    set_size: int | None
    value_range: tuple[float, float]

    def __init__(
        self,
        n_features: int,
        n_hidden: int,
        *,
        importance: float | Iterable[float] = 1.0,
        density: float | Iterable[float] | None = None,
        sparsity: float | Iterable[float] | None = None,
        architecture: str = "relu_output",
        activation: str | None = None,
        bias: bool = True,
        hidden_bias: bool = False,
        l1: float = 0.0,
        features: str = "independent",
        set_size: int | None = None,
        value_range: tuple[float, float] | None = None,
    ) -> None:
        n = checks.integer("n_features", n_features, low=1, high=MAX_FEATURES)
        architecture, activation = _architecture(architecture, activation)
        values: dict[str, Any] = {
            "n_features": n,
            "n_hidden": checks.integer("n_hidden", n_hidden, low=1, high=MAX_FEATURES),
            "importance": _importance(importance, n),
            "density": _density(density, sparsity, n),
            "architecture": architecture,
            "activation": activation,
            "bias": checks.flag("bias", bias),
            "hidden_bias": _hidden_bias(hidden_bias, architecture),
            "l1": checks.real("l1", l1, low=0.0, high=MAX_L1),
            "features": checks.choice("features", features, FEATURES),
            "value_range": _value_range(value_range, architecture),
        }
        values["set_size"] = _set_size(set_size, values)
        for name, value in values.items():
            object.__setattr__(self, name, value)
        # a phase map looks up tens of thousands of problems
        object.__setattr__(self, "_hash", hash(tuple(values.values())))

    def __hash__(self) -> int:
        return self._hash  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]

    def __reduce__(self) -> tuple[Any, ...]:
        # hashes of text differ between processes, so that of another process must not travel
        return Problem.from_dict, (self.to_dict(),)

    @property
    def sparsity(self) -> Vector:
        """The paper's S = 1 − density, in the same form as `density`."""
        if isinstance(self.density, tuple):
            return tuple(_complement(p) for p in self.density)
        return _complement(self.density)

    @property
    def importance_vector(self) -> NDArray[np.float64]:
        """I_i of every feature, shape ``(n_features,)``."""
        if isinstance(self.importance, tuple):
            return np.array(self.importance)
        return np.power(self.importance, np.arange(self.n_features, dtype=np.float64))

    @property
    def density_vector(self) -> NDArray[np.float64]:
        """1 − S_i of every feature, shape ``(n_features,)``.

        In an anticorrelated set it is the probability that the *set* is active.
        """
        return np.full(self.n_features, self.density, dtype=np.float64)

    @property
    def has_neurons(self) -> bool:
        """True when the hidden layer has a ReLU."""
        return self.architecture in NEURONS

    @property
    def free_basis(self) -> bool:
        """True when only WᵀW matters, so that the hidden space may be turned."""
        return not self.has_neurons and not self.l1

    @property
    def independent(self) -> bool:
        """True when features are active independently of each other."""
        return self.features == "independent"

    def replace(self, **changes: Any) -> Problem:
        """A problem with some settings changed; every setting is checked again."""
        settings = self.to_dict()
        if "sparsity" in changes:
            settings.pop("density")
        if "architecture" in changes:
            # what follows the architecture by default follows it here too
            if self.value_range == _value_range(None, self.architecture):
                settings.pop("value_range")
            if self.architecture == "linear" or changes["architecture"] == "linear":
                settings.pop("activation")
            if changes["architecture"] not in NEURONS:
                settings.pop("hidden_bias")
        elif self.architecture == "linear" and changes.get("activation", "linear") != "linear":
            settings["architecture"] = "relu_output"
        return Problem(**(settings | changes))

    def to_dict(self) -> dict[str, Any]:
        """Every setting as plain Python values; ``Problem.from_dict`` turns it back."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Problem:
        """The problem that `to_dict` described (lists, as JSON has them, will do)."""
        known = [field.name for field in dataclasses.fields(cls)] + ["sparsity"]
        for name in settings:
            checks.choice("setting", name, known)
        missing = [name for name in ("n_features", "n_hidden") if name not in settings]
        if missing:
            raise SettingError(f"The settings lack {' and '.join(missing)}.")
        return cls(**settings)


def _complement(p: float) -> float:
    # 1 - 0.05 is 0.95, not 0.9500000000000001
    return float(round(1.0 - p, 15))


def _architecture(architecture: object, activation: object) -> tuple[str, str]:
    """The two together, because a linear output is an architecture of its own."""
    architecture = checks.choice("architecture", architecture, ARCHITECTURES)
    if activation is None:
        return architecture, "linear" if architecture == "linear" else "relu"
    activation = checks.choice("activation", activation, ACTIVATIONS)
    if architecture == "linear" and activation != "linear":
        raise SettingError(
            f"activation={activation!r} was given, but the linear architecture has none; "
            "use architecture='relu_output', or leave it out."
        )
    if architecture == "relu_output" and activation == "linear":
        architecture = "linear"
    return architecture, activation


def _hidden_bias(value: object, architecture: str) -> bool:
    asked = checks.flag("hidden_bias", value)
    if asked and architecture not in NEURONS:
        raise SettingError(
            f"hidden_bias=True needs neurons, and {architecture} has none; "
            "use architecture='relu_hidden' or 'untied', or leave it out."
        )
    return asked


def _importance(value: object, n: int) -> Vector:
    value = checks.unboxed(value)
    if not checks.is_sequence(value):
        return checks.real("importance", value, low=0.0, high=1.0, open_low=True, nearest_low=0.01)
    vector = checks.reals("importance", value, n, low=0.0, high=MAX_IMPORTANCE)  # pyright: ignore[reportArgumentType]
    if not any(vector):
        raise SettingError(
            "importance is 0 for every feature, so nothing would be learned; make at least one positive."
        )
    return vector


def _density(density: object, sparsity: object, n: int) -> Vector:
    if density is not None and sparsity is not None:
        raise SettingError(
            "density and sparsity were both given, but one decides the other (density = 1 - sparsity); "
            "pass only one."
        )
    if sparsity is not None:
        highest = 1.0 - MIN_DENSITY
        limits: dict[str, Any] = {"low": 0.0, "high": highest}
        sparsity = checks.unboxed(sparsity)
        given = checks.reals("sparsity", sparsity, n, **limits) if checks.is_sequence(sparsity) else None  # pyright: ignore[reportArgumentType]
        if given is not None:
            return tuple(_complement(s) for s in given)
        if isinstance(sparsity, (int, float)) and not isinstance(sparsity, bool) and sparsity == 1:
            raise SettingError(
                f"sparsity={sparsity} means that no feature is ever active, so there is no data; "
                f"use one from 0 to {highest:g}."
            )
        return _complement(checks.real("sparsity", sparsity, **limits))
    density = checks.unboxed(1.0 if density is None else density)
    limits = {"low": MIN_DENSITY, "high": 1.0}
    if checks.is_sequence(density):
        return checks.reals("density", density, n, **limits)  # pyright: ignore[reportArgumentType]
    return checks.real("density", density, **limits)


def _value_range(value: object, architecture: str) -> tuple[float, float]:
    if value is None:
        return VALUE_RANGES[1] if architecture == "untied" else VALUE_RANGES[0]
    pair = tuple(value) if checks.is_sequence(value) else (value,)  # pyright: ignore[reportArgumentType, reportUnknownVariableType]
    for allowed in VALUE_RANGES:
        if len(pair) == 2 and pair == allowed:  # pyright: ignore[reportUnknownArgumentType]
            return allowed
    raise SettingError(f"value_range={checks.shown(value)} is not allowed; use (0, 1) or (-1, 1).")


def _set_size(value: object, values: Mapping[str, Any]) -> int | None:
    if values["features"] == "independent":
        if value is not None:
            raise SettingError(
                f"set_size={checks.shown(value)} was given but features are independent; "
                "choose features='correlated' or 'anticorrelated', or leave it out."
            )
        return None
    n: int = values["n_features"]
    if value is None:
        raise SettingError(f"features={values['features']!r} needs set_size, a divisor of n_features={n}.")
    size = checks.integer("set_size", value, low=1, high=n)
    if n % size:
        nearest = min((d for d in range(1, n + 1) if n % d == 0), key=lambda d: abs(d - size))
        raise SettingError(
            f"set_size={size} does not divide n_features={n} into equal sets; the nearest that does is "
            f"{nearest}."
        )
    density: Vector = values["density"]
    if isinstance(density, tuple):
        for start in range(0, n, size):
            if len(set(density[start : start + size])) > 1:
                raise SettingError(
                    f"density differs within the set of features {start} to {start + size - 1}; "
                    "a set is active as a whole, so give its members one density."
                )
    return size
