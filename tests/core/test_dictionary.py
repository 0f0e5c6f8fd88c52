"""Dictionaries: known directions are found again, and settings are refused with words."""

import numpy as np
import pytest
import torch

from tms_widgets.core import SettingError, autoencoder, fit_dictionaries, fit_dictionary
from tms_widgets.core.autoencoder import _Autoencoders


@pytest.fixture
def rng():
    return np.random.default_rng()


def mixtures(directions, density, count, rng):
    """Sums of few of the directions (columns), each times a number from 0 to 1."""
    n = directions.shape[1]
    x = rng.random((count, n)) * (rng.random((count, n)) < density)
    return x[x.any(axis=1)] @ directions.T


def unit(columns):
    return columns / np.linalg.norm(columns, axis=0)


@pytest.fixture
def simplex():
    """Four directions in three dimensions, as far apart as can be."""
    signs = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    return unit(signs.T.astype(float))


def test_known_directions_are_found_whatever_their_unit(simplex, rng):
    unit_of_length = 10.0 ** rng.uniform(-3.0, 3.0)
    h = mixtures(simplex, 0.08, 12_000, rng)
    found = fit_dictionaries(unit_of_length * h, [6] * 4, steps=500, seed=int(rng.integers(2**31)))
    best = min(found, key=lambda one: one.loss)
    assert (simplex.T @ best.decoder).max(axis=1).min() > 0.95
    np.testing.assert_allclose(np.linalg.norm(best.decoder, axis=0), 1.0, rtol=1e-5)
    assert best.directions.shape == (3, best.alive.sum())
    # a feature alone is rebuilt from its codes
    codes = best.encode(unit_of_length * 0.8 * simplex.T)
    assert codes.shape == (4, 6)
    rebuilt = unit(best.decode(codes).T)
    assert (simplex * rebuilt).sum(axis=0).min() > 0.95


def test_the_losses_are_those_of_what_it_says(simplex, rng):
    h = (0.1 + mixtures(simplex, 0.2, 3000, rng)).astype(np.float32)
    for fitted in fit_dictionaries(h, 5, l1=[0.05, 0.5], steps=60):
        codes = fitted.encode(h)
        size = np.square(h).sum(axis=1).mean()
        error = np.square(h - fitted.decode(codes)).sum(axis=1).mean() / size
        assert fitted.error == pytest.approx(error, rel=1e-4)
        penalty = fitted.l1 * codes.sum(axis=1).mean() / np.sqrt(size)
        assert fitted.loss == pytest.approx(error + penalty, rel=1e-4)
        assert fitted.n_active == pytest.approx((codes > 0).sum(axis=1).mean())
        assert fitted.alive.tolist() == ((codes > 0).mean(axis=0) > 1e-3).tolist()


def test_a_higher_price_buys_sparser_codes_and_explains_less(simplex, rng):
    h = mixtures(simplex, 0.3, 5000, rng)
    cheap, dear = fit_dictionaries(h, 8, l1=[0.01, 0.8], steps=400)
    assert dear.n_active < cheap.n_active
    assert dear.error > cheap.error


def test_the_same_call_gives_the_same_and_another_seed_something_else(simplex, rng):
    h = mixtures(simplex, 0.2, 2000, rng)
    first, again, other = (fit_dictionary(h, 5, steps=40, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.decoder, again.decoder)
    np.testing.assert_array_equal(first.bias, again.bias)
    assert np.abs(first.decoder - other.decoder).max() > 0.01


def test_dictionaries_side_by_side_have_their_own_sizes_and_prices(simplex, rng):
    h = mixtures(simplex, 0.2, 2000, rng)
    both = fit_dictionaries(h, [3, 7], l1=[0.1, 0.2], steps=30)
    assert [(one.n_atoms, one.l1, one.encoder.shape, one.bias.shape) for one in both] == [
        (3, 0.1, (3, 3), (3,)),
        (7, 0.2, (3, 7), (7,)),
    ]
    assert [one.n_atoms for one in fit_dictionaries(h, [3, 7], steps=3)] == [3, 7]


def test_a_step_turns_the_atoms_along_the_gradient_of_the_loss(rng):
    """Adam's first step is a rate times the sign of the gradient, here taken by differences."""
    x = torch.tensor(rng.normal(size=(40, 3)), dtype=torch.float32)
    trained = _Autoencoders(3, [5], [0.3], rng)
    before = [part.detach().double().numpy().copy() for part in (trained.encoder, trained.bias)]
    decoder = trained.decoder.detach().double().numpy()[0].copy()
    data = x.double().numpy()

    def loss(encoder, bias):
        codes = np.maximum(data @ encoder[0] + bias[0], 0.0)
        return (np.square(data - codes @ decoder.T).sum(axis=1) + 0.3 * codes.sum(axis=1)).mean()

    trained.descend(x, 1e-3)
    after = [part.detach().double().numpy() for part in (trained.encoder, trained.bias)]
    for k, (old, new) in enumerate(zip(before, after, strict=True)):
        for index in np.ndindex(old.shape):
            slope = []
            for step in (1e-5, -1e-5):
                moved = [part.copy() for part in before]
                moved[k][index] += step
                slope.append(loss(*moved))
            gradient = (slope[0] - slope[1]) / 2e-5
            if abs(gradient) > 1e-3:
                assert new[index] - old[index] == pytest.approx(-1e-3 * np.sign(gradient), rel=0.01)
    np.testing.assert_allclose(trained.decoder.detach().norm(dim=1).numpy(), 1.0, rtol=1e-5)


def test_dead_atoms_begin_anew_along_what_is_badly_explained(rng):
    trained = _Autoencoders(2, [3, 2], [0.1, 0.1], rng)
    x = torch.tensor(rng.normal(size=(50, 2)), dtype=torch.float32)
    trained.descend(x, 0.01)
    old = trained.decoder.detach().clone()
    trained.used = torch.tensor([[4.0, 0.0, 1.0], [2.0, 3.0, 0.0]])
    error = torch.zeros(2, 50, 2)
    error[:, 7] = torch.tensor([3.0, -4.0])
    trained.revive(error, rng)
    new = trained.decoder.detach()
    assert new[0, :, 1].tolist() == pytest.approx([0.6, -0.8])
    assert trained.encoder.detach()[0, :, 1].tolist() == pytest.approx([0.6, -0.8])
    assert trained.bias.detach()[0, 0, 1] == 0.0
    assert trained.optimiser.state[trained.decoder]["exp_avg_sq"][0, :, 1].tolist() == [0.0, 0.0]
    # the living stay as they are, and so does a column that the second dictionary does not have
    assert torch.equal(new[0][:, [0, 2]], old[0][:, [0, 2]])
    assert torch.equal(new[1], old[1])


def test_atoms_that_see_nothing_are_given_something_to_do(monkeypatch, rng):
    """On a line with positive numbers alone an atom that begins on the negative side is dead."""
    h = rng.random((1000, 1))

    def n_useful():
        return (fit_dictionary(h, 24, l1=0.3, steps=160).decoder > 0.0).sum()

    revived = n_useful()
    monkeypatch.setattr(autoencoder, "REVIVALS", 1)
    assert revived > n_useful() + 3


H = np.ones((10, 2))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"activations": H[0]}, r"have the shape \(2,\), but numbers of shape \(n_samples, h_dim\)"),
        ({"activations": "h"}, "numbers of shape"),
        ({"activations": [[np.nan, 1.0]]}, "NaN or infinity"),
        ({"activations": 0 * H}, "All activations are 0"),
        ({"n_atoms": 0}, "n_atoms=0 is outside 1 to 10000"),
        ({"n_atoms": [3, 2.5]}, "n_atoms=2.5 is not a whole number"),
        ({"n_atoms": []}, "n_atoms has 0 entries"),
        ({"n_atoms": [3, 4], "l1": [0.1, 0.2, 0.3]}, "n_atoms has 2 entries and l1 has 3"),
        ({"l1": -1}, "l1=-1 is not allowed"),
        ({"seed": -1}, "seed=-1 is outside"),
        ({"steps": 0}, "steps=0 is outside"),
        ({"batch_size": True}, "batch_size=True is not a whole number"),
        ({"learning_rate": 0}, "learning_rate=0 is not allowed; .* the nearest is 0.001"),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else "",
)
def test_what_cannot_be_used_is_refused(given, message):
    with pytest.raises(SettingError, match=message):
        fit_dictionaries(**{"activations": H, "n_atoms": 3, **given})


def test_memory_is_checked_first_and_the_number_that_it_names_works(monkeypatch):
    monkeypatch.setenv("TMS_MAX_BYTES", "1000000")
    with pytest.raises(
        SettingError, match=r"5 dictionaries of up to 1000 atoms .* n_atoms=(\d+) works"
    ) as error:
        fit_dictionaries(H, [1000] * 5)
    fits = int(str(error.value).split("n_atoms=")[1].split()[0])
    assert len(fit_dictionaries(H, [fits] * 5, steps=2)) == 5
    with pytest.raises(SettingError, match="over the limit"):
        fit_dictionaries(H, [fits + 1] * 5, steps=2)
    with pytest.raises(SettingError, match="take fewer activations"):
        fit_dictionary(np.ones((200_000, 2)), 3)


def test_a_dictionary_says_what_it_can_encode():
    fitted = fit_dictionary(H, 3, steps=2)
    with pytest.raises(SettingError, match=r"this dictionary is for 2 dimensions; pass \(..., 2\)"):
        fitted.encode(np.ones((4, 3)))
    assert fitted.encode(np.ones((4, 5, 2))).shape == (4, 5, 3)
