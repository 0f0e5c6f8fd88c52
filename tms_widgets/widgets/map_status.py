"""What a map says below itself, and the one who asks the kernel to go on.

The browser asks, the kernel answers: while a map has more to train, this widget sends ``continue``, the
kernel trains for the milliseconds that the request allows, repaints, and answers. Nothing is pushed from a
thread, and between two requests the kernel does whatever else the page wants.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import traitlets

from .base import BaseWidget, static_text

LONGEST_BUDGET_S = 0.5
IDLE: dict[str, Any] = {"running": False, "stopped": False, "progress": 1.0, "eta_s": 0.0}


class MapStatus(BaseWidget):
    """A bar with a Cancel button, a caption, a note and a line for errors.

    Parameters
    ----------
    on_ask : callable
        Called with ``"continue"``, ``"cancel"`` or ``"resume"`` and the seconds that the answer may take.
    **traits
        Any trait below.
    """

    _esm = static_text("map_status.js")
    _css = static_text("map_status.css")

    text = traitlets.Unicode("").tag(sync=True)
    """One sentence that says what is shown."""
    note = traitlets.Unicode("").tag(sync=True)
    """What helps to read it."""
    _state = traitlets.Dict(IDLE).tag(sync=True)

    def __init__(self, on_ask: Callable[[str, float], None], **traits: Any) -> None:
        super().__init__(**traits)
        self._on_ask = on_ask
        self.on_msg(self._asked)

    @property
    def caption(self) -> str:
        """What it says."""
        return self.text

    @property
    def running(self) -> bool:
        """True while the front end asks for more."""
        return bool(self._state["running"])

    def report(self, *, running: bool, stopped: bool = False, progress: float, eta_s: float = 0.0) -> None:
        """Show how far the training is, and whether to ask for more."""
        eta = eta_s if math.isfinite(eta_s) else 0.0
        self._state = {"running": running, "stopped": stopped, "progress": progress, "eta_s": eta}

    def close(self) -> None:
        """Remove it from the page and from memory, and forget who is asked. Closing again does nothing."""
        self.on_msg(self._asked, remove=True)
        self._on_ask = lambda kind, budget_s: None
        super().close()

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        try:
            if kind in ("continue", "cancel", "resume"):
                self._on_ask(kind, _budget_s(content))
        except KeyboardInterrupt:
            self.error = "Training was interrupted; change a setting to train again."
            self.report(running=False, progress=self._state["progress"])
        except Exception as error:  # the reader is in the browser: nobody there sees a traceback
            self.error = f"The kernel could not do this ({type(error).__name__}: {error})."
            self.report(running=False, progress=self._state["progress"])
        self.send({"type": "answer"})


def _budget_s(content: dict[str, Any]) -> float:
    """Seconds the request allows, within what a kernel may be kept busy."""
    asked = content.get("budget_ms", 0)
    number = isinstance(asked, (int, float)) and not isinstance(asked, bool) and asked >= 0
    return min(asked / 1000 if number else 0.0, LONGEST_BUDGET_S)
