"""What an experiment of the paper is: problems to train, and claims that the result must bear out.

An experiment of pure theory has no problems; its claims compute what they need.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core import Problem, Run, train
from ..core.schedule import SHARED

MAX_SEED = 2**31


@dataclasses.dataclass(frozen=True)
class Result:
    """A run for each problem of an experiment, in the experiment's order."""

    runs: tuple[Run, ...]

    def run(self, **settings: Any) -> Run:
        """The run whose problem has these settings, such as ``density=0.1`` or ``architecture="linear"``."""
        matches = [
            run for run in self.runs if all(getattr(run.problem, name) == x for name, x in settings.items())
        ]
        if not matches:
            raise ValueError(f"No problem of this experiment has {settings}.")
        return matches[0]

    def where(self, **settings: Any) -> list[Run]:
        """All runs whose problem has these settings."""
        return [
            run for run in self.runs if all(getattr(run.problem, key) == x for key, x in settings.items())
        ]


@dataclasses.dataclass(frozen=True)
class Finding:
    """Whether a claim held, and the numbers that decided it."""

    claim: str
    holds: bool
    measured: str

    def __str__(self) -> str:
        return f"{'✓' if self.holds else '✗'} {self.claim} [{self.measured}]"


@dataclasses.dataclass(frozen=True)
class Claim:
    """A sentence, and the measurement that decides it: ``check(result)`` gives (holds, what was measured)."""

    text: str
    check: Callable[[Result], tuple[bool, str]]


class Later(Sequence[Problem]):
    """Problems that are made when they are first asked for: a phase map has hundreds."""

    def __init__(self, make: Callable[[], Iterable[Problem]]) -> None:
        self._make = make

    @functools.cached_property
    def _made(self) -> tuple[Problem, ...]:
        return tuple(self._make())

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, index: Any) -> Any:
        return self._made[index]


@dataclasses.dataclass(frozen=True)
class Call:
    """One call of `train` that an experiment makes: problems of one kind and the same settings."""

    places: tuple[int, ...]
    """Where its problems stand in the experiment."""
    problems: tuple[Problem, ...]
    settings: Mapping[str, Any]
    """For `tms_widgets.train`, ``n_frames`` among them."""


@dataclasses.dataclass(frozen=True)
class Experiment:
    """An experiment of the paper as data; the notebooks, the tests and the Explorer's presets read it."""

    id: str
    section: str
    """The paper's section."""
    title: str
    summary: str
    """What is trained and what to look for, in a sentence or two."""
    claims: tuple[Claim, ...]
    problems: Sequence[Problem] = ()
    n_seeds: int = 1
    """Models of each problem, of which the best counts."""
    n_frames: int = 60
    """Most steps to record, with the last."""
    settings: Mapping[str, Any] | Sequence[Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """How it is trained where `train` would do otherwise: of all problems, or one a problem."""
    quick: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Fields of a twin that shows the same in less time; empty where the experiment is quick itself."""

    @property
    def twin(self) -> Experiment:
        """The experiment with fewer problems, seeds or steps, and the same claims."""
        return dataclasses.replace(self, **self.quick, quick={}) if self.quick else self

    def calls(self, **settings: Any) -> list[Call]:
        """The calls of `train` that it takes; ``settings`` go before those of the experiment."""
        given = self.settings
        groups: dict[tuple[Any, ...], list[int]] = {}
        for place, problem in enumerate(self.problems):
            own = given if isinstance(given, Mapping) else given[place]
            wanted = {"n_frames": self.n_frames, **own, **settings}
            # what is trained in one call has these in common
            shape = tuple(getattr(problem, name) for name in SHARED)
            groups.setdefault((tuple(wanted.items()), *shape), []).append(place)
        return [
            Call(tuple(places), tuple(self.problems[place] for place in places), dict(wanted))
            for (wanted, *_), places in groups.items()
        ]

    def run(self, *, seed: int | None = None, n_seeds: int | None = None, **settings: Any) -> Result:
        """Train every problem, from starts of its own: seeds shared by problems would fail together.

        Parameters
        ----------
        seed : int, optional
            First seed; a fresh random one if not given, since a claim should not hang on a chosen seed.
        n_seeds : int, optional
            In the place of the experiment's own number.
        **settings
            Those of `tms_widgets.train`, before the experiment's own: engine, steps, batch_size, ….

        Returns
        -------
        Result
        """
        first = int(np.random.default_rng().integers(MAX_SEED)) if seed is None else seed
        count = n_seeds or self.n_seeds
        runs: dict[int, Run] = {}
        for call in self.calls(**settings):
            seeds = [first + count * place for place in call.places]
            run = train(call.problems, n_seeds=count, seed=seeds, **call.settings)
            for i, place in enumerate(call.places):
                runs[place] = run.instances(range(i * count, (i + 1) * count))
        return Result(tuple(runs[place] for place in range(len(self.problems))))

    def check(self, result: Result) -> list[Finding]:
        """Hold every claim against a result of `run`."""
        findings: list[Finding] = []
        for claim in self.claims:
            holds, measured = claim.check(result)
            findings.append(Finding(claim.text, bool(holds), measured))
        return findings


def failed(findings: Sequence[Finding]) -> str:
    """The claims that did not hold, a line each; empty when all did."""
    return "\n".join(str(finding) for finding in findings if not finding.holds)
