"""The paper's models that the instrument offers by name, section by section, in the order of a lecture."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..core.checks import choice
from ..core.problem import Problem
from ..paper import EXPERIMENTS
from .setup import Setup

BASICS = "1–3 Superposition"
UNIFORM = "5 Uniform geometry"
NON_UNIFORM = "6 Non-uniform geometry"
DYNAMICS = "7 Learning dynamics"
PRIVILEGED = "9 Privileged basis"
COMPUTATION = "10 Computation"
STRATEGIC = "11 Strategic picture"
COMMENTS = "Comments: activations"
SLOWLY: dict[str, Any] = {
    "init": 0.02,
    "decay": "none",
    "learning_rate": 1e-3,
    "steps": 8000,
    "n_frames": 160,
}
"""Small weights and a low, constant rate: stages of learning that the usual schedule leaps over."""


@dataclasses.dataclass(frozen=True)
class Preset:
    """Settings with a name. ``Explorer(preset=...)`` takes the name, or its first words."""

    name: str
    title: str
    section: str
    """Of the paper, as the menu says it; presets of one section follow each other."""
    setup: Setup
    n_seeds: int | None = None
    """How many seeds it wants; None where any number will do."""


def _basic(experiment_id: str, density: float, architecture: str = "relu_output") -> Preset:
    """One problem of an experiment of the paper's first sections."""
    experiment = EXPERIMENTS[experiment_id]
    problem = next(
        problem
        for problem in experiment.problems
        if (problem.architecture, problem.density) == (architecture, density)
    )
    linear = architecture == "linear"
    name = f"{experiment_id} linear" if linear else f"{experiment_id} S={problem.sparsity:g}"
    model = "a linear model" if linear else f"each active with probability {density:g}"
    shape = f"{problem.n_features} features in {problem.n_hidden} dimensions"
    return Preset(name, f"{experiment.title}: {shape}, {model}", BASICS, Setup(problem))


def _uniform(density: float, n: int = 40, m: int = 6) -> Preset:
    """Equally important features; the paper's own have n = 400, m = 30."""
    problem = Problem(n, m, density=density)
    shape = f"{n} equally important features in {m} dimensions, 1/(1 − S) = {1 / density:.3g}"
    title = f"Feature dimensionality, a smaller twin: {shape}"
    return Preset(f"E11 S={problem.sparsity:g}", title, UNIFORM, Setup(problem))


def _patiently(preset: Preset, n_seeds: int, **training: Any) -> Preset:
    """A preset that needs longer training, of fewer seeds."""
    setup = preset.setup.replace(training=training)
    return dataclasses.replace(
        preset, title=f"{preset.title}; takes some seconds", setup=setup, n_seeds=n_seeds
    )


def _sets(
    name: str, title: str, density: float, shape: tuple[int, int, int], kind: str = "correlated"
) -> Preset:
    """Equally important features in sets; ``shape`` is n, m and the size of a set."""
    n, m, size = shape
    problem = Problem(n, m, density=density, features=kind, set_size=size)
    sets = f"{n // size} {kind} sets of {size} in {m} dimensions"
    title = f"{title}: {sets}, each active with probability {density:g}"
    return Preset(name, title, NON_UNIFORM, Setup(problem))


def _ten(name: str, title: str, density: float, architecture: str = "relu_hidden", **more: Any) -> Preset:
    """Ten features on five neurons, of which the best of many models counts."""
    problem = Problem(10, 5, importance=0.75, density=density, architecture=architecture, **more)
    title = f"{title}: 10 features, each active with probability {density:g}, in 5 "
    title += "neurons" if problem.has_neurons else "linear dimensions"
    return Preset(name, title, PRIVILEGED, Setup(problem), n_seeds=32)


def _absolute(density: float) -> Preset:
    """|x| of a hundred features, trained as in the experiment: independent weights would get stuck."""
    experiment = EXPERIMENTS["E30"]
    call = next(
        call for call in experiment.calls() if density in [problem.density for problem in call.problems]
    )
    problem = next(problem for problem in call.problems if problem.density == density)
    training = {name: value for name, value in call.settings.items() if name != "n_frames"}
    title = f"{experiment.title}: |x| of 100 features in 40 neurons, each active with probability {density:g}"
    preset = Preset(f"E30 S={problem.sparsity:g}", title, COMPUTATION, Setup(problem))
    return _patiently(preset, n_seeds=1, **training)


def _penalised(l1: float, effect: str) -> Preset:
    """Twenty features in five dimensions, whose activations cost something."""
    experiment = EXPERIMENTS["E32"]
    problem = next(problem for problem in experiment.problems if problem.l1 == l1)
    title = f"{experiment.title}: 20 features in 5 dimensions with a penalty {l1:g} Σ|h|: {effect}"
    return Preset(f"E32 λ={l1:g}", title, STRATEGIC, Setup(problem), n_seeds=32)


def _activation(name: str, activation: str) -> Preset:
    """Two features in one dimension, where it depends on the output's activation whether they share it."""
    problem = Problem(2, 1, importance=0.5, density=0.4, activation=activation)
    title = f"Two features in one dimension, the second half as important, with {name} output"
    return Preset(f"E37 {name}", title, COMMENTS, Setup(problem))


_PENTAGON = Problem(5, 2, density=0.05)
_TWO_TRIPLES = Problem(6, 3, density=0.1, features="correlated", set_size=3)
_TRIPLES_TITLE = "Geometric transformations: 2 correlated sets of 3 in 3 dimensions"

PRESETS = (
    _basic("E1", 1.0),
    _basic("E1", 0.2),
    _basic("E1", 0.1),
    _basic("E4", 1.0, "linear"),
    _basic("E4", 1.0),
    _basic("E4", 0.1),
    _basic("E4", 0.01),
    _basic("E5", 0.1),
    _basic("E5", 0.01),
    _uniform(0.35),
    _uniform(0.22),
    # the triangles of 1/(1 - S) = 1.59 do not form in a hurry, nor in a smaller model
    _patiently(_uniform(0.63, n=100, m=12), n_seeds=4, steps=3000, batch_size=512),
    Preset(
        "E15 one feature",
        "Perturb one feature: a pentagon of equal features; make one of them sparser or denser",
        NON_UNIFORM,
        Setup(_PENTAGON, perturbed=0),
    ),
    _sets("E16 pairs", "Correlated pairs", 0.05, (4, 2, 2)),
    dataclasses.replace(
        _sets("E17 anti-pairs", "Anticorrelated pairs", 0.1, (4, 2, 2), "anticorrelated"), n_seeds=16
    ),
    _sets("E18 three pairs", "Three correlated pairs", 0.02, (6, 2, 2)),
    _sets("E19 sets of 10", "Local almost-orthogonal bases", 0.05, (30, 12, 10)),
    _sets("E20 S=0.5", "Collapse to principal components", 0.5, (6, 2, 2)),
    _sets("E20 S=0.75", "Collapse to principal components", 0.25, (6, 2, 2)),
    _sets("E20 S=0.92", "Collapse to principal components", 0.08, (6, 2, 2)),
    Preset("E22 quick", f"{_TRIPLES_TITLE}, trained as quickly as usual", DYNAMICS, Setup(_TWO_TRIPLES)),
    Preset(
        "E22 slow",
        f"{_TRIPLES_TITLE}, from small weights at a low, constant rate: play the film",
        DYNAMICS,
        Setup(_TWO_TRIPLES, training=SLOWLY),
    ),
    _ten("E26 linear", "Without a ReLU the basis means nothing", 0.5, "relu_output"),
    _ten("E26 ReLU", "With a ReLU features lie along neurons", 0.5),
    _ten("E27 S=0.25", "Every neuron stands for one feature", 0.75),
    _ten("E27 S=0.75", "Monosemantic and polysemantic neurons side by side", 0.25),
    _ten("E27 S=0.94", "Every neuron stands for several features", 0.06),
    _ten("E28 bias", "With a bias neurons become linear", 0.15, hidden_bias=True),
    Preset(
        "E29 absolute value",
        "Absolute value: two neurons for each of 3 features, one for each sign",
        COMPUTATION,
        Setup(Problem(3, 6, density=0.5, architecture="untied")),
        n_seeds=32,
    ),
    _absolute(1.0),
    _absolute(0.1),
    _absolute(0.01),
    Preset(
        "E31 asymmetric",
        "Asymmetric superposition: |x| of 6 features in 10 neurons, some of which undo what others do wrong",
        COMPUTATION,
        Setup(Problem(6, 10, density=0.3, architecture="untied")),
        n_seeds=24,
    ),
    _penalised(0.0, "features share dimensions"),
    _penalised(0.01, "they turn into the basis"),
    _penalised(0.1, "a sixth still shares a dimension"),
    _penalised(0.125, "only the top five are left"),
    _activation("ReLU", "relu"),
    _activation("ReLU²", "squared_relu"),
    _activation("GELU", "gelu"),
    _activation("linear", "linear"),
)


def preset_named(name: Any) -> Preset:
    """The first preset whose name is, or begins with the words, ``name``.

    Raises
    ------
    SettingError
        Names the presets there are.
    """
    for preset in PRESETS:
        if isinstance(name, str) and name and f"{preset.name} ".startswith(f"{name} "):
            return preset
    names = [preset.name for preset in PRESETS]
    return PRESETS[names.index(choice("preset", name, names))]
