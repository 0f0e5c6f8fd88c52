"""What the instrument is set to: a problem, a feature that is perhaps perturbed, and a way of training."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.checks import SettingError, choice, integer, real, shown, unboxed
from ..core.problem import MIN_DENSITY, Problem
from ..core.schedule import Wish
from ..core.start import check_start

LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
MOST_FRAMES = 1000
PLAIN_TRAITS = (
    "n_features", "n_hidden", "density", "importance", "architecture", "activation", "hidden_bias", "l1",
    "features", "set_size",
)  # fmt: skip
"""Settings of the problem that the front end can change."""

OWN_TRAITS = ("perturbed", "factor", "training")
TRAINING = ("quality", "steps", "batch_size", "learning_rate", "decay", "init", "n_frames")
"""Settings of `train` that ``training`` may hold."""


@dataclasses.dataclass(frozen=True)
class Setup:
    """Settings that belong together. `replace` checks them; the constructor takes them as they are.

    Attributes
    ----------
    base : Problem
        The problem without the perturbation.
    perturbed : int or None
        The feature whose density is multiplied; None for none.
    factor : float
        By what, 0.1 to 10; 1 while no feature is perturbed.
    training : dict
        Settings of `train` in the place of the usual ones; see `TRAINING`.
    """

    base: Problem
    perturbed: int | None = None
    factor: float = 1.0
    training: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])

    @property
    def problem(self) -> Problem:
        """What is learned: the base with the density of the perturbed feature multiplied.

        A density stays within what a problem allows, so it never passes 1. A set is active as a whole, or not
        at all, so its members are perturbed together.
        """
        if self.perturbed is None or self.factor == 1.0:
            return self.base
        density = self.base.density_vector
        size = self.base.set_size or 1
        members = slice(self.perturbed // size * size, (self.perturbed // size + 1) * size)
        # 0.05 · 0.28 is 0.014, not 0.014000000000000002
        multiplied = float(f"{self.factor * density[self.perturbed]:.12g}")
        density[members] = np.clip(multiplied, MIN_DENSITY, 1.0)
        return self.base.replace(density=density.tolist())

    def __getitem__(self, name: str) -> Any:
        """A setting by name."""
        return getattr(self if name in OWN_TRAITS else self.base, name)

    def replace(self, **changes: Any) -> Setup:
        """These settings with some changed; every setting is checked again.

        Independent features have no sets, so their ``set_size`` goes with them; sets without a size get the
        smallest that divides ``n_features``. Without a perturbed feature there is no factor.

        Raises
        ------
        SettingError
            For any setting that cannot be used.
        """
        own = {name: changes.pop(name) for name in OWN_TRAITS if name in changes}
        base = self.base.replace(**self._with_sets(changes)) if changes else self.base
        perturbed = own.get("perturbed", self.perturbed)
        if perturbed is not None:
            perturbed = integer("perturbed", perturbed, low=0, high=base.n_features - 1)
        factor = _factor(own.get("factor", 1.0 if perturbed is None else self.factor), perturbed)
        return Setup(base, perturbed, factor, _training(own.get("training", self.training), base))

    def _with_sets(self, changes: dict[str, Any]) -> dict[str, Any]:
        """The changes, with the ``set_size`` that follows from ``features``."""
        if "features" not in changes or "set_size" in changes:
            return changes
        if changes["features"] == "independent":
            return changes | {"set_size": None}
        if self.base.set_size is None:
            n = changes.get("n_features", self.base.n_features)
            whole = isinstance(n, int) and n > 1
            return changes | {"set_size": smallest_divisor(n) if whole else 1}
        return changes


def smallest_divisor(n: int) -> int:
    """The smallest number above 1 that divides ``n``."""
    return next((d for d in range(2, int(n**0.5) + 1) if n % d == 0), n)


def _factor(value: Any, perturbed: int | None) -> float:
    factor = real("factor", unboxed(value), low=LEAST_FACTOR, high=MOST_FACTOR)
    if perturbed is None and factor != 1.0:
        raise SettingError(
            f"factor={factor:g} was given but no feature is perturbed; set perturbed to one, such as 0."
        )
    return factor


def _training(value: Any, problem: Problem) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise SettingError(
            f"training={shown(value)} is not a dict; use settings of train by name, as in {{'steps': 8000}}."
        )
    settings: dict[str, Any] = {}
    for name, setting in value.items():  # pyright: ignore[reportUnknownVariableType]
        settings[choice("training setting", name, TRAINING)] = unboxed(setting)  # pyright: ignore[reportUnknownArgumentType]
    if "init" in settings:
        settings["init"] = check_start(settings["init"], problem)
    if "n_frames" in settings:
        integer("n_frames", settings["n_frames"], low=1, high=MOST_FRAMES)
    Wish(**{name: setting for name, setting in settings.items() if name not in ("init", "n_frames")})
    return settings
