"""How far a sweep is: a bar by default, or whatever is called with two numbers."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

from ..core.checks import SettingError, shown

Progress = Callable[[int, int], Any]
"""Called with the models that are done, and all that there are."""


@contextmanager
def shown_progress(progress: bool | Progress, total: int) -> Generator[Progress]:
    """A function to call with how much is done; the bar, if there is one, goes with the block.

    Raises
    ------
    SettingError
        When ``progress`` is neither True or False nor callable.
    """
    if callable(progress):
        yield progress
    elif progress is False:
        yield lambda done, total: None
    elif progress is True:
        from tqdm.auto import tqdm  # here, because it takes time

        with cast(Any, tqdm)(total=total, unit=" models", smoothing=0.1) as bar:
            yield lambda done, total: bar.update(done - bar.n)
    else:
        raise SettingError(
            f"progress={shown(progress)} is not True or False or a function of two numbers; use one of them."
        )
