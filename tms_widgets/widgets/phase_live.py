"""The controls of a live phase map, and the sweep that they stand for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np

from ..core import checks
from ..core.checks import SettingError
from ..core.problem import ACTIVATIONS, Problem
from ..sweeps.sweep import Sweep
from .phase_plane import EXACT_SIZES
from .trainer import DRAFT, choose_engine

SCALES = tuple(float(f"{scale:.3g}") for scale in np.geomspace(0.1, 10.0, 21))
SEEDS = (1, 2, 3, 5, 10)
SIDES = (2, 101)
GELU_STEPS = 250
"""Less than half of a draft: GELU takes several times as long, and smooth outputs settle sooner. The phases
of all but one cell in a thousand are those of training five times as long, and so, within .2 %, are the best
losses of as many."""
WORDS = {(2, 1): "2 features in 1 dimension", (3, 2): "3 features in 2 dimensions"}


@dataclasses.dataclass(frozen=True)
class LiveSettings:
    """What a live map trains.

    Attributes
    ----------
    n_features, n_hidden : int
        2 and 1, or 3 and 2.
    activation : str
    others : float
        The importance of each feature but the last.
    n_seeds : int
    side : int
        Cells along each axis.
    seed : int
    """

    n_features: int = 2
    n_hidden: int = 1
    activation: str = "relu"
    others: float = 1.0
    n_seeds: int = 10
    side: int = 51
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.n_features, self.n_hidden) not in EXACT_SIZES:
            raise SettingError(
                f"n_features={checks.shown(self.n_features)} with n_hidden={checks.shown(self.n_hidden)} has "
                "no live map; use 2 with 1 or 3 with 2, or pass a Sweep."
            )
        checks.choice("activation", self.activation, ACTIVATIONS)
        checks.real("others", self.others, low=SCALES[0], high=SCALES[-1])
        checks.integer("n_seeds", self.n_seeds, low=1, high=100)
        checks.integer("side", self.side, low=SIDES[0], high=SIDES[1])

    def sweep(self) -> tuple[Sweep, str]:
        """The sweep, and why it is not trained by the fast engine, if so."""
        problem = Problem(self.n_features, self.n_hidden, activation=self.activation)
        asked, note = choose_engine(problem)
        engine = "reference" if asked == DRAFT else "auto"
        others = (self.others,) * (self.n_features - 1)
        return Sweep(
            problem,
            density=np.geomspace(1.0, 0.01, self.side).tolist(),
            importance=[(*others, float(last)) for last in np.geomspace(0.1, 10.0, self.side)],
            n_seeds=self.n_seeds,
            seed=self.seed,
            quality="draft",
            steps=GELU_STEPS if self.activation == "gelu" and engine == "auto" else None,
            engine=engine,
        ), note


class LiveControls:
    """Controls for `LiveSettings`.

    Parameters
    ----------
    settings : LiveSettings
    changed : callable
        Called with new settings when a control moves.
    """

    def __init__(self, settings: LiveSettings, changed: Callable[[LiveSettings], None]) -> None:
        self.settings, self._changed, self._setting = settings, changed, False
        wide: dict[str, Any] = {"style": {"description_width": "initial"}}
        scales = sorted({*SCALES, settings.others})
        seeds = sorted({*SEEDS, settings.n_seeds})
        self._size = ipywidgets.Dropdown(
            options=[(words, size) for size, words in WORDS.items()], description="Model", **wide
        )
        self._activation = ipywidgets.Dropdown(options=list(ACTIVATIONS), description="Activation", **wide)
        self._others = ipywidgets.SelectionSlider(
            options=[(f"{scale:g}", scale) for scale in scales],
            description="Importance of the others",
            **wide,
        )
        self._seeds = ipywidgets.Dropdown(options=seeds, description="Models a cell", **wide)
        for control in (self._size, self._activation, self._seeds):
            control.layout.width = "auto"
        self._others.layout.width = "360px"
        self.put(settings)
        for control in (self._size, self._activation, self._others, self._seeds):
            control.observe(self._moved, "value")

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """The controls, in their order."""
        return [self._size, self._activation, self._others, self._seeds]

    def put(self, settings: LiveSettings) -> None:
        """Show settings without asking for them."""
        self._setting = True
        try:
            self.settings = settings
            self._size.value = (settings.n_features, settings.n_hidden)
            self._activation.value = settings.activation
            self._others.value = settings.others
            self._seeds.value = settings.n_seeds
        finally:
            self._setting = False

    def _moved(self, _change: Any) -> None:
        if self._setting:
            return
        size: Any = self._size.value
        n_features, n_hidden = size
        self.settings = dataclasses.replace(
            self.settings, n_features=n_features, n_hidden=n_hidden, activation=self._activation.value,
            others=self._others.value, n_seeds=self._seeds.value,
        )  # fmt: skip
        self._changed(self.settings)
