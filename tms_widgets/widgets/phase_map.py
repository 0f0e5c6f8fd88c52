"""What becomes of a feature, over density and importance: the paper's phase map, over theory and models.

`MapPanel` draws the maps under a `MapLayer` that knows their cells; `MapStatus` asks for more while there is
more to train; `CellPanel` shows the models of one cell.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from html import escape
from typing import Any

import ipywidgets
import numpy as np
import traitlets
import xarray as xr

from ..core import checks
from ..core.checks import SettingError
from ..sweeps.session import SweepSession
from ..sweeps.sweep import Sweep
from . import map_svg, phase_words
from .composite import Composite
from .extras import bqplot
from .map_panel import Map, MapPanel
from .map_status import MapStatus
from .phase_cell import CellPanel
from .phase_colours import filled, phase_pixels, sequential_pixels
from .phase_live import LiveControls, LiveSettings
from .phase_plane import PROTOCOLS, ExactPhases, Outcome, PhasePlane, Plane, ValuePlane

OPENING_BUDGET_S = 0.2
"""How long a map trains before its first picture."""
PAINTING_SHARE = 0.3
"""The most of the time that a map that fills is painted, and not trained."""
BOUNDARY = "#000000"


class PhaseMap(Composite):
    """Is a feature ignored, does it get a dimension of its own, or does it share one?

    The last feature of each cell's models has the colour that the paper gives it: white where it is not
    represented, blue with a dimension of its own, red in superposition (*Superposition as a Phase Change*).
    Where theory knows the answer, its map stands beside, and its boundaries lie over both. Pointing shows the
    numbers of a cell, a click or the arrow keys choose one and show its models, and a drag (or Enter) marks
    up to two regions to compare.

    Parameters
    ----------
    source : Sweep, xarray.Dataset or xarray.DataArray, optional
        A sweep over two fields of a problem is trained while it is shown, from coarse to fine; its dataset is
        shown as it is. Of a DataArray with two dimensions the numbers are shown. Default: a live map, which
        is trained again whenever one of its controls moves.
    cell : dict, optional
        The coordinates of the cell to choose first. Default: one in the middle.
    protocol : {"best", "average"}, default "best"
        Show the best model of each cell, or the paper's average of all but the worst.
    n_features, n_hidden, activation, others, n_seeds, side, seed : optional
        Of the live map: 2 and 1 (default) or 3 and 2; the activation (``"relu"``); the importance of each
        feature but the last (1); models a cell (10); cells along each axis (51); the first seed (0).
    **traits
        ``layout``.

    Raises
    ------
    SettingError
        When the source has other than two axes, or a setting cannot be used.
    ImportError
        When bqplot is missing; the message says how to install it.

    Examples
    --------
    >>> PhaseMap()  # doctest: +SKIP
    >>> PhaseMap(Sweep(Problem(20, 5), density=[1.0, 0.1], activation=["relu", "gelu"]))  # doctest: +SKIP
    """

    protocol = traitlets.Enum(PROTOCOLS, "best")
    """What stands for a cell: its ``"best"`` model or the paper's ``"average"``."""
    cell = traitlets.Dict()
    """The coordinates of the chosen cell, by name. Set others, and the nearest cell is chosen."""

    def __init__(
        self,
        source: Sweep | xr.Dataset | xr.DataArray | None = None,
        *,
        cell: dict[str, Any] | None = None,
        protocol: str = "best",
        n_features: int = 2,
        n_hidden: int = 1,
        activation: str = "relu",
        others: float = 1.0,
        n_seeds: int = 10,
        side: int = 51,
        seed: int = 0,
        **traits: Any,
    ) -> None:
        bqplot()
        wish = LiveSettings(n_features, n_hidden, activation, others, n_seeds, side, seed)
        if source is not None and wish != LiveSettings():
            raise SettingError(
                "Settings of the live map were given together with a source, which has its own; "
                "pass only one of the two."
            )
        self._lock = threading.RLock()
        self._settling = False
        self._session: SweepSession | None = None
        self._stopped, self._paint_cost, self._painted = False, 0.0, 0.0
        self._outcome: Outcome | None = None
        self._exact: ExactPhases | None = None
        self._plane: Plane = self._open(wish if source is None else source)
        chosen = None if cell is None else self._plane.cell(cell)
        super().__init__(protocol=checks.choice("protocol", protocol, PROTOCOLS), **traits)
        self._controls = LiveControls(wish, self._retrain) if source is None else None
        self._build()
        self._begin()
        self._choose(chosen or self._middle())
        self._layer.observe(self._chosen, "chosen")
        self._layer.observe(self._marked, "regions")
        self.observe(self._protocol_set, "protocol")
        self.observe(self._cell_set, "cell")

    # What a user reads.

    @property
    def value(self) -> dict[str, Any]:
        """The chosen cell: its coordinates, and its models as ``run`` (None if nothing is trained there yet).

        Of a DataArray its number, as ``value``, in the place of the models.
        """
        chosen = self._chosen_cell
        if isinstance(self._plane, ValuePlane):
            return {**self._plane.at(chosen), "value": float(self._plane.values[chosen])}
        return {**self._plane.at(chosen), "run": self._run(chosen)}

    @property
    def dataset(self) -> xr.Dataset | None:
        """Everything that is trained so far; None for a DataArray."""
        return self._plane.dataset if isinstance(self._plane, PhasePlane) else None

    @property
    def live(self) -> LiveSettings | None:
        """The settings of the live map; None for a source."""
        return None if self._controls is None else self._controls.settings

    @property
    def caption(self) -> str:
        """One sentence that says what the map shows now."""
        return self._status.text

    @property
    def error(self) -> str:
        """One sentence shown under the map; empty when all is well."""
        return self._status.error

    def picture(self) -> str:
        """Return the map as it is now as a static SVG document."""
        return self._maps.picture(self._pictures(), self.caption)

    def train(self, **changes: Any) -> None:
        """Train the live map again with some of its settings changed.

        Raises
        ------
        SettingError
            When a setting cannot be used, or the map shows a source; the picture stays as it was.
        """
        if self._controls is None:
            raise SettingError(
                "This map shows a source that was given; only a live map can be trained again."
            )
        for name in changes:
            if name not in vars(self._controls.settings):
                raise TypeError(self._unknown(name))
        settings = dataclasses.replace(self._controls.settings, **changes)
        self._use(settings)
        self._controls.put(settings)

    def close(self) -> None:
        """Remove the map from the page and from memory. Closing again does nothing."""
        self._session = None
        super().close()

    # Making it.

    def _open(self, source: Any) -> Plane:
        self._note = ""
        if isinstance(source, LiveSettings):
            source, self._note = source.sweep()
        if isinstance(source, Sweep):
            self._session = source.session(order="coarse")
            return PhasePlane(self._session.dataset)
        if isinstance(source, xr.Dataset):
            return PhasePlane(source)
        if isinstance(source, xr.DataArray):
            return ValuePlane(source)
        raise TypeError(f"A PhaseMap needs a Sweep, a Dataset or a DataArray, not {type(source).__name__}.")

    def _build(self) -> None:
        """Make everything that is shown, for the axes of the plane."""
        plane = self._plane
        phases = isinstance(plane, PhasePlane)
        self._exact = ExactPhases.of(plane) if isinstance(plane, PhasePlane) else None
        count = 1 if self._exact is None else 2
        self._maps = MapPanel(plane, count, name="Phase map" if phases else "Map", comparable=phases)
        self._layer = self._maps.layer
        self._status = MapStatus(self._asked)
        self._compared = ipywidgets.HTML()
        self._panel = CellPanel() if phases else None
        self._switch = ipywidgets.Dropdown(
            options=[("its best model", "best"), ("the paper's average", "average")],
            value=self.protocol,
            description="A cell shows",
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto"),
        )
        self._switch.observe(self._switched, "value")
        controls = [] if self._controls is None else self._controls.widgets
        controls += [self._switch] if phases else []
        top = ipywidgets.HBox(controls, layout=ipywidgets.Layout(flex_flow="row wrap"))
        panel = [] if self._panel is None else [self._panel.box]
        self._own = [self._switch, *self._maps.widgets, *(self._panel.widgets if self._panel else [])]
        self.children = [top, self._maps.box, self._status, self._compared, *panel]

    def _begin(self) -> None:
        """Show the first picture of a new plane: after a little training, if there is any to do."""
        self._stopped = False
        if self._session is not None:
            self._session.advance(OPENING_BUDGET_S)
        self._paint()
        self._report()

    def _middle(self) -> tuple[int, int]:
        """A cell to begin with: the one nearest to the middle that is trained."""
        rows, columns = self._plane.shape
        known = np.ones((rows, columns), bool) if self._outcome is None else self._outcome.known
        if not known.any():
            return rows // 2, columns // 2
        cells = np.argwhere(known)
        distance = np.square((cells - [(rows - 1) / 2, (columns - 1) / 2]) / [rows, columns]).sum(axis=1)
        row, column = cells[distance.argmin()]
        return int(row), int(column)

    # Training on request.

    def _asked(self, kind: str, budget_s: float) -> None:
        with self._lock:
            if kind != "continue":
                self._stopped = kind == "cancel"
            elif self._session is not None and not self._session.done and not self._stopped:
                self._session.advance(budget_s)
                waited = time.perf_counter() - self._painted
                if self._session.done or waited * PAINTING_SHARE >= self._paint_cost:
                    self._paint()
            self._report()

    def _report(self) -> None:
        session = self._session
        if session is None or session.done:
            self._status.report(running=False, progress=1.0)
        else:
            self._status.report(
                running=not self._stopped,
                stopped=self._stopped,
                progress=session.progress,
                eta_s=session.eta_s,
            )

    def _retrain(self, settings: LiveSettings) -> None:
        """A control moved: what goes wrong is said in the widget, and the picture stays."""
        try:
            self._use(settings)
        except SettingError as error:
            self._status.error = str(error)

    def _use(self, settings: LiveSettings) -> None:
        """Train other settings of the live map."""
        with self._lock:
            sweep, note = settings.sweep()
            session = sweep.session(order="coarse")
            plane = PhasePlane(session.dataset)
            if plane.shape != self._plane.shape:
                raise SettingError("side is decided when the map is made; make another PhaseMap.")
            self._session, self._plane, self._note = session, plane, note
            self._exact = ExactPhases.of(plane)
            self._begin()
            self._show_cell()

    # Painting.

    def _pictures(self) -> list[Map]:
        plane = self._plane
        if isinstance(plane, ValuePlane):
            return [(plane.name, sequential_pixels(plane.values, *_scale(plane.values)), [])]
        if self._outcome is None or not isinstance(plane, PhasePlane):
            return []
        exact, known = self._exact, self._outcome.known
        curves: list[map_svg.Curve] = [] if exact is None else [(x, y, BOUNDARY) for x, y in exact.boundaries]
        pixels = filled(phase_pixels(self._outcome.norm, self._outcome.interference), known)
        maps: list[Map] = [
            (f"Trained models: {phase_words.judged(self.protocol, plane.n_seeds)}", pixels, curves)
        ]
        if exact is not None:
            maps.append(("Theory, for ReLU", phase_pixels(exact.phase > 0, exact.phase == 2), curves))
        return maps

    def _paint(self) -> None:
        start = time.perf_counter()
        plane = self._plane
        if isinstance(plane, ValuePlane):
            self._maps.paint(self._pictures(), map_svg.colour_bar(plane.name, *_scale(plane.values)))
            self._layer.tell([{"name": plane.name}], [plane.values])
            self._status.text = phase_words.caption_of_values(plane)
        elif isinstance(plane, PhasePlane):
            self._outcome = plane.outcome(self.protocol)
            self._maps.paint(self._pictures(), map_svg.phase_legend(plane.dataset.sizes["feature"]))
            self._tell(plane, self._outcome)
        self._painted = time.perf_counter()
        self._paint_cost = self._painted - start

    def _tell(self, plane: PhasePlane, outcome: Outcome) -> None:
        """Say in words and numbers what was painted."""
        # along an axis of activations there is no one of them
        varied = "activation" in (plane.x_name, plane.y_name)
        activation = "" if varied else plane.problem((0, 0)).activation
        exact = self._exact if activation == "relu" else None
        self._layer.tell(*phase_words.facts(plane, outcome, self._exact, self.protocol))
        with self._status.hold_sync():
            self._status.error = ""
            self._status.text = phase_words.caption(plane, outcome, exact, self.protocol, activation)
            self._status.note = " ".join(
                filter(None, [phase_words.note(self.protocol, plane.n_seeds, exact is not None), self._note])
            )
        self._marked()
        if self._panel is not None and self._panel.run is None and self._layer.chosen:
            self._show_cell()

    # Choosing.

    @property
    def _chosen_cell(self) -> tuple[int, int]:
        chosen: Any = self._layer.chosen
        row, column = chosen
        return row, column

    def _run(self, cell: tuple[int, int]) -> Any:
        if not isinstance(self._plane, PhasePlane) or self._outcome is None or not self._outcome.known[cell]:
            return None
        return self._plane.run(cell)

    def _choose(self, cell: tuple[int, int]) -> None:
        self._layer.chosen = list(cell)
        self._settling = True
        try:
            self.cell = self._plane.at(cell)
        finally:
            self._settling = False
        self._show_cell()

    def _show_cell(self) -> None:
        if self._panel is None or self._outcome is None or not isinstance(self._plane, PhasePlane):
            return
        cell = self._chosen_cell
        words = phase_words.heading(self._plane, self._outcome, self._exact, cell, self.protocol)
        try:
            self._panel.show(words, self._run(cell))
        except SettingError as error:  # no model of the cell stayed finite
            self._panel.show(f"{words} {error}", None)

    def _chosen(self, change: Any) -> None:
        rows, columns = self._plane.shape
        if change.new is None or self._settling:
            return
        with self._lock:
            row, column = change.new
            self._choose((min(row, rows - 1), min(column, columns - 1)))

    def _cell_set(self, change: Any) -> None:
        if not self._settling:
            with self._lock:
                self._choose(self._plane.cell(change.new))

    @traitlets.validate("cell")
    def _valid_cell(self, proposal: Any) -> dict[str, Any]:
        if self._settling:
            return proposal["value"]
        try:
            return self._plane.at(self._plane.cell(proposal["value"]))
        except SettingError as error:
            raise traitlets.TraitError(str(error)) from None

    def _marked(self, _change: Any = None) -> None:
        if not isinstance(self._plane, PhasePlane) or self._outcome is None:
            return
        said = phase_words.compared(self._plane, self._outcome, self._exact, self._layer.regions)
        lines = "".join(f"<div>{escape(line)}</div>" for line in said)
        self._compared.value = (
            f'<div aria-live="polite" style="line-height:1.4">{lines}</div>' if said else ""
        )

    def _switched(self, change: Any) -> None:
        self.protocol = change.new

    def _protocol_set(self, change: Any) -> None:
        with self._lock:
            self._switch.value = change.new
            self._paint()
            self._show_cell()


def _scale(values: Any) -> tuple[float, float]:
    """The ends of a scale for numbers of which some may not be finite."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
