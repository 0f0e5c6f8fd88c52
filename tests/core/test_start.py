"""Where training starts."""

import numpy as np
import pytest
import torch

from tms_widgets.core import Problem, SettingError, train
from tms_widgets.core.start import initial_weights

WIDE = Problem(60, 40)


def fresh() -> int:
    return int(np.random.default_rng().integers(2**31))


@pytest.mark.parametrize("init", ["xavier", 0.02])
def test_an_instance_starts_the_same_whatever_stands_beside_it(init):
    seeds = [fresh() for _ in range(4)]
    many = initial_weights([WIDE] * 4, seeds, init)
    alone = initial_weights([WIDE], [seeds[2]], init)
    assert np.array_equal(many.W[2], alone.W[0])
    assert not np.array_equal(many.W[1], many.W[2])
    assert not many.b.any()
    scale = np.sqrt(2 / 100) if init == "xavier" else init
    assert many.W.std() == pytest.approx(scale, rel=0.05)


def test_the_notebooks_scale_is_that_of_torch_on_three_dimensions():
    published = torch.nn.init.xavier_normal_(torch.empty(10, 60, 40))
    ours = initial_weights([WIDE] * 10, range(fresh(), 2**31 + 10)[:10], "notebook")
    assert ours.W.std() == pytest.approx(published.std().item(), rel=0.05)


def test_mirrored_neurons_come_in_pairs_that_compute_the_absolute_value():
    problem = Problem(4, 6, architecture="untied")
    start = initial_weights([problem], [fresh()], "mirrored")
    assert start.W_out is not None
    assert np.array_equal(start.W[0, :3], -start.W[0, 3:])
    assert np.array_equal(start.W_out[0], np.abs(start.W[0]).T)
    with pytest.raises(SettingError, match="relu_output has none of its own"):
        train(Problem(4, 6), init="mirrored")


@pytest.mark.parametrize(("init", "words"), [("zavier", "did you mean 'xavier'"), (0, "nearest is 0.001")])
def test_another_start_is_refused(init, words):
    with pytest.raises(SettingError) as caught:
        train(Problem(4, 2), init=init)
    assert words in str(caught.value)


def test_training_begins_there():
    run = train(Problem(12, 4), n_seeds=2, seed=7, steps=5, init=0.02)
    expected = initial_weights([Problem(12, 4)] * 2, [7, 8], 0.02)
    assert np.array_equal(run.frames[0].W, expected.W)
