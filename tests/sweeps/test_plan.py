"""Every missing model is in one block, once; and a coarse order shows the whole early."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets.sweeps.plan import FIXED_MODELS, ordered_cells, plan_blocks


@given(
    st.lists(st.integers(1, 12), max_size=3),
    st.integers(1, 6),
    st.integers(0, 2**32),
    st.lists(st.integers(1, 40), min_size=3, max_size=3),
    st.sampled_from(["plain", "coarse"]),
)
def test_blocks_have_every_missing_model_once(shape, n_seeds, seed, sizes, order):
    rng = np.random.default_rng(seed)
    cells = math.prod(shape)
    groups = rng.integers(3, size=cells).tolist()
    missing = rng.random((cells, n_seeds)) < rng.random()
    seen = np.zeros_like(missing, dtype=int)
    for block in plan_blocks(missing, groups, ordered_cells(shape, order), sizes):
        assert {groups[cell] for cell in block.cells} == {groups[block.cells[0]]}
        assert block.n_models <= max(n_seeds, sizes[groups[block.cells[0]]])
        seen[list(block.cells), block.first_seed : block.end_seed] += 1
    assert (seen == missing).all()


@given(st.integers(1, 30), st.sampled_from([1, 5, FIXED_MODELS, 150]), st.integers(0, 2**32))
def test_blocks_that_are_fixed_do_not_depend_on_what_is_missing(cells, n_seeds, seed):
    rng = np.random.default_rng(seed)
    order, groups = rng.permutation(cells), [0] * cells
    every = np.ones((cells, n_seeds), bool)
    blocks = list(plan_blocks(every, groups, np.arange(cells), [None]))
    assert sum(block.n_models for block in blocks) == every.size
    assert max(block.n_models for block in blocks) <= FIXED_MODELS
    missing = every.copy()
    done = set(blocks[:: int(rng.integers(1, 4))])
    for block in done:
        missing[list(block.cells), block.first_seed : block.end_seed] = False
    assert set(plan_blocks(missing, groups, order, [None])) == set(blocks) - done


@pytest.mark.parametrize("shape", [(), (1,), (7,), (51, 51), (20, 3), (4, 4, 4)])
def test_every_cell_has_its_turn(shape):
    for order in ("plain", "coarse"):
        assert sorted(ordered_cells(shape, order)) == list(range(math.prod(shape)))


def test_a_coarse_order_begins_all_over_the_map_and_halves_its_distance():
    rows, columns = np.unravel_index(ordered_cells((51, 51), "coarse"), (51, 51))
    first = 0
    for distance in (16, 8, 4, 2, 1):
        count = (50 // distance + 1) ** 2
        assert not (rows[first:count] % distance).any()
        assert not (columns[first:count] % distance).any()
        first = count
    # a short axis is not thinned out
    assert set(np.unravel_index(ordered_cells((51, 3), "coarse"), (51, 3))[1][:9]) == {0, 1, 2}
