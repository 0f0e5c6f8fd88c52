"""train(problem) -> Run: many instances side by side, recorded as a film, judged on the same inputs.

    problem ── engine ──▶ weights at the recorded steps ── evaluate ──▶ Run

`train` does it in one call; `iter_frames` yields each frame as it comes; a `Session` trains for as long as
it is given, and goes on when it is asked again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import checks, limits
from .engines import choose_engine, module_of, new_engine
from .engines.threads import available_cores
from .problem import Problem
from .run import Frame, Frames, Run
from .schedule import Schedule, Wish, same_shape
from .start import check_start, initial_weights
from .weights import Array, Weights

MAX_SEEDS = 100_000
MAX_SEED = 2**62
MAX_ATTACK = 100.0


class Session:
    """Training that can be continued: what the Explorer holds while its front end asks for more.

    Parameters
    ----------
    problem : Problem or sequence of Problem
        Several may differ in density and importance, and are trained in the same batch.
    n_seeds : int, default 8
        Instances of each problem. They use the seeds ``seed``, ``seed + 1``, ….
    seed : int or sequence of int, default 0
        First seed, of all problems or one a problem. An instance depends on its own seed, problem and
        schedule alone, not on its neighbours.
    quality : {"draft", "standard", "paper"}, default "standard"
        How close to converged: within a few per cent of the loss of much longer training, within one, or
        as close as a figure wants. The schedules behind the names differ by engine and size.
    steps, batch_size, learning_rate : optional
        In the place of the schedule's own.
    decay : {"cosine", "none"}, default "cosine"
        ``none`` keeps the learning rate constant, as the paper's learning dynamics want it.
    init : {"xavier", "mirrored", "notebook"} or float, default "xavier"
        Where training starts; see `tms_widgets.core.start.initial_weights`.
    n_frames : int, default 60
        Most frames to record, evenly spaced in the logarithm of the step.
    attack : float, default 0.0
        Adversarial training: to every input that a model sees while it learns, the vector of this length that
        raises a random output most is added, in units of the average length of an input (the paper's .8
        removes superposition). For models without neurons; losses are judged without attacks all the same.
    engine : {"auto", "exact", "stratified", "dense", "reference"}
        ``auto`` takes the fastest that covers the problem; ``run.engine`` says which, and
        ``run.engine_note`` why when it had to be torch. Several problems are trained by one engine.
    device : str, default "cpu"
        A torch device, for the reference engine.

    Raises
    ------
    SettingError
        For any setting that cannot be used, before memory is allocated.
    """

    def __init__(
        self,
        problem: Problem | Sequence[Problem],
        *,
        n_seeds: int = 8,
        seed: int | Sequence[int] = 0,
        quality: str = "standard",
        steps: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        decay: str = "cosine",
        init: str | float = "xavier",
        n_frames: int = 60,
        attack: float = 0.0,
        engine: str = "auto",
        device: str = "cpu",
    ) -> None:
        problems = _problems(problem)
        n_seeds = checks.integer("n_seeds", n_seeds, low=1, high=MAX_SEEDS)
        first = _first_seeds(seed, len(problems))
        n_frames = checks.integer("n_frames", n_frames, low=1, high=10_000)
        init = check_start(init, problems[0])
        wish = Wish(quality, steps, batch_size, learning_rate, decay)

        def plan(engine: str) -> Schedule:
            return wish.schedule(problems, engine)

        attack = self.attack = _attack(attack, problems[0])
        self.engine, self.engine_note = choose_engine(problems, engine, device, plan, attack)
        self.schedule = plan(self.engine)
        self.problems = tuple(p for p in problems for _ in range(n_seeds))
        self.seeds = (np.array(first, np.int64)[:, None] + np.arange(n_seeds)).ravel()
        self.steps = self.schedule.record(n_frames)
        limits.check_memory(problems[0], len(self.seeds), len(self.steps), self._workspace_bytes)
        self.stopped = ""
        seeds = self.seeds.tolist()
        weights = initial_weights(self.problems, seeds, init)
        self._engine = new_engine(self.engine, self.problems, seeds, self.schedule, weights, device, attack)
        self._recorded: list[Frames] = []
        self._frames, self._spent = 0, 0.0

    def _workspace_bytes(self, problem: Problem, n_instances: int) -> int:
        each = module_of(self.engine).workspace_bytes(problem, self.schedule)
        # torch trains all instances at once, the others one on each core
        at_once = n_instances if self.engine == "reference" else min(n_instances, available_cores())
        return at_once * each

    @property
    def done(self) -> bool:
        """True when every frame is recorded, or training had to end early."""
        return self._frames == len(self.steps) or bool(self.stopped)

    @property
    def progress(self) -> float:
        """Fraction of the steps taken, 0 to 1."""
        if self.done:
            return 1.0
        return float(self.steps[self._frames - 1] / self.steps[-1]) if self._frames else 0.0

    @property
    def eta_s(self) -> float:
        """Seconds that the rest will take, judged by what is done; NaN before the first frame."""
        taken = self.progress
        return self._spent * (1.0 - taken) / taken if taken > 0.0 else float("nan")

    def advance(self, budget_s: float | None = None) -> None:
        """Train for about ``budget_s`` seconds, at least to the next frame; without a budget, to the end."""
        start = time.perf_counter()
        while not self.done:
            self._record(len(self.steps) if budget_s is None else self._affordable(budget_s, start))
            if budget_s is not None and time.perf_counter() - start >= budget_s:
                break
        self._spent += time.perf_counter() - start

    def next_frame(self) -> Frame:
        """Train to the next recorded step and return it."""
        self._record(self._frames + 1)
        return self._recorded[-1][-1]

    def run(self) -> Run:
        """Everything recorded so far.

        Raises
        ------
        ValueError
            Before the first frame.
        """
        if not self._recorded:
            raise ValueError("Nothing is recorded yet; call advance() first.")
        frames = _joined(self._recorded)
        last = frames[-1]
        loss = self._engine.judge(frames.weights.map(lambda array: array[-1]))
        # Both losses of the last frame are known, so their difference corrects the film's smaller sample:
        # what the sample shares with the last frame cancels, and the film ends on the final loss.
        corrected = np.maximum(frames.loss + (loss - last.loss), 0.0)
        frames = Frames(frames.step, corrected, *frames.weights)
        return Run(
            self.problems, self.seeds, loss, frames, self.schedule, self.engine, self.engine_note,
            self.stopped, self.attack,
        )  # fmt: skip

    def _affordable(self, budget_s: float, start: float) -> int:
        """The frame to train to: as far as the time left reaches at the pace so far."""
        elapsed = time.perf_counter() - start
        spent, taken = self._spent + elapsed, int(self.steps[self._frames - 1]) if self._frames else 0
        if taken == 0:
            # no pace yet: the first few frames are a few steps
            return min(self._frames + 8, len(self.steps))
        reach = taken + (budget_s - elapsed) * taken / spent
        return max(self._frames + 1, int(np.searchsorted(self.steps, reach, side="right")))

    def _record(self, until: int) -> None:
        step = self.steps[self._frames : until]
        loss, weights = self._engine.advance(step)
        finite = np.all([_finite(array) for array in weights if array is not None], axis=0)
        good = len(step) if finite.all() else int(np.argmin(finite))
        if good < len(step):
            self.stopped = (
                f"The weights stopped being finite before step {step[good]}; this is the last step before. "
                f"A learning_rate below {self.schedule.learning_rate:g} would help."
            )
        if good:
            self._recorded.append(Frames(step[:good], loss[:good], *weights.map(lambda array: array[:good])))
        self._frames = until


def train(
    problem: Problem | Sequence[Problem],
    *,
    n_seeds: int = 8,
    seed: int | Sequence[int] = 0,
    quality: str = "standard",
    steps: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    decay: str = "cosine",
    init: str | float = "xavier",
    n_frames: int = 60,
    attack: float = 0.0,
    engine: str = "auto",
    device: str = "cpu",
) -> Run:
    """Train ``n_seeds`` models of each problem and return all of them (``run.best`` is the best).

    Parameters and errors are those of `Session`.

    Returns
    -------
    Run

    Examples
    --------
    >>> run = train(Problem(5, 2, importance=0.9, sparsity=0.95), n_seeds=8)
    >>> run.W.shape
    (8, 2, 5)
    """
    session = Session(
        problem, n_seeds=n_seeds, seed=seed, quality=quality, steps=steps, batch_size=batch_size,
        learning_rate=learning_rate, decay=decay, init=init, n_frames=n_frames, attack=attack, engine=engine,
        device=device,
    )  # fmt: skip
    session.advance()
    return session.run()


def iter_frames(problem: Problem | Sequence[Problem], **settings: Any) -> Iterator[Frame]:
    """Train as `train` does, with its settings, and yield each recorded `Frame` as soon as it is reached.

    A frame's loss here is judged on fewer inputs than that of ``run.frames``, since the end is not known yet.
    """
    session = Session(problem, **settings)
    while not session.done:
        yield session.next_frame()


def _problems(problem: Problem | Sequence[Problem]) -> list[Problem]:
    given = [problem] if isinstance(problem, Problem) else problem
    problems = list(given) if checks.is_sequence(given) else []
    if not problems or not all(isinstance(p, Problem) for p in problems):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise checks.SettingError(f"train needs a Problem or a list of them, not {checks.shown(problem)}.")
    same_shape(problems)
    return problems


def _attack(value: object, problem: Problem) -> float:
    attack = checks.real("attack", value, low=0.0, high=MAX_ATTACK)
    if attack and problem.has_neurons:
        raise checks.SettingError(
            f"attack={attack:g} was given, but attacks are known for models without neurons, and "
            f"{problem.architecture} has them; use architecture='relu_output', or leave it out."
        )
    return attack


def _first_seeds(seed: Any, n_problems: int) -> list[int]:
    """The first seed of each problem."""
    first: list[Any] = list(seed) if checks.is_sequence(seed) else [seed] * n_problems
    if len(first) != n_problems:
        raise checks.SettingError(
            f"seed has {len(first)} entries but there are {n_problems} problems; "
            "pass one for each, or one for all."
        )
    return [checks.integer("seed", one, low=0, high=MAX_SEED) for one in first]


def _finite(frames: Array) -> NDArray[np.bool_]:
    """Whether all weights of each frame are finite."""
    return np.array([np.isfinite(frame).all() for frame in frames])


def _joined(parts: Sequence[Frames]) -> Frames:
    weights = Weights.together([part.weights for part in parts], np.concatenate)
    return Frames(
        np.concatenate([part.step for part in parts]),
        np.concatenate([part.loss for part in parts]),
        *weights.map(np.ascontiguousarray),
    )
