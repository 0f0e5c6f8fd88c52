"""The training core: problems, models, engines, runs. It draws nothing, prints nothing and starts nothing.

Reading order: `problem`, `features` and `models` say what the paper trains; `strata` and `engines` how it is
trained fast; `training` puts them together; `evaluation` judges; `run` is the result.
"""

from .checks import SettingError
from .evaluation import evaluate
from .problem import Problem
from .run import Frame, Frames, Run
from .training import Session, iter_frames, train

__all__ = ["Frame", "Frames", "Problem", "Run", "Session", "SettingError", "evaluate", "iter_frames", "train"]
