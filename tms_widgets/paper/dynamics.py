"""E21, E22: *Superposition and Learning Dynamics*. Training that jumps, and that goes through shapes.

The learning rate is constant: a schedule would hide in its own shape what is the model's. A film judges its
frames on a few inputs, so losses are taken again here, on one large sample for all frames and models.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..core import Problem, Run
from ..core.evaluation import evaluate
from ..measures.dynamics import Jump, Stage
from .experiment import Claim, Experiment, Result

SECTION = "7 Superposition and Learning Dynamics"
STEPS = 15_000
LATE = 2250
"""A jump is late whose middle is after this step: a sixth part of training, 15 %, is over."""
SPAN = 600
"""Steps over which the drop of the loss at a jump is taken."""
SAMPLES = 200_000
FILM_SAMPLES = 10_000
Check = Callable[[Result], tuple[bool, str]]
CONSTANT = {"learning_rate": 1e-3, "decay": "none"}
TOGETHER = Problem(6, 3, density=0.1, features="correlated", set_size=3)


def judged(run: Run, n_samples: int = 20_000) -> Run:
    """The run with the losses of its film taken on so many common inputs, so that they show small changes."""
    film = run.frames
    loss = evaluate(run.problems, *film.weights, n_samples=n_samples).loss
    return dataclasses.replace(run, loss=loss[-1], frames=dataclasses.replace(film, loss=loss))


def late_jumps(run: Run) -> list[tuple[Jump, ...]]:
    """The jumps of each model's features in the later part of training."""
    D = measures.feature_dimensionality(run.frames.W)
    found = [measures.jumps(run.frames.step, D[:, model]) for model in range(run.n_instances)]
    return [tuple(jump for jump in jumps if _middle(jump) > LATE) for jumps in found]


def _middle(jump: Jump) -> float:
    return (jump.step_from + jump.step_to) / 2.0


def drops(run: Run, model: int, jumps: Sequence[Jump], n_samples: int = SAMPLES) -> NDArray[np.float64]:
    """By how much of itself the loss of a model falls at each jump, and in as many steps after it.

    Returns
    -------
    array, shape (jumps, 2)
    """
    ends = np.array([[_middle(jump) + SPAN * side for side in (-0.5, 0.5, 1.5)] for jump in jumps])
    frames = np.abs(run.frames.step - ends.reshape(-1, 1)).argmin(axis=1)
    film = run[model].frames
    loss = evaluate(run.problem, film.W[frames], film.b[frames], n_samples=n_samples).loss.reshape(-1, 3)
    return 1.0 - loss[:, 1:] / loss[:, :-1]


def _many_jump_late(result: Result) -> tuple[bool, str]:
    (run,) = result.runs
    found = late_jumps(run)
    count = sum(bool(jumps) for jumps in found)
    return 4 * count >= run.n_instances, (
        f"{count} of {run.n_instances} models, {sum(map(len, found))} jumps"
    )


def _loss_drops(n_samples: int) -> Check:
    def check(result: Result) -> tuple[bool, str]:
        (run,) = result.runs
        found = [drops(run, model, jumps, n_samples) for model, jumps in enumerate(late_jumps(run)) if jumps]
        if not found:
            return False, "no jumps"
        at, after = np.concatenate(found).T
        return bool(at.min() > 0.0 and at.mean() > max(0.005, after.mean())), (
            f"by {100 * at.min():.2f}–{100 * at.max():.2f} %, {100 * at.mean():.2f} % on average; "
            f"in the {SPAN} steps after {100 * after.mean():.2f} %"
        )

    return check


def _ends_in_digons(result: Result) -> tuple[bool, str]:
    """In the best model all represented features but two at the most have an antipode."""
    W = result.runs[0].best.W[0]
    shapes = measures.geometry(W)
    paired = sum(len(part.features) for part in shapes.components if part.name == "digon")
    count = int(measures.represented(W).sum())
    return paired >= count - 2 and paired >= 12, f"{shapes.name}; {count} represented"


def energy_levels(*, steps: int = STEPS, n_samples: int = SAMPLES) -> Experiment:
    """E21 with so many steps, its losses judged on so many inputs."""
    return Experiment(
        id="E21",
        section=SECTION,
        title="Energy level jumps",
        summary="Thirty-two features of equal importance in eight dimensions, trained at a constant rate. "
        "Features jump between dimensionalities, some long after the start, and the loss falls as they do.",
        problems=(Problem(32, 8, density=0.5),),
        n_seeds=16,
        n_frames=1000,
        settings=CONSTANT | {"steps": steps, "batch_size": 128},
        quick={"n_seeds": 8},
        claims=(
            Claim("In a quarter of the models or more some feature jumps late", _many_jump_late),
            Claim(
                "At each late jump the loss falls, by over .5 % on average, more than after it",
                _loss_drops(n_samples),
            ),
            Claim("The best model ends in digons, but for two features at the most", _ends_in_digons),
        ),
    )


@dataclasses.dataclass(frozen=True)
class Course:
    """What the two sets of E22 do at each recorded step of one model."""

    step: NDArray[np.int64]
    thickness: NDArray[np.float64]
    """σ₃/σ₁ of W: 0 while all features are in a plane."""
    together: NDArray[np.float64]
    """The least cosine within a set: 1 while its features share a direction."""
    apart: NDArray[np.float64]
    """The largest |cosine| within a set: 0 once its features are at right angles."""
    opposite: NDArray[np.float64]
    """The largest, over features, of the least cosine with the other set: −1 when all have an antipode."""

    @property
    def is_pca(self) -> NDArray[np.bool_]:
        """Steps at which each set is represented by one direction alone, its principal component."""
        return (self.thickness < 0.15) & (self.together > 0.95)

    @property
    def is_antiprism(self) -> NDArray[np.bool_]:
        """Steps at which each set is a right-angled triangle, but turned against the other."""
        return (self.apart < 0.1) & (self.opposite > -0.9)

    @property
    def is_octahedron(self) -> NDArray[np.bool_]:
        """Steps at which each feature is opposite to one of the other set, and at right angles to its own."""
        return (self.apart < 0.1) & (self.opposite < -0.95)

    def rests(self, here: NDArray[np.bool_], stages: Sequence[Stage]) -> bool:
        """Whether the loss has a plateau in which this is so at some step."""
        steps = self.step[here]
        return any(((steps >= stage.step_from) & (steps <= stage.step_to)).any() for stage in stages)


def courses(run: Run) -> list[Course]:
    """The course of training of each model of E22."""
    film = run.frames
    spread = np.linalg.svd(film.W, compute_uv=False)
    unit = film.W / np.linalg.norm(film.W, axis=-2, keepdims=True)
    cosine = np.swapaxes(unit, -1, -2) @ unit
    own = ~np.eye(3, dtype=bool)
    within = np.stack((cosine[..., :3, :3][..., own], cosine[..., 3:, 3:][..., own]), axis=-1)
    across = cosine[..., :3, 3:]
    opposite = np.maximum(across.min(axis=-1).max(axis=-1), across.min(axis=-2).max(axis=-1))
    numbers = spread[..., 2] / spread[..., 0], within.min((-1, -2)), np.abs(within).max((-1, -2)), opposite
    return [Course(film.step, *(number[:, model] for number in numbers)) for model in range(run.n_instances)]


def plateaus(run: Run) -> list[tuple[Stage, ...]]:
    """Where the loss of each model rests."""
    film = judged(run, FILM_SAMPLES).frames
    return [measures.stages(film.step, film.loss[:, model]) for model in range(run.n_instances)]


def _most(count: int, of: int) -> bool:
    return 8 * count >= 7 * of


def _octahedra(result: Result) -> tuple[bool, str]:
    found = courses(result.runs[0])
    count = sum(bool(course.is_octahedron[-1]) for course in found)
    names = sorted({measures.geometry(W).name for W in result.runs[0].W})
    return _most(count, len(found)), f"{count} of {len(found)}: {', '.join(names)}"


def _pca_first(result: Result) -> tuple[bool, str]:
    """The loss rests while each set is one direction, and again once its features are at right angles."""
    run = result.runs[0]
    found, rests = courses(run), plateaus(run)
    count = sum(
        course.rests(course.is_pca, stages) and course.rests(course.apart < 0.1, stages)
        for course, stages in zip(found, rests, strict=True)
    )
    antiprisms = sum(bool(course.is_antiprism.any()) for course in found)
    seen = "; ".join(
        " → ".join(f"{stage.loss:.4f} ({stage.step_from}–{stage.step_to})" for stage in stages)
        for stages in rests
    )
    return _most(count, len(found)), (
        f"{count} of {len(found)}, {antiprisms} through an antiprism; plateaus of the loss (steps): {seen}"
    )


def _larger_starts_skip(result: Result) -> tuple[bool, str]:
    small, large = (courses(run) for run in result.runs)
    through = [sum(bool(course.is_pca.any()) for course in found) for found in (small, large)]
    return _most(through[0], len(small)) and 8 * through[1] <= len(large), (
        f"{through[0]} of {len(small)} from weights of .02, {through[1]} of {len(large)} from Xavier's"
    )


E21 = energy_levels()

E22 = Experiment(
    id="E22",
    section=SECTION,
    title="Learning as geometric transformations",
    summary="Six features in three dimensions, two sets of three that come together, from tiny weights. "
    "First each set is a point, as in principal component analysis; the points split into triangles, and "
    "the triangles turn against each other until they are an octahedron. The loss has a plateau for each.",
    problems=(TOGETHER, TOGETHER),
    n_seeds=8,
    n_frames=400,
    settings=tuple(CONSTANT | {"steps": 8000, "batch_size": 512, "init": init} for init in (0.02, "xavier")),
    quick={"n_frames": 200},
    claims=(
        Claim("7 of 8 end as octahedra with antipodes from the other set", _octahedra),
        Claim("The loss rests while each set is one direction, and again at right angles", _pca_first),
        Claim("From larger weights there is no such first stage", _larger_starts_skip),
    ),
)
