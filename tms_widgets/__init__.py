"""Jupyter widgets for *Toy Models of Superposition* (Elhage et al. 2022).

Every public name is imported when it is first used, so that importing the package costs neither torch nor
ipywidgets.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import measures as measures
    from . import theory as theory
    from .core.evaluation import evaluate as evaluate
    from .core.problem import Problem as Problem
    from .core.run import Run as Run
    from .core.training import iter_frames as iter_frames
    from .core.training import train as train
    from .paper import catalogue as paper  # noqa: F401
    from .sweeps.maps import phase_sweep as phase_sweep
    from .sweeps.store import open_sweep as open_sweep
    from .sweeps.sweep import Sweep as Sweep
    from .widgets.attack_view import AttackView as AttackView
    from .widgets.curves import Curves as Curves
    from .widgets.dimensionality_plot import DimensionalityPlot as DimensionalityPlot
    from .widgets.dynamics import Dynamics as Dynamics
    from .widgets.explorer import Explorer as Explorer
    from .widgets.feature_geometry import FeatureGeometry as FeatureGeometry
    from .widgets.feature_graph import FeatureGraph as FeatureGraph
    from .widgets.loss_curve import LossCurve as LossCurve
    from .widgets.loss_strata import LossStrata as LossStrata
    from .widgets.loss_surface import LossSurface as LossSurface
    from .widgets.microscope import Microscope as Microscope
    from .widgets.neuron_graph import NeuronGraph as NeuronGraph
    from .widgets.phase_map import PhaseMap as PhaseMap
    from .widgets.selection import Selection as Selection
    from .widgets.stack_plot import StackPlot as StackPlot
    from .widgets.volume import Volume as Volume
    from .widgets.weight_matrix import WeightMatrix as WeightMatrix

_HOME = {
    "Problem": "core.problem",
    "Run": "core.run",
    "evaluate": "core.evaluation",
    "iter_frames": "core.training",
    "train": "core.training",
    "Sweep": "sweeps.sweep",
    "open_sweep": "sweeps.store",
    "phase_sweep": "sweeps.maps",
    "Curves": "widgets.curves",
    "AttackView": "widgets.attack_view",
    "DimensionalityPlot": "widgets.dimensionality_plot",
    "Dynamics": "widgets.dynamics",
    "Explorer": "widgets.explorer",
    "FeatureGeometry": "widgets.feature_geometry",
    "FeatureGraph": "widgets.feature_graph",
    "LossCurve": "widgets.loss_curve",
    "LossStrata": "widgets.loss_strata",
    "LossSurface": "widgets.loss_surface",
    "NeuronGraph": "widgets.neuron_graph",
    "Microscope": "widgets.microscope",
    "PhaseMap": "widgets.phase_map",
    "Selection": "widgets.selection",
    "StackPlot": "widgets.stack_plot",
    "Volume": "widgets.volume",
    "WeightMatrix": "widgets.weight_matrix",
}
_SUBPACKAGES = ("measures", "paper", "theory")

__all__ = sorted([*_HOME, *_SUBPACKAGES])  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, and keep it."""
    if name == "__version__":
        from importlib.metadata import version

        value = version("tms-widgets")
    elif name in _SUBPACKAGES:
        return import_module(f".{name}", __name__)
    elif name in _HOME:
        value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


if "ipykernel" in sys.modules:
    import_module(".widgets.ahead", __name__).load_ahead()
