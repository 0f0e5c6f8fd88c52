"""The paper's experiments as data: ``tms_widgets.paper["E4"]``.

Each has its problems and its claims; ``.run()`` trains them with fresh seeds and ``.check(result)`` holds the
claims against what came out. With the environment variable ``TMS_QUICK=1`` the catalogue gives the quick twin
of every experiment that takes long: so the notebooks can be run in minutes, all claims asserted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import cast

from ..core import SettingError
from ..core.checks import shown
from .adversaries import E23, E24, E25
from .compression import E38
from .computation import E29, E30, E31
from .correlated import E16, E17, E18, E19, E20
from .demonstrating import E3, E4, E5
from .dictionaries import E33
from .dynamics import E21, E22
from .experiment import Claim, Experiment, Finding, Result, failed
from .frames import E13, E36
from .introduction import E1
from .neurons import E26, E27, E28
from .nonuniform import E15
from .packing import E40
from .phases import E7, E8, E9, E37
from .sensing import E39
from .stored import make_stored_sweep, stored_sweep
from .strata import E6
from .strategy import E32, E34
from .two_features import E35
from .uniform import E10, E11, E12, E14

EXPERIMENTS = {
    experiment.id: experiment
    for experiment in (
        *(E1, E3, E4, E5, E6, E7, E8, E9),
        *(E10, E11, E12, E13, E14),
        *(E15, E16, E17, E18, E19, E20),
        *(E21, E22),
        *(E23, E24, E25),
        *(E26, E27, E28, E29, E30, E31),
        *(E32, E33, E34),
        *(E35, E36, E37, E38, E39, E40),
    )
}

__all__ = [
    "EXPERIMENTS",
    "Claim",
    "Experiment",
    "Finding",
    "Result",
    "failed",
    "make_stored_sweep",
    "stored_sweep",
]


class _Catalogue(ModuleType):
    """This module, with its experiments to be had by subscript."""

    def __getitem__(self, name: str) -> Experiment:
        if name in EXPERIMENTS:
            experiment = EXPERIMENTS[name]
            return experiment.twin if os.environ.get("TMS_QUICK") == "1" else experiment
        raise SettingError(f"There is no experiment {shown(name)}; there are {', '.join(EXPERIMENTS)}.")

    def __iter__(self) -> Iterator[str]:
        return iter(EXPERIMENTS)

    def __len__(self) -> int:
        return len(EXPERIMENTS)


sys.modules[__name__].__class__ = _Catalogue
catalogue = cast(_Catalogue, sys.modules[__name__])
"""This module once more, for type checkers, which take a module for a plain one."""
