"""A sweep that trains for as long as it is given, and goes on when it is asked again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..core import checks
from ..core.engines.threads import available_cores
from .blocks import train_block
from .plan import ORDERS, ordered_cells, plan_blocks
from .results import Results

if TYPE_CHECKING:
    import xarray as xr

    from .sweep import Sweep

BLOCK_SECONDS = 0.1
"""About how long a block takes: what holds it waits at most so long."""


class SweepSession:
    """What a widget holds while it fills its picture; made by `Sweep.session`.

    Parameters
    ----------
    sweep : Sweep
    order : {"coarse", "plain"}
    anyway : bool
        Go on although the estimate passes a limit.
    """

    def __init__(self, sweep: Sweep, *, order: str = "coarse", anyway: bool = False) -> None:
        order = checks.choice("order", order, ORDERS)
        if not anyway:
            sweep.estimate().check()
        self.sweep = sweep
        self._results = Results(sweep)
        self._blocks = plan_blocks(
            self._results.missing.copy(), sweep.groups, ordered_cells(sweep.shape, order),
            sweep.block_models(BLOCK_SECONDS, available_cores()),
        )  # fmt: skip
        self._done, self._spent, self._cancelled = 0, 0.0, False

    @property
    def done(self) -> bool:
        """True when every model is trained, or no more are wanted."""
        return self._cancelled or self._done == self.sweep.n_models

    @property
    def progress(self) -> float:
        """Fraction of the models that are trained, 0 to 1."""
        return self._done / self.sweep.n_models

    @property
    def eta_s(self) -> float:
        """Seconds that the rest will take, judged by what is done; NaN before the first block."""
        left = self.sweep.n_models - self._done
        return self._spent * left / self._done if self._done else float("nan")

    @property
    def dataset(self) -> xr.Dataset:
        """The result so far, NaN where a model is not trained yet. One dataset, which fills."""
        return self._results.dataset

    def advance(self, budget_s: float | None = None) -> None:
        """Train for about ``budget_s`` seconds, at least one block; without a budget, to the end."""
        start = time.perf_counter()
        while not self.done:
            block = next(self._blocks)
            self._results.put(block, train_block(self.sweep.task(block)))
            self._done += block.n_models
            if budget_s is not None and time.perf_counter() - start >= budget_s:
                break
        self._spent += time.perf_counter() - start

    def cancel(self) -> None:
        """Train no more; what is trained stays."""
        self._cancelled = True
