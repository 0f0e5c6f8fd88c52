"""In a notebook, what a first picture needs is loaded while the reader goes on to the next cell.

Loading numba and the compiled kernels takes most of a second, and what maps are made of as long again. It
happens on the kernel's own event loop, a piece at a time, between messages: two threads that import one
package can meet half of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

PAUSE_S = 0.02
"""Between two pieces, so that a cell that waits goes first."""


def load_ahead() -> None:
    """Load soon what an Explorer needs, and then a PhaseMap. Outside of an event loop nothing happens."""
    with suppress(RuntimeError):
        loop = asyncio.get_running_loop()
        loop.call_later(PAUSE_S, _next, loop, _pieces())


def _next(loop: asyncio.AbstractEventLoop, pieces: Iterator[None]) -> None:
    # what goes wrong here goes wrong again, and is reported, where it is used
    with suppress(Exception):
        next(pieces)
        loop.call_later(PAUSE_S, _next, loop, pieces)


def _pieces() -> Iterator[None]:
    import_module(".explorer", __package__)
    yield
    from ..core.engines import FUSED
    from ..core.engines.warm import load

    for engine in FUSED:
        load(engine)
        yield
    # a map needs as much again
    import_module("pandas")
    yield
    xarray = import_module("xarray")
    yield
    xarray.Variable((), 0.0)  # the first array loads dask, where there is one
    yield
    import_module(".extras", __package__).bqplot()
    yield
    import_module(".phase_map", __package__)
    yield
