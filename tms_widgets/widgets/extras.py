"""Libraries that are extras of this package: imported when a widget needs them, or asked for in words."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def bqplot() -> ModuleType:
    """The library of charts with axes.

    Raises
    ------
    ImportError
        With one sentence that says how to get it.
    """
    with _or_a_sentence("bqplot", "charts"):
        import bqplot
    return bqplot


def ipyvolume() -> ModuleType:
    """The library of figures in three dimensions.

    Raises
    ------
    ImportError
        With one sentence that says how to get it.
    """
    with _or_a_sentence("ipyvolume", "volume"):
        import ipyvolume
    return ipyvolume


@contextmanager
def _or_a_sentence(library: str, extra: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # the library's own, and nothing to a reader
            warnings.simplefilter("ignore")
            yield
    except ImportError as error:
        raise ImportError(
            f"This widget draws with {library}, which is not installed; "
            f"run: pip install 'tms-widgets[{extra}]'"
        ) from error
