"""What tests of several files need: fresh seeds, compiled engines, widgets that leave nothing behind."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances

from tms_widgets.core.engines.warm import warm_up

from .spoken import TINY, Spoken


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


@pytest.fixture(scope="session")
def compiled() -> None:
    """The engines are compiled before a test waits for them."""
    warm_up()


@pytest.fixture
def explorer() -> Iterator[Spoken]:
    widget = Spoken(TINY, n_seeds=2)
    yield widget
    widget.close()
