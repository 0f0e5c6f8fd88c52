"""What tests of several widgets need: fresh seeds, and widgets that leave nothing behind."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances


@pytest.fixture
def seed() -> int:
    return random.SystemRandom().randrange(10**6)


@pytest.fixture
def making() -> Iterator[Callable[[Any], Callable[..., Any]]]:
    """``making(kind)`` is ``kind`` whose widgets are closed at the end, after which none is left."""
    before = set(_instances.values())
    made: list[ipywidgets.Widget] = []

    def making(kind: Any) -> Callable[..., Any]:
        def make(*args: Any, **settings: Any) -> Any:
            made.append(kind(*args, **settings))
            return made[-1]

        return make

    yield making
    for one in made:
        one.close()
        one.close()
    assert set(_instances.values()) - before == set()
