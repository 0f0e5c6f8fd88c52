"""An Explorer without a browser: what it is asked, and what it says."""

import json
from typing import Any

import tms_widgets as tms
from tms_widgets.widgets.explorer import Explorer

PENTAGON = {
    "n_features": 5, "n_hidden": 2, "density": 0.1, "importance": 0.9, "architecture": "relu_output",
    "activation": "relu", "hidden_bias": False, "l1": 0.0,
    "features": "independent", "set_size": None, "perturbed": None, "factor": 1.0, "training": {},
}  # fmt: skip
TINY = tms.Problem(3, 2, density=0.5)


class Spoken(Explorer):
    """An Explorer that keeps what it says to the browser."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.replies: list[tuple[dict[str, Any], list[bytes]]] = []
        self.pushed: list[set[str]] = []
        super().__init__(*args, **kwargs)
        self.pushed.clear()

    def send(self, content: Any, buffers: Any = None) -> None:
        self.replies.append((json.loads(json.dumps(content, allow_nan=False)), list(buffers or [])))

    def send_state(self, key: Any = None) -> None:
        self.pushed.append({key} if isinstance(key, str) else set(key or self.keys))

    def ask(self, **request: Any) -> tuple[dict[str, Any], list[bytes]]:
        before = len(self.replies)
        self._handle_custom_msg(request, [])
        assert len(self.replies) == before + 1, "every request gets exactly one reply"
        return self.replies[-1]

    def train(
        self, token: int = 1, budget_ms: float = 10_000, **changes: Any
    ) -> tuple[dict[str, Any], list[bytes]]:
        seeds = {name: changes.pop(name) for name in ("seed", "n_seeds") if name in changes}
        seeds = {"seed": 0, "n_seeds": 2} | seeds
        return self.ask(type="train", token=token, settings=PENTAGON | changes, budget_ms=budget_ms, **seeds)
