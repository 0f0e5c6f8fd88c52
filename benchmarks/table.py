"""The rows of the training benchmark's table."""

from __future__ import annotations

import dataclasses

from .words import duration, times

COLUMNS = (
    "case", "engine", "published", "its loss", "same recipe", "same loss", "within 1 %", "default", "of peak",
    "MB",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Way:
    """A way of training all models of a case: so many steps of our engine's own schedule."""

    steps: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class Row:
    """One engine on one case. Times are seconds for all the models of the case."""

    case: str
    engine: str
    published: float
    threads: int
    """Of torch, in the published loop."""
    loss: float
    """Where the published recipe ends."""
    loss_by: str
    """Who trained it there: ``published`` or one of our engines."""
    same_recipe: float
    same_loss: Way | None
    """None if no length reached it."""
    within: Way | None
    """To within one per cent of it."""
    default: Way
    default_loss: float
    peak_share: float
    """Useful operations of the default run a second, over those of the peak of one core."""
    bytes_added: float
    bytes_published: float

    @property
    def excess(self) -> float:
        """By how many per cent the default run ends above the published recipe."""
        return 100.0 * (self.default_loss / self.loss - 1.0)

    def line(self) -> str:
        """The row of a Markdown table."""
        cells = (
            self.case,
            self.engine,
            f"{duration(self.published)} on {self.threads}",
            f"{self.loss:.4g} by {self.loss_by}",
            self._timed(self.same_recipe),
            self._reached(self.same_loss),
            self._reached(self.within),
            f"{self._reached(self.default)}, loss {self.excess:+.1f} %",
            f"{100 * self.peak_share:.1f} %",
            f"{self.bytes_added / 1e6:.1f}, published {self.bytes_published / 1e6:.1f}",
        )
        return f"| {' | '.join(cells)} |"

    def _timed(self, seconds: float) -> str:
        return f"{duration(seconds)}, {times(self.published / seconds)}"

    def _reached(self, way: Way | None) -> str:
        return "not reached" if way is None else f"{self._timed(way.seconds)} ({way.steps} steps)"


def shortest(by_length: dict[int, float], bar: float) -> int | None:
    """The first length from which on every loss is within the bar."""
    reached = None
    for length in sorted(by_length, reverse=True):
        if by_length[length] > bar:
            break
        reached = length
    return reached
