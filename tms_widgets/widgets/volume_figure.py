"""An ipyvolume figure of polyhedra that move: the one file that knows ipyvolume.

Every mark holds all frames at once, and ``sequence_index`` says which one is drawn. The figure is built once,
so that a film plays in the browser alone, and a WebGL context, of which a page has few, is taken only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from .extras import ipyvolume
from .film import Film
from .polyhedra import Polyhedra
from .svg import OKABE_ITO

GLYPHS = ("sphere", "box", "diamond", "cylinder_hr", "arrow")
"""Bodies that ipyvolume knows, in the place of the shapes that the other views give to features."""
NEUTRAL = "#8c959f"
"""In the place of black, which would be lost on a dark page."""
FACE_OPACITY = 0.3
SIZE, SIZE_CHOSEN = 4.5, 7.0
EYE = (-0.62, 0.5, 1.2)
"""Where the camera stands at first: no axis of the canonical rotation points at it, nor does their sum, along
which correlated features lie before they part."""
WIDTH, HEIGHT = 600, 440


class VolumeFigure:
    """The figure of one film: a mark for each shape of feature, spokes, edges and faces.

    Parameters
    ----------
    film : Film
        Of three hidden dimensions.
    shapes : Polyhedra
        Of the same film.
    frame : int
        The frame drawn first.
    """

    def __init__(self, film: Film, shapes: Polyhedra, frame: int) -> None:
        ipv = ipyvolume()
        n = film.W.shape[2]
        size = film.set_size or 1
        # members of a set share a colour and differ in shape, as in the other views
        styles = [(i // size, i % size) if size > 1 else (i, i // 8) for i in range(n)]
        colours = np.array([_rgb(_colour(colour)) for colour, _ in styles])
        glyphs = np.array([shape % len(GLYPHS) for _, shape in styles])
        self.members = [
            np.flatnonzero(glyphs == glyph) for glyph in range(len(GLYPHS)) if (glyphs == glyph).any()
        ]
        self.points = [
            ipv.Scatter(
                **_places(shapes.corners[:, some]), color=_opaque(colours[some]), geo=GLYPHS[glyphs[some[0]]],
                size=SIZE, size_selected=SIZE_CHOSEN, color_selected=_opaque(colours[some]),
                sequence_index=frame,
            )
            for some in self.members
        ]  # fmt: skip
        middle = np.zeros_like(shapes.corners)
        spokes = np.stack([middle, shapes.corners], axis=2)
        meshes = [_lines(ipv, spokes, np.repeat(colours, 2, axis=0), frame)]
        if shapes.edges.shape[1]:
            meshes.append(_lines(ipv, shapes.edges, np.array(_rgb(NEUTRAL)), frame))
        if shapes.triangles.shape[1]:
            meshes.append(_faces(ipv, shapes.triangles, frame))
        self.meshes = meshes
        reach = 1.05 * max(1.0, float(np.linalg.norm(shapes.corners, axis=2).max()))
        self.figure = ipv.Figure(
            scatters=self.points, meshes=meshes, animation=0.0, width=WIDTH, height=HEIGHT,
            style=style("#ffffff"), layout=ipywidgets.Layout(width="100%", min_width="0"),
        )  # fmt: skip
        self.figure.xlim = self.figure.ylim = self.figure.zlim = (-reach, reach)
        self.figure.camera.position = EYE

    @property
    def marks(self) -> list[ipywidgets.Widget]:
        """Everything that has a ``sequence_index``."""
        return [*self.points, *self.meshes]

    def choose(self, features: Sequence[int]) -> None:
        """Draw some features larger than the others."""
        for mark, some in zip(self.points, self.members, strict=True):
            inside = np.flatnonzero(np.isin(some, list(features)))
            mark.selected = inside.astype(np.int32) if len(inside) else None


def style(paper: str) -> dict[str, Any]:
    """A figure without axes, on paper of a colour."""
    # ipyvolume wants the colours of axes also when it does not draw them
    words = {"color": NEUTRAL}
    axes = {"visible": False, "color": NEUTRAL, "label": words, "ticklabel": words}
    return {"background-color": paper, "axes": axes, "box": {"visible": False}}


def _lines(ipv: ModuleType, ends: NDArray[np.float64], colours: NDArray[np.float64], frame: int) -> Any:
    """Segments (F, k, 2, 3), with one colour or one for each end."""
    frames, count = ends.shape[:2]
    pairs = np.arange(2 * count, dtype=np.uint32).reshape(-1, 2)
    places = _places(ends.reshape(frames, 2 * count, 3))
    colours = np.broadcast_to(colours, (2 * count, 3))
    return ipv.Mesh(**places, lines=pairs, color=_opaque(colours), sequence_index=frame)


def _faces(ipv: ModuleType, corners: NDArray[np.float64], frame: int) -> Any:
    """Triangles (F, t, 3, 3) that let through what is behind them."""
    frames, count = corners.shape[:2]
    threes = np.arange(3 * count, dtype=np.uint32).reshape(-1, 3)
    colours = np.tile([*_rgb(NEUTRAL), FACE_OPACITY], (3 * count, 1))
    places = _places(corners.reshape(frames, 3 * count, 3))
    mesh = ipv.Mesh(**places, triangles=threes, color=colours, sequence_index=frame)
    mesh.material.transparent, mesh.material.depthWrite = True, False
    return mesh


def _places(points: NDArray[np.float64]) -> dict[str, NDArray[np.float32]]:
    """Points (F, k, 3) as the coordinates that a mark wants, each (F, k)."""
    return {name: np.ascontiguousarray(points[..., k], np.float32) for k, name in enumerate("xyz")}


def _colour(k: int) -> str:
    chosen = OKABE_ITO[k % len(OKABE_ITO)]
    return NEUTRAL if chosen == OKABE_ITO[-1] else chosen


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return red, green, blue


def _opaque(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([colours, np.ones((len(colours), 1))], axis=1)
