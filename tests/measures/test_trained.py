"""The names of models that were really trained, with fresh seeds, best of twelve."""

import secrets

import pytest

import tms_widgets as tms


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"n_features": 5, "n_hidden": 2, "importance": 0.9, "density": 1.0}, {"2 dedicated features"}),
        ({"n_features": 5, "n_hidden": 2, "importance": 0.9, "density": 0.2}, {"two digons (a square)"}),
        (
            {"n_features": 5, "n_hidden": 2, "importance": 0.9, "density": 0.05},
            {"regular pentagon", "pentagon"},
        ),
        ({"n_features": 6, "n_hidden": 3, "density": 0.1}, {"three digons (an octahedron)"}),
        ({"n_features": 8, "n_hidden": 3, "density": 0.03}, {"square antiprism"}),
    ],
)
def test_trained_models_get_the_papers_names(settings, names):
    seed = secrets.randbelow(2**31)
    run = tms.train(tms.Problem(**settings), n_seeds=12, seed=seed)
    found = tms.measures.geometry(run.best.W)
    assert found.name in names, f"seed {seed}"
    assert found.distance < 0.05


def test_the_canonical_picture_of_a_trained_pentagon():
    problem = tms.Problem(5, 2, importance=0.9, density=0.05)
    picture = tms.train(problem, n_seeds=12, seed=secrets.randbelow(2**31)).best.W[0]
    picture = tms.measures.canonical_rotation(picture) @ picture
    assert picture[0, 0] > 0.9
    assert abs(picture[1, 0]) < 1e-12
    assert picture[1, 1] > 0
