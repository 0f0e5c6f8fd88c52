"""The training core: problems, models, engines, runs. It draws nothing, prints nothing and starts nothing.

Reading order: `problem`, `features` and `models` say what the paper trains; `strata` and `engines` how it is
trained fast; `training` puts them together; `evaluation` judges; `run` is the result. `dictionary` looks for
features in hidden activations, without being told any.
"""

from .checks import SettingError
from .dictionary import Dictionary, fit_dictionaries, fit_dictionary
from .evaluation import evaluate
from .problem import Problem
from .run import Frame, Frames, Run
from .training import Session, iter_frames, train

__all__ = [
    "Dictionary",
    "Frame",
    "Frames",
    "Problem",
    "Run",
    "Session",
    "SettingError",
    "evaluate",
    "fit_dictionaries",
    "fit_dictionary",
    "iter_frames",
    "train",
]
