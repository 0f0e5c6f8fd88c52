from dataclasses import dataclass

import numpy as np
import pytest

from tms_widgets import measures
from tms_widgets.measures.polytopes import polygon, square_antiprism, tegum_product


@dataclass
class Stated:
    n_features: int
    n_hidden: int
    has_neurons: bool = False
    free_basis: bool = True


@pytest.mark.parametrize(
    ("W", "sentence"),
    [
        (polygon(5), "5 features in 2 dimensions: a regular pentagon; loss 0.0123; best of 8 seeds"),
        (polygon(8), "8 features in 2 dimensions: a regular octagon; loss 0.0123; best of 8 seeds"),
        (polygon(4), "4 features in 2 dimensions: two digons (a square); loss 0.0123; best of 8 seeds"),
        (square_antiprism(), "8 features in 3 dimensions: a square antiprism; loss 0.0123; best of 8 seeds"),
        (np.eye(3), "3 features in 3 dimensions: 3 dedicated features; loss 0.0123; best of 8 seeds"),
        (np.zeros((2, 2)), "2 features in 2 dimensions: nothing represented; loss 0.0123; best of 8 seeds"),
        (np.eye(1), "1 feature in 1 dimension: 1 dedicated feature; loss 0.0123; best of 8 seeds"),
        (
            tegum_product(polygon(5), np.array([[1.0, -1.0]])),
            "7 features in 3 dimensions: a regular pentagon and a digon (a pentagonal bipyramid); "
            "loss 0.0123; best of 8 seeds",
        ),
    ],
)
def test_what_the_caption_says(W, sentence):
    m, n = W.shape
    assert measures.describe(Stated(n, m), W, 0.012345, 8) == sentence


@pytest.mark.parametrize(("neurons", "space"), [(True, "2 neurons"), (False, "2 dimensions")])
def test_a_privileged_basis_is_not_described_by_angles(neurons, space):
    W = np.hstack([polygon(5), np.zeros((2, 1))])
    sentence = measures.describe(Stated(6, 2, neurons, free_basis=False), W, 1.5e-5, 1)
    assert sentence == f"6 features in {space}: 5 of them represented; loss 1.5e-05; one seed"


def test_an_octagon_that_is_not_regular_takes_the_other_article():
    W = polygon(8) * np.where(np.arange(8) % 2, 1.2, 1.0)
    assert ": an octagon;" in measures.describe(Stated(8, 2), W, 0.1, 2)
