"""A sweep in a process of its own, to be killed: ``python victim.py path seed``; a line for every block."""

from __future__ import annotations

import os
import sys

import tms_widgets as tms

BLOCK = 12


def sweep_to_kill(seed: int) -> tms.Sweep:
    """Many quick blocks."""
    return tms.phase_sweep(3, 2, side=12, n_seeds=2, seed=seed, steps=100)


def die(task: object) -> None:
    """Not to be trained: what a worker without memory does."""
    os._exit(1)


if __name__ == "__main__":
    sweep_to_kill(int(sys.argv[2])).run(
        sys.argv[1],
        resume=True,
        block_models=BLOCK,
        progress=lambda done, total: print(done, flush=True),  # noqa: T201
    )
