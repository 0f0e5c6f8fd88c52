"""Stacks and graphs of neurons: what they say, what they send, and their pictures without a kernel."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets

import tms_widgets as tms
from tms_widgets import measures
from tms_widgets.core.checks import SettingError
from tms_widgets.measures.neurons import DEAD, STRONG
from tms_widgets.widgets.film import film_of
from tms_widgets.widgets.neuron_graph import MOST_LINES, NeuronGraph, weakest_drawn
from tms_widgets.widgets.neuron_model import Neurons
from tms_widgets.widgets.selection import Selection
from tms_widgets.widgets.stack_plot import StackPlot

SVG = "{http://www.w3.org/2000/svg}"
TIED = np.array([[0.0, 0.0, 2.0, -0.5], [1.0, 0.8, 0.0, 0.0], [0.0, 0.0, 0.0, 0.06]])
"""Neuron 0 is for feature 2 alone, neuron 1 for features 0 and 1, neuron 2 is dead."""
ABSOLUTE = np.array([[2.0, 0.0], [-0.5, 0.0], [0.0, 1.0], [0.0, -1.0]])
UNTIED = (ABSOLUTE, np.zeros(2), np.abs(ABSOLUTE.T) / [4.0, 0.25, 1.0, 1.0])
"""|x| of two features, exactly, with weights in and out of different sizes."""
VIEWS = [lambda *args, **traits: StackPlot(*args, by="neuron", **traits), NeuronGraph]

Make = Callable[..., Any]


@pytest.fixture(params=VIEWS, ids=["stacks", "graph"])
def view(request: pytest.FixtureRequest, making: Callable[[Any], Make]) -> Make:
    return making(request.param)


@pytest.fixture
def stacks(making: Callable[[Any], Make]) -> Make:
    return making(VIEWS[0])


@pytest.fixture
def graph(making: Callable[[Any], Make]) -> Make:
    return making(NeuronGraph)


def drawn(widget: Any) -> ElementTree.Element:
    return ElementTree.fromstring(widget.picture())


def words_of(root: ElementTree.Element) -> list[str]:
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def trained() -> tms.Run:
    problem = tms.Problem(6, 3, importance=0.75, density=0.3, architecture="relu_hidden")
    return tms.train(problem, n_seeds=4, seed=3, n_frames=8)


def test_neurons_are_counted_by_a_threshold_that_is_said(view: Make) -> None:
    said = view(TIED).caption
    assert said.startswith("4 features in 3 neurons; ")
    assert "1 of 3 neurons monosemantic, 1 polysemantic, 1 dead" in said
    assert f"W_ai above {STRONG:g} of its largest" in said
    assert f"dead at {DEAD:g}" in said
    assert "4 of 4 neurons monosemantic" in view(UNTIED).caption


def test_the_caption_names_the_sample_and_follows_the_frame(view: Make, trained: tms.Run) -> None:
    one = view(trained)
    assert "best of 4 seeds" in one.caption
    for frame in (0, 7):
        one.frame = frame
        W = one.film.W[frame]
        counted = int(measures.monosemantic(W).sum()), int(measures.polysemantic(W).sum())
        assert "{} of 3 neurons monosemantic, {} polysemantic".format(*counted) in one.caption
        assert drawn(one).get("aria-label") == one.caption


def test_neurons_stand_in_the_order_of_the_measure(view: Make, trained: tms.Run) -> None:
    one = view(trained)
    assert one._meta["neuron_order"] == measures.neuron_order(one.film.W[-1]).tolist()
    assert view(UNTIED)._meta["neuron_order"] == [0, 1, 2, 3]
    assert view(TIED)._meta["neuron_order"] == [1, 0, 2]


def test_hidden_dimensions_are_drawn_as_they_are(view: Make, seed: int) -> None:
    W = np.random.default_rng(seed).normal(size=(3, 5))
    np.testing.assert_allclose(view(W).film.W[-1], W, rtol=1e-6)
    run = tms.train(tms.Problem(5, 3), n_seeds=1, seed=seed, steps=50)
    np.testing.assert_allclose(view(run).film.W[-1], run.W[0], atol=1e-6)
    assert film_of(run, keep_basis=True).architecture == "relu_output"
    one = view(W)
    assert one.film.architecture == "relu_hidden", "arrays are taken for those of neurons"
    one.show(2 * W)
    np.testing.assert_allclose(one.film.W[-1], 2 * W, rtol=1e-6)


def test_weights_of_untied_models_are_rescaled() -> None:
    neurons = Neurons.of(film_of(UNTIED), 0)
    np.testing.assert_allclose(np.abs(neurons.W).max(axis=1), 1)
    np.testing.assert_allclose(neurons.decoder @ np.maximum(neurons.W, 0), np.eye(2), atol=1e-6)
    assert neurons.kinds == ("monosemantic",) * 4
    np.testing.assert_allclose(neurons.disturbed, 0)


def test_triples_of_arrays_are_untied_models() -> None:
    W, b, W_out = UNTIED
    film = film_of((W[None], b[None], W_out[None]), 0)
    assert film.architecture == "untied"
    np.testing.assert_allclose(film.W_out[0], W_out)  # pyright: ignore[reportOptionalSubscript]
    with pytest.raises(SettingError, match="W_out must be"):
        film_of((W, b, W_out.T))


def test_what_there_is_one_bar_of_is_settled_when_the_plot_is_made(making: Callable[[Any], Make]) -> None:
    make = making(StackPlot)
    assert make(TIED).by == "feature"
    one = make(TIED, by="neuron")
    assert one.get_state("by") == {"by": "neuron"}
    with pytest.raises(traitlets.TraitError):
        one.by = "feature"
    with pytest.raises(SettingError, match="did you mean 'neuron'"):
        StackPlot(TIED, by="neurons")


def test_weights_are_signed_or_absolute(stacks: Make) -> None:
    one = stacks(TIED)
    assert one.weights == "signed"
    signed = words_of(drawn(one))
    one.weights = "absolute"
    assert any(word.startswith("−") for word in signed)
    assert not any(word.startswith("−") for word in words_of(drawn(one)))
    with pytest.raises(traitlets.TraitError):
        one.weights = "squared"


def test_a_still_picture_of_stacks_has_a_piece_for_each_weight(stacks: Make) -> None:
    root = drawn(stacks(TIED))
    background, columns, pieces = 1, 3, 5
    assert len(root.findall(f".//{SVG}rect")) == background + columns + pieces
    words = words_of(root)
    assert words.count("W") == 1
    assert any("Σ_{j≠i}(Ŵ_i·W_j)²" in line for line in words)
    both = drawn(stacks(UNTIED))
    assert len(both.findall(f".//{SVG}rect")) == background + 4 + 2 * 4
    assert {"in: W", "out: W_out"} <= set(words_of(both))


def test_a_still_picture_of_a_graph_has_a_line_for_each_weight_above_the_threshold(graph: Make) -> None:
    one = graph(TIED)
    paths = drawn(one).findall(f".//{SVG}path")
    strong = int((np.abs(TIED) > one.threshold).sum())
    assert len(paths) == 2 * strong == 8
    assert sum(path.get("stroke") == "#2166ac" for path in paths) == 2, "negative ones are blue"
    assert len(drawn(one).findall(f".//{SVG}circle")) == 2 * 4 + 3
    assert f"Lines: 8 weights above {one.threshold:.3g} in size, 2 weaker ones left out." in one.caption


@pytest.mark.parametrize("untied", [False, True], ids=["tied", "untied"])
@pytest.mark.parametrize(("n", "m"), [(3, 6), (100, 40), (1, 1)])
def test_pictures_stay_small_and_inside(view: Make, seed: int, n: int, m: int, untied: bool) -> None:
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(m, n))
    source = (W, np.zeros(n), rng.normal(size=(n, m))) if untied else W
    text = view(source).picture()
    assert len(text) < 1_000_000
    assert "nan" not in text
    root = ElementTree.fromstring(text)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for element in root.iter():
        assert 0 <= float(element.get("x", 0)) <= width
        assert -1 <= float(element.get("y", 0)) <= height
        assert 0 <= float(element.get("cy", 0)) <= height


def test_nothing_is_drawn_of_nothing(view: Make) -> None:
    one = view(np.zeros((2, 3)))
    assert "0 of 2 neurons monosemantic, 0 polysemantic, 2 dead" in one.caption
    assert drawn(one).findall(f".//{SVG}path") == []


def test_few_enough_lines_are_drawn(graph: Make, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for shape in ((6, 3), (40, 100), (100, 100)):
        W = rng.normal(size=shape)
        least = weakest_drawn(film_of(W, keep_basis=True))
        lines = 2 * int((np.abs(W) > least).sum())
        assert lines <= MOST_LINES
        assert least >= 0.05 * np.abs(W).max() * 0.999
        assert graph(W).threshold == least
        if W.size > MOST_LINES:
            assert lines > 0.6 * MOST_LINES, "and not many fewer than there is room for"
    assert weakest_drawn(film_of(np.zeros((2, 2)))) == 0


def test_a_threshold_that_was_given_stays(graph: Make) -> None:
    one, own = graph(TIED, threshold=0.9), graph(TIED)
    assert "Lines: 4 weights above 0.9 in size" in one.caption
    for widget in (one, own):
        widget.show(10 * TIED)
    assert one.threshold == 0.9
    assert own.threshold == pytest.approx(1.0)
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(traitlets.TraitError, match="threshold"):
            one.threshold = wrong
        with pytest.raises(SettingError, match="threshold"):
            NeuronGraph(TIED, threshold=wrong)
    with pytest.raises(SettingError, match="is not a number"):
        NeuronGraph(TIED, threshold="much")
    assert one.threshold == 0.9


def test_a_selection_is_shared(view: Make) -> None:
    selection = Selection()
    one = view(TIED, selection=selection)
    selection.hovered = 2
    assert one.hovered == 2
    one.pinned = [1]
    assert selection.value == one.value == (1,)
    one.close()
    selection.close()


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(TypeError, match="did you mean 'threshold'"):
        NeuronGraph(TIED, treshold=0.1)
    with pytest.raises(TypeError, match="did you mean 'weights'"):
        StackPlot(TIED, by="neuron", weight="signed")


def test_a_neuron_is_kept_in_view_by_its_number(graph: Make) -> None:
    one = graph(TIED, neuron=1)
    assert one.get_state("neuron") == {"neuron": 1}
    for wrong in (-1, True, 0.5):
        with pytest.raises(traitlets.TraitError):
            one.neuron = wrong


def test_a_page_without_a_kernel_gets_a_picture_and_a_sentence(view: Make) -> None:
    one = view(TIED)
    data = one._repr_mimebundle_()[0]
    assert data["text/plain"] == one.caption
    assert ElementTree.fromstring(data["image/svg+xml"]).get("aria-label") == one.caption
