"""In which order the cells of a sweep are trained, and how they are packed into blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .blocks import Block

ORDERS = ("plain", "coarse")
FIXED_MODELS = 64
"""Models of a block of the reference engine. Its matrix products depend, in the last bit, on how many models
stand in a batch, so the batches are those of the whole sweep, whatever else is asked."""


def ordered_cells(shape: Sequence[int], order: str) -> NDArray[np.int64]:
    """All cells, in the order in which they are trained.

    ``plain`` is C order. ``coarse`` begins with a few cells that are spread over every axis, and halves the
    distance again and again, so that a picture of the whole is there at once and becomes finer.
    """
    cells = np.arange(math.prod(shape))
    if order == "plain" or not shape:
        return cells
    places = np.unravel_index(cells, tuple(shape))
    # at least four values of a long axis come first; a short one is taken whole
    halvings = [max(0, math.floor(math.log2(max(1.0, (length - 1) / 3)))) for length in shape]
    level = np.zeros(len(cells), np.int64)
    for place, most in zip(places, halvings, strict=True):
        # the first cells have every place divisible by the widest distance: level 0
        divisible = np.array([place % 2**power == 0 for power in range(1, most + 1)]).sum(axis=0)
        level = np.maximum(level, most - divisible) if most else level
    return np.argsort(level, kind="stable")


def plan_blocks(
    missing: NDArray[np.bool_],
    groups: Sequence[int],
    order: NDArray[np.int64],
    block_models: Sequence[int | None],
) -> Iterator[Block]:
    """Blocks that together have every missing model once.

    Parameters
    ----------
    missing : ndarray of bool, shape (cells, seeds)
        What is not trained yet.
    groups : sequence of int, one a cell
        Only cells of one group can stand in one block.
    order : ndarray of int, shape (cells,)
        The order in which cells are wanted.
    block_models : sequence of int or None
        For each group, about how many models a block has; None where they must be the same in every plan
        (see `FIXED_MODELS`). Those come last.
    """
    n_seeds = missing.shape[1]
    packs: dict[int, list[int]] = {}
    wanted: list[int] = order[np.any(missing, axis=1)[order]].tolist()
    for cell in wanted:
        group = groups[cell]
        most = block_models[group]
        if most is None:
            continue
        if most < n_seeds or not np.all(missing[cell]):
            yield from _parts_of_cell(cell, missing[cell], most)
            continue
        pack = packs.setdefault(group, [])
        pack.append(cell)
        if (len(pack) + 1) * n_seeds > most:
            yield Block(tuple(packs.pop(group)), 0, n_seeds)
    for pack in packs.values():
        yield Block(tuple(pack), 0, n_seeds)
    fixed = [group for group, most in enumerate(block_models) if most is None]
    yield from _fixed_blocks(missing, groups, order, fixed)


def _parts_of_cell(cell: int, missing: NDArray[np.bool_], most: int) -> Iterator[Block]:
    """The missing seeds of one cell, so many at a time."""
    edges = np.flatnonzero(np.diff(missing, prepend=False, append=False))
    for start, end in edges.reshape(-1, 2).tolist():
        for first in range(start, end, most):
            yield Block((cell,), first, min(first + most, end))


def _fixed_blocks(
    missing: NDArray[np.bool_], groups: Sequence[int], order: NDArray[np.int64], fixed: Sequence[int]
) -> Iterator[Block]:
    """The missing blocks of these groups, each cut from its cells in C order."""
    n_seeds = missing.shape[1]
    together = max(1, FIXED_MODELS // n_seeds)
    blocks = [
        Block(tuple(cells[start : start + together]), first, min(first + FIXED_MODELS, n_seeds))
        for group in fixed
        for cells in [[cell for cell, own in enumerate(groups) if own == group]]
        for start in range(0, len(cells), together)
        for first in range(0, n_seeds, FIXED_MODELS)
    ]
    rank = np.argsort(order)
    for block in sorted(blocks, key=lambda block: rank[list(block.cells)].min()):
        if missing[list(block.cells), block.first_seed : block.end_seed].any():
            yield block
