"""The Explorer and the feature graph look as they did when somebody last looked at them, light and dark.

After a change that is meant to be seen, look at the new pictures and keep them:
``TMS_KEEP_PICTURES=1 .venv/bin/python -m pytest tests/browser -k look``.
"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tms_widgets.core import Problem, train
from tms_widgets.measures.polytopes import polygon, simplex, square_antiprism, tegum_product
from tms_widgets.widgets.explorer import Explorer
from tms_widgets.widgets.feature_graph import FeatureGraph

from .conftest import Mount
from .pictures import FEW, FOLDER, assert_as_kept, changed, picture_of

SHAPES = tegum_product(
    *[simplex(2)] * 6, *[simplex(3)] * 2, simplex(4), polygon(5), square_antiprism(), np.zeros((0, 5))
)
"""Digons, triangles, a tetrahedron, a pentagon, a square antiprism, and five that are not represented."""


def explorer_of(density: float) -> Explorer:
    return Explorer(train(Problem(5, 2, importance=0.9, density=density), n_seeds=8))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_explorer_looks_as_it_did(mount: Mount, theme: str, width: int) -> None:
    explorer = explorer_of(0.1)
    window = {"width": width, "height": 900}
    new = picture_of(mount(explorer, width=width - 16, theme=theme, viewport=window))
    explorer.close()
    assert_as_kept(new, f"explorer-{theme}-{width}.png")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [900, 400])
def test_the_feature_graph_looks_as_it_did(mount: Mount, theme: str, width: int) -> None:
    graph = FeatureGraph(SHAPES)
    new = picture_of(mount(graph, width=width - 16, theme=theme, viewport={"width": width, "height": 700}))
    graph.close()
    assert_as_kept(new, f"graph-{theme}-{width}.png")


def test_another_model_is_seen_as_a_change(mount: Mount) -> None:
    explorer = explorer_of(1.0)
    new = picture_of(mount(explorer, width=1264, viewport={"width": 1280, "height": 900}))
    explorer.close()
    assert changed(new, Image.open(FOLDER / "explorer-light-1280.png")) > FEW
