"""Still pictures are well-formed, hold what they claim to show, and stay small."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from tms_widgets.widgets.film import film_of
from tms_widgets.widgets.svg import picture

SVG = "{http://www.w3.org/2000/svg}"
PANELS = ("geometry", "matrix", "bars", "loss")


def drawn(film, *panels):
    return ET.fromstring(picture(film, len(film) - 1, panels or PANELS))


def test_captions_are_escaped():
    film = replace(film_of(np.eye(2)), caption='<script>&"quotes"')
    root = drawn(film)
    assert root.findtext(f"{SVG}title") == '<script>&"quotes"'


@pytest.mark.parametrize("m", [1, 2, 3, 6])
def test_every_feature_has_an_arrow_and_a_bar(m):
    film = film_of(np.random.default_rng().normal(size=(m, 7)))
    assert len(drawn(film, "geometry").findall(f".//{SVG}circle")) == 1 + 7
    assert len(drawn(film, "bars").findall(f".//{SVG}rect")) == 1 + 7
    titled = "".join(drawn(film, "geometry").itertext())
    assert ("projected" in titled) == (m > 2)


def test_the_matrix_draws_the_cells_that_are_not_zero():
    for W, b, cells in [(np.eye(3), np.zeros(3), 3), (np.ones((1, 4)), -np.ones(4), 16 + 4)]:
        root = drawn(film_of((W, b)), "matrix")
        assert len(root.findall(f".//{SVG}rect")) == 1 + 2 + cells


def test_no_coordinate_is_missing_or_outside():
    film = film_of(np.array([[0.0, 0.0, 3.0], [0.0, -2.0, 0.0]]))
    root = drawn(film)
    width = float(root.attrib["width"])
    for element in root.iter():
        for name in ("x", "y", "cx", "cy", "x1", "x2", "y1", "y2"):
            if name in element.attrib:
                assert -30 <= float(element.attrib[name]) <= width


def test_a_large_model_makes_a_small_picture_that_says_what_it_leaves_out():
    film = film_of(np.random.default_rng().normal(size=(30, 400)))
    text = picture(film, 0)
    assert len(text) < 300_000
    assert "first 40 of 400" in text


def test_losses_that_are_not_positive_leave_a_gap():
    film = film_of(np.eye(2))
    many = replace(
        film,
        W=np.repeat(film.W, 4, 0),
        b=np.repeat(film.b, 4, 0),
        steps=(0, 1, 10, 100),
        losses=(1.0, 0.0, float("nan"), 0.1),
    )
    line = drawn(many, "loss").find(f".//{SVG}polyline")
    assert line is not None
    assert len(line.attrib["points"].split()) == 2
