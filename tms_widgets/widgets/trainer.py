"""Training for a front end that asks: start, go on, show another seed.

Nothing here knows about widgets, and nothing runs unless it is asked to.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from typing import Any

import numpy as np

from .. import measures
from ..core import engines
from ..core.checks import integer
from ..core.engines.cache import is_compiled
from ..core.problem import Problem
from ..core.run import Run
from ..core.schedule import Wish
from ..core.training import Session
from .film import Film, film_of
from .setup import OWN_TRAITS, PLAIN_TRAITS, Setup

DRAFT: dict[str, Any] = {"engine": "reference", "quality": "draft"}
"""Short enough for torch to keep up with a slider while the fast engine is being compiled."""

BRISK: dict[str, Any] = {"steps": 1000, "batch_size": 256, "learning_rate": 0.02}
"""A schedule for smooth outputs of many features, which torch has to train: a second or two for a small
problem; `train` would take ten."""

MOST_SEEDS = 256
"""Every seed has a line of its own in the instrument, and its geometry is named."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a request comes back with.

    Attributes
    ----------
    setup : Setup
        What was asked for.
    run : Run
        Everything trained so far.
    film : Film
        Of the chosen instance, or of the best one.
    state : dict
        The rest of a reply, ready for JSON.
    """

    setup: Setup
    run: Run
    film: Film
    state: dict[str, Any]


class Training:
    """One training under way or finished. `start` one, `advance` it, `show` another seed of it.

    Parameters
    ----------
    setup : Setup
        What was asked for.
    run : Run
        What is trained so far.
    token : int
        The request it answers.
    session : Session, optional
        Where training goes on. Default: it is finished.
    note : str, default ""
        Why the engine is not the fast one.
    """

    def __init__(
        self, setup: Setup, run: Run, token: Any, session: Session | None = None, note: str = ""
    ) -> None:
        self.setup = setup
        self.run = run
        self.token = token
        self._session = session
        self._note = note
        self._instance: int | None = None

    @classmethod
    def start(cls, setup: Setup, *, n_seeds: Any, seed: Any, token: Any, budget_s: float) -> Training:
        """Train from scratch for about ``budget_s`` seconds, at least to the first frames.

        Raises
        ------
        SettingError
            When the settings cannot be used.
        """
        n_seeds = integer("n_seeds", n_seeds, low=1, high=MOST_SEEDS)
        engine, note = choose_engine(setup.problem)
        session = Session(setup.problem, n_seeds=n_seeds, seed=seed, **(engine | setup.training))
        session.advance(budget_s)
        return cls(setup, session.run(), token, session, note)

    def advance(self, budget_s: float) -> None:
        """Train on, if there is anything left to train."""
        if self._session is not None and not self._session.done:
            self._session.advance(budget_s)
            self.run = self._session.run()

    def show(self, instance: Any) -> None:
        """Choose the instance whose film is answered from now on.

        Raises
        ------
        SettingError
            When there is no such instance.
        """
        chosen = integer("instance", instance, low=0, high=self.run.n_instances - 1)
        self._instance = None if chosen == self.run.best_index else chosen

    def answer(self) -> Answer:
        """Everything about the training as it is.

        Raises
        ------
        SettingError
            When it is too large to draw.
        """
        run, session = self.run, self._session
        done = session is None or session.done
        eta = 0.0 if session is None or done else session.eta_s
        best = run.best_index
        state = {
            "token": self.token,
            "done": done,
            "progress": 1.0 if session is None else session.progress,
            "eta_s": eta if np.isfinite(eta) else 0.0,
            "instance": best if self._instance is None else self._instance,
            "seeds": _seed_results(run, named=done),
            "best": best,
            "engine": run.engine,
            "note": self._note,
            "stopped": run.stopped,
            "settings": settings_of(self.setup, run.n_instances, int(run.seeds[0])),
        }
        return Answer(self.setup, run, film_of(run, self._instance), state)


def settings_of(setup: Setup, n_seeds: int, seed: int) -> dict[str, Any]:
    """What the front end can change, as plain values."""
    plain = {name: setup[name] for name in (*PLAIN_TRAITS, *OWN_TRAITS)}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
    return {**plain, "seed": seed, "n_seeds": n_seeds}


def _seed_results(run: Run, named: bool) -> list[dict[str, Any]]:
    """Seed, loss and geometry of every instance; a geometry is named only once it has settled."""
    decoders = [None] * len(run) if run.W_out is None else run.W_out
    return [
        {"seed": int(seed), "loss": float(loss), "geometry": _named(run.problem, W, W_out) if named else ""}
        for seed, loss, W, W_out in zip(run.seeds, run.loss, run.W, decoders, strict=True)
    ]


def _named(problem: Problem, W: np.ndarray, W_out: np.ndarray | None) -> str:
    if problem.free_basis:
        return str(measures.geometry(W))
    if problem.has_neurons:
        single, shared = (int(of(W, W_out).sum()) for of in (measures.monosemantic, measures.polysemantic))
        return f"{single} mono, {shared} poly"
    return f"{int(np.count_nonzero(measures.represented(W)))} represented"


_compiling: subprocess.Popen[bytes] | None = None


def choose_engine(problem: Problem) -> tuple[dict[str, Any], str]:
    """Session settings for the best engine that answers at once, and a note on why it is not the fast one.

    The fast engine has to be compiled once on each computer, which takes seconds. Another process does that,
    because a thread would keep the kernel from answering; until it has ended, torch trains short drafts.
    """
    plan = Wish().schedule
    engine, reason = engines.choose_engine([problem], "auto", "cpu", lambda name: plan([problem], name))
    if engine == "reference":
        return BRISK, reason
    if is_compiled(engines.module_of(engine).kernels_of(problem)):
        return {}, ""
    ended = _compile_elsewhere().poll()
    if ended is None:
        return DRAFT, "the fast one is being compiled"
    return ({}, "") if ended == 0 else (DRAFT, "the fast one cannot be compiled here")


def _compile_elsewhere() -> subprocess.Popen[bytes]:
    """The process that compiles the fast engine, started on the first call."""
    global _compiling
    if _compiling is None:
        _compiling = subprocess.Popen(
            [sys.executable, "-m", "tms_widgets.core.engines.warm"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    return _compiling
