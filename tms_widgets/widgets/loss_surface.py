"""The exact loss of two features in one dimension, as a landscape in which models are seen to train.

Without a bias two weights are the whole model, so its loss is a surface over a plane (comment *Replication &
Further Results* to the paper).
"""

from __future__ import annotations

import math
import threading
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from numpy.typing import NDArray

from .. import theory
from ..core import checks
from ..core.checks import SettingError
from ..core.problem import Problem
from ..core.run import Run
from ..core.training import MAX_SEED, train
from . import map_svg
from .composite import Composite
from .extras import bqplot
from .grid_axis import GridAxis
from .map_chart import MapChart
from .map_layer import MapLayer
from .map_status import MapStatus
from .phase_colours import Pixels, sequential_pixels
from .trainer import choose_engine

DENSITIES = tuple(round(1.0 - 0.01 * k, 2) for k in range(100))
IMPORTANCES = tuple(float(f"{value:.3g}") for value in np.geomspace(0.1, 10.0, 21))
MOST_RUNS = 50
LEVELS = 24
"""Steps of colour, evenly spaced in the logarithm of the loss: their edges look like contours."""
HIGHEST_SHARE = 0.8
"""The last level begins where this share of the points lies below."""
SQUARE = "454px"
"""The width that makes the plane as wide as it is high."""
LOPSIDED = 0.5
"""One weight below this share of the other counts as a feature that is given up."""
TRACE, MINIMUM = "#ffffff", "#ff3b30"


def named_minimum(W: NDArray[np.float64]) -> str:
    """What a model with the weights (W₁, W₂) makes of its two features.

    ``"antipodal"`` with opposite weights, ``"confused"`` with similar ones, ``"dedicated to feature 1"`` (or
    2) where the other has less than half its weight.
    """
    small, large = np.sort(np.abs(W))
    if small < LOPSIDED * large:
        return f"dedicated to feature {1 + int(np.argmax(np.abs(W)))}"
    return "antipodal" if W[0] * W[1] < 0 else "confused"


class LossSurface(Composite):
    """The exact loss of x' = ReLU(WᵀWx) with n = 2 and m = 1 over its two weights, and its minima.

    White lines are models as they train; each ends in one of the minima: *antipodal*, *dedicated* to one of
    the features, or *confused*, with two similar weights.

    Parameters
    ----------
    density : float, default 0.5
        1 − S of both features, from 0.01 to 1.
    importance : float, default 1.0
        Of the second feature, from 0.1 to 10; the first has 1.
    n_runs : int, default 16
        How many models are trained; 0 for none.
    seed : int, default 0
        The first seed.
    **traits
        ``layout``.

    Raises
    ------
    SettingError
        When a setting cannot be used.
    ImportError
        When bqplot is missing; the message says how to install it.

    Examples
    --------
    >>> LossSurface(density=0.6)  # doctest: +SKIP
    """

    density = traitlets.Any(0.5)
    """1 − S of both features, from 0.01 to 1."""
    importance = traitlets.Any(1.0)
    """Of the second feature, from 0.1 to 10; the first has 1."""
    n_runs = traitlets.Any(16)
    """How many models are trained, 0 to 50."""
    seed = traitlets.Any(0)
    """The first seed."""

    def __init__(self, density: float = 0.5, importance: float = 1.0, **traits: Any) -> None:
        bqplot()
        self._lock = threading.RLock()
        super().__init__(density=density, importance=importance, **traits)
        self._run: Run | None = None
        self._build()
        self._draw()
        self.observe(self._changed, ["density", "importance", "n_runs", "seed"])

    # What a user reads.

    @property
    def minima(self) -> theory.SurfaceMinima:
        """The local minima, deepest first; the surface is the same at −W."""
        return self._minima

    @property
    def run(self) -> Run | None:
        """The models that were trained, with their films; None for ``n_runs=0``."""
        return self._run

    @property
    def value(self) -> dict[str, Any]:
        """Density, importance, and weights and loss of the chosen point, or else of the deepest minimum."""
        chosen: Any = self._layer.chosen
        if chosen is None:
            W, loss = self._minima.W[0], self._minima.loss[0]
        else:
            row, column = chosen
            W = np.array([self._x.values[column], self._y.values[::-1][row]])
            loss = self._surface.loss[::-1][row, column]
        weights = {"W1": float(W[0]), "W2": float(W[1])}
        return {"density": self.density, "importance": self.importance, **weights, "loss": float(loss)}

    @property
    def caption(self) -> str:
        """One sentence that names the minima, and one that says where the training ended."""
        return self._status.text

    @property
    def error(self) -> str:
        """One sentence shown under the surface; empty when all is well."""
        return self._status.error

    def picture(self) -> str:
        """Return the surface as it is now as a static SVG document."""
        title = f"loss at density {self.density:g}, importance (1, {self.importance:g})"
        curves = [(x, y, TRACE) for x, y in self._traces()]
        points = [(float(W[0]), float(W[1]), named_minimum(W)) for W in self._both()]
        labels = ("W₁", "W₂")
        return map_svg.picture(
            [(title, self._pixels(), curves)], self._x, self._y, labels, self.caption, points
        )

    # Traits.

    @traitlets.validate("density", "importance", "n_runs", "seed")
    def _valid(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        try:
            if name == "density":
                return checks.real(name, value, low=DENSITIES[-1], high=1.0)
            if name == "importance":
                return checks.real(name, value, low=IMPORTANCES[0], high=IMPORTANCES[-1])
            return checks.integer(name, value, low=0, high=MOST_RUNS if name == "n_runs" else MAX_SEED)
        except SettingError as error:
            raise traitlets.TraitError(str(error)) from None

    def _changed(self, _change: Any) -> None:
        with self._lock:
            self._draw()

    # Making it.

    def _build(self) -> None:
        surface = theory.loss_surface(1.0)
        self._x, self._y = GridAxis.of(surface.W1.tolist()), GridAxis.of(surface.W2.tolist())
        self._chart = MapChart(
            self._x, self._y, x_label="W₁, weight of feature 1", y_label="W₂, weight of feature 2"
        )
        steps = [f"{w:.2f}".replace("-", "−") for w in surface.W1]
        rows, columns = ([f"W_{k} = {step}" for step in steps] for k in (2, 1))
        self._layer = MapLayer(rows[::-1], columns, name="Loss surface", comparable=False)
        self._status = MapStatus(lambda kind, budget_s: None)
        self._legend = ipywidgets.HTML()
        self._density = _slider("1 − S, density", DENSITIES[::-1], self.density)
        self._importance = _slider("Importance of feature 2", IMPORTANCES, self.importance)
        self._again = ipywidgets.Button(description="Train other seeds")
        self._density.observe(self._slid, "value")
        self._importance.observe(self._slid, "value")
        self._again.on_click(self._train_others)
        wrap = {"flex_flow": "row wrap"}
        controls = ipywidgets.HBox(
            [self._density, self._importance, self._again], layout=ipywidgets.Layout(**wrap)
        )
        chart = self._chart.covered(self._layer)
        chart.layout.flex = f"0 1 {SQUARE}"
        words = ipywidgets.VBox([self._legend, self._status], layout=ipywidgets.Layout(flex="1 1 300px"))
        self._own = list(self._chart.widgets)
        self.children = [controls, ipywidgets.HBox([chart, words], layout=ipywidgets.Layout(**wrap))]

    def _slid(self, _change: Any) -> None:
        with self._lock, self.hold_trait_notifications():
            self.density, self.importance = self._density.value, self._importance.value

    def _train_others(self, _button: Any) -> None:
        self.seed += max(self.n_runs, 1)

    # Drawing.

    def _draw(self) -> None:
        p, last = self.density, self.importance
        self._surface, self._minima = theory.loss_surface(p, last), theory.surface_minima(p, last)
        self._run = self._trained()
        for control, value in ((self._density, p), (self._importance, last)):
            _put(control, value)
        self._chart.paint(self._pixels())
        self._chart.draw_over(
            [(x, y, TRACE) for x, y in self._traces()], [(W, named_minimum(W)) for W in self._both()], MINIMUM
        )
        loss = self._surface.loss[::-1]
        fields = [{"name": "loss"}, {"name": "above the deepest minimum"}]
        self._layer.tell(fields, [loss, loss - self._minima.loss[0]])
        self._legend.value = map_svg.colour_bar("loss, on a log scale", *np.exp(self._scale()).tolist())
        self._status.text, self._status.note = self._words(), self._endings()

    def _trained(self) -> Run | None:
        if self.n_runs == 0:
            return None
        problem = Problem(2, 1, importance=(1.0, self.importance), density=self.density, bias=False)
        engine, _ = choose_engine(problem)
        return train(problem, n_seeds=self.n_runs, seed=self.seed, n_frames=60, **engine)

    def _scale(self) -> NDArray[np.float64]:
        """Ends of the scale: the logarithms of the deepest and of a high loss."""
        loss = np.log(self._surface.loss)
        return np.array([math.log(self._minima.loss[0]), float(np.quantile(loss, HIGHEST_SHARE))])

    def _pixels(self) -> Pixels:
        low, high = self._scale()
        share = np.clip((np.log(self._surface.loss[::-1]) - low) / (high - low), 0.0, 1.0)
        return sequential_pixels(np.floor(share * LEVELS) / LEVELS, 0.0, 1.0)

    def _both(self) -> NDArray[np.float64]:
        """Each minimum and its mirror image."""
        return np.concatenate([self._minima.W, -self._minima.W])

    def _traces(self) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """The way of each model through the plane."""
        if self._run is None:
            return []
        W = self._run.frames.W[:, :, 0, :].astype(np.float64)
        return [(W[:, i, 0], W[:, i, 1]) for i in range(W.shape[1])]

    def _words(self) -> str:
        said = [
            f"{named_minimum(W)} at ({W[0]:.2f}, {W[1]:.2f}) with loss {loss:.4g}".replace("-", "−")
            for W, loss in zip(self._minima.W, self._minima.loss, strict=True)
        ]
        start = f"Density {self.density:g} (S = {1 - self.density:.3g}), importance (1, {self.importance:g})"
        if len(said) == 1:
            return f"{start}: one minimum, {said[0]}, and its mirror image."
        return f"{start}: the deepest minimum is {said[0]}; another is {'; '.join(said[1:])}."

    def _endings(self) -> str:
        if self._run is None:
            return ""
        ends = [named_minimum(W) for W in self._run.W[:, 0].astype(np.float64)]
        counts = ", ".join(f"{ends.count(name)} {name}" for name in sorted(set(ends), key=ends.count)[::-1])
        return f"Of {len(ends)} models (white lines), trained from seed {self.seed} on, end: {counts}."


def _slider(name: str, values: tuple[float, ...], value: float) -> ipywidgets.SelectionSlider:
    return ipywidgets.SelectionSlider(
        options=[(f"{one:g}", one) for one in sorted({*values, value})],
        value=value,
        description=name,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="340px"),
    )


def _put(slider: ipywidgets.SelectionSlider, value: float) -> None:
    """Show a value, also one between those that the slider offers."""
    known = [one for _, one in slider.options]  # pyright: ignore[reportGeneralTypeIssues, reportOptionalIterable]
    if slider.value == value:
        return
    if value not in known:
        slider.options = [(f"{one:g}", one) for one in sorted({*known, value})]
    slider.value = value
