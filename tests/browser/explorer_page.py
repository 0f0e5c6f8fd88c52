"""What is read from an Explorer's page, and how it is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator

from .host import Mounted

WIDE = {"width": 1264, "viewport": {"width": 1280, "height": 940}}


def slider(shown: Mounted, name: str) -> Locator:
    return shown.root.get_by_role("slider", name=name)


def until(shown: Mounted, holds: Callable[[], Any], seconds: float = 10) -> None:
    """Let the page work until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        shown.page.wait_for_timeout(20)


def pictures(shown: Mounted, view: int = 0) -> list[str]:
    """What every canvas of a view shows."""
    shown.settle()
    return shown.roots.nth(view).locator("canvas").evaluate_all("all => all.map((one) => one.toDataURL())")


def caption(shown: Mounted, view: int = 0) -> Locator:
    return shown.roots.nth(view).locator(".tmsx-caption")
