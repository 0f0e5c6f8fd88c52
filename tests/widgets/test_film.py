"""What can be drawn, what is refused and in which words, and the bytes that travel."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tms_widgets import Problem, WeightMatrix, measures, train
from tms_widgets.core.checks import SettingError
from tms_widgets.widgets import film as film_module
from tms_widgets.widgets.film import film_of

RNG = np.random.default_rng()
PENTAGON = np.stack([np.cos(2 * np.pi * np.arange(5) / 5), np.sin(2 * np.pi * np.arange(5) / 5)])


@pytest.fixture(scope="module")
def run():
    return train(Problem(5, 2, importance=0.9, sparsity=0.9), n_seeds=3, seed=1, steps=120, n_frames=7)


def frames_of(film):
    """Read a film as the browser does."""
    meta = film.meta
    n, m = meta["n"], meta["m"]
    stride = m * n * (2 if meta["untied"] else 1) + n
    return np.frombuffer(film.bytes, "<f4").reshape(len(meta["steps"]), stride)


def test_a_run_is_shown_by_its_best_instance(run):
    film = film_of(run)
    meta, best = film.meta, run.best
    assert meta["steps"] == best.frames.step.tolist()
    np.testing.assert_allclose(meta["losses"], best.frames.loss[:, 0])
    assert meta["importance"] == best.problem.importance_vector.tolist()
    frames = frames_of(film)
    for f, row in enumerate(frames):
        W, original = row[:10].reshape(2, 5), best.frames.W[f, 0]
        np.testing.assert_allclose(W.T @ W, original.T @ original, atol=1e-5)
        np.testing.assert_allclose(row[10:], best.frames.b[f, 0], atol=1e-6)
    assert "best of 3" in film.caption


def test_any_instance_of_a_run(run):
    film = film_of(run, instance=2)
    W = run.frames.W[-1, 2]
    np.testing.assert_allclose(film.W[-1].T @ film.W[-1], W.T @ W, atol=1e-5)
    with pytest.raises(SettingError, match="instance=3 is outside 0 to 2"):
        film_of(run, instance=3)


def test_the_last_frame_stands_in_canonical_rotation(run):
    last = film_of(run).W[-1]
    np.testing.assert_allclose(measures.canonical_rotation(last), np.eye(2), atol=1e-5)


@pytest.mark.parametrize("architecture", ["relu_hidden", "untied"])
def test_a_privileged_basis_is_kept(architecture):
    run = train(Problem(4, 3, architecture=architecture), n_seeds=1, steps=20, n_frames=2)
    film = film_of(run)
    np.testing.assert_array_equal(film.W[-1], run.W[0])
    if architecture == "untied":
        assert film.meta["untied"]
        np.testing.assert_array_equal(frames_of(film)[-1][12:24].reshape(4, 3), run.W_out[0])


def test_modules_arrays_and_films_are_all_sources(run):
    module = run.module(0)
    arrays = film_of((run.W, run.b), instance=0)
    for film in (film_of(module), arrays, film_of(arrays)):
        np.testing.assert_allclose(film.W[0].T @ film.W[0], run.W[0].T @ run.W[0], atol=1e-5)
        np.testing.assert_allclose(film.b[0], run.b[0], atol=1e-6)
    assert film_of(module).importance == tuple(run.problem.importance_vector.tolist())


def test_any_module_with_weights_will_do():
    module = torch.nn.Module()
    module.W = torch.nn.Parameter(torch.tensor(PENTAGON))
    module.b = torch.nn.Parameter(torch.zeros(5))
    assert film_of(module).caption == film_of(PENTAGON).caption
    assert "pentagon" in film_of(PENTAGON).caption


def test_a_bare_matrix_has_no_bias_and_instances_are_counted_from_zero():
    stack = np.stack([PENTAGON, 2 * PENTAGON])
    np.testing.assert_array_equal(film_of(stack).b, np.zeros((1, 5)))
    assert np.linalg.norm(film_of(stack, instance=1).W) == pytest.approx(2 * np.linalg.norm(PENTAGON))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ([[1.0, np.nan]], r"W holds 1 of 2 values that are not finite"),
        (([[1.0, 2.0]], [0.0, np.inf]), r"b holds 1 of 2 values that are not finite"),
        (([[1.0, 2.0]], [0.0]), r"b has 1 entries but W has 2 features; pass 2 numbers"),
        ([1.0, 2.0], r"W has shape \(2,\); it must be \(m, n\) or \(k, m, n\)"),
        (np.zeros((2, 0)), r"W has shape \(2, 0\) and holds no numbers"),
        ("W", r"W='W' is not an array of real numbers"),
        (None, r"W=None is not an array of real numbers"),
        ([[1.0], [1.0, 2.0]], r"is not an array of real numbers"),
        (np.ones((2, 2)) * 1j, r"is not an array of real numbers"),
        (np.ones((2, 2), dtype=bool), r"is not an array of real numbers"),
        (np.zeros((1, 1001)), r"at most 1000 features and dimensions can be drawn"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(source, words):
    with pytest.raises(SettingError, match=words) as caught:
        film_of(source)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_weights_without_a_bias_and_decoders_that_do_not_fit():
    class Half:
        W = np.ones((2, 3))

    with pytest.raises(SettingError, match="Half has weights W but no bias b"):
        film_of(Half())

    class Wrong(Half):
        b = np.zeros(3)
        W_out = np.ones((2, 3))

    with pytest.raises(SettingError, match=r"W_out must be \(3, 2\)"):
        film_of(Wrong())


def test_a_film_too_long_for_the_browser_says_how_many_frames_fit(run, monkeypatch):
    monkeypatch.setattr(film_module, "MAX_BYTES", 4 * 15 * 3)
    with pytest.raises(SettingError, match="record at most 3 frames"):
        film_of(run)


def test_a_failed_show_keeps_the_picture(run):
    widget = WeightMatrix(run)
    before = widget._film
    with pytest.raises(SettingError):
        widget.show([[np.nan]])
    assert widget._film == before
    widget.show(PENTAGON)
    assert (widget.frame, widget._meta["n"], len(widget.film)) == (0, 5, 1)
    widget.close()


@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 4), st.integers(1, 6)),
        elements=st.floats(-1e6, 1e6, allow_subnormal=False),
    )
)
def test_every_finite_matrix_can_be_drawn(W):
    film = film_of(W)
    meta = film.meta
    rows = np.array(meta["plane"])
    assert rows.shape == (2, W.shape[0])
    if W.shape[0] > 1:
        np.testing.assert_allclose(rows @ rows.T, np.eye(2), atol=1e-6)
    scale = max(1.0, float(np.abs(W).max()) ** 2)
    last = film.W[0].astype(float)
    np.testing.assert_allclose(last.T @ last / scale, W.T @ W / scale, atol=1e-5)
