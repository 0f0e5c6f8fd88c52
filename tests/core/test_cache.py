"""The compiled code: kept where it can be, compiled again when it must be, and at home on any processor."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.repository import ROOT

CAPABILITIES = (1, 2, 3)
"""By which root may write, read and change what file permissions forbid."""
DROP = 24


def drop_privileges() -> None:
    """Make file permissions hold for root too, in the process about to start."""
    if os.getuid() == 0:
        for capability in CAPABILITIES:
            ctypes.CDLL(None).prctl(DROP, capability, 0, 0, 0)


def python(code: str, cwd: Path, read_only: bool = False, **environment: str) -> str:
    """What a fresh Python prints that finds the package in ``cwd``."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if not name.startswith("NUMBA")} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        preexec_fn=drop_privileges if read_only else None,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of the package, in which nothing is compiled."""
    unwanted = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(ROOT / "tms_widgets", tmp_path / "tms_widgets", ignore=unwanted)
    return tmp_path


TRAIN_SMALL = """
import os
import tms_widgets as tms
assert tms.__file__.startswith(os.getcwd()), tms.__file__
assert not os.access(os.path.dirname(tms.__file__), os.W_OK)
for engine, n in {"exact": 2, "stratified": 6}.items():
    run = tms.train(tms.Problem(n, 1, importance=0.9, density=0.1), n_seeds=8, seed=0, engine=engine)
    print(run.best.loss[0])
"""


def test_a_read_only_home_and_a_processor_without_avx(copy):
    home = copy / "home"
    home.mkdir()
    for folder in (home, *copy.rglob("tms_widgets"), *(p for p in copy.rglob("*") if p.is_dir())):
        folder.chmod(0o555)
    code = TRAIN_SMALL
    # the oldest processor of this kind that Python itself still runs on
    old = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""} if os.uname().machine == "x86_64" else {}
    losses = [float(line) for line in python(code, copy, read_only=True, HOME=str(home), **old).split()]
    code = code.replace("assert not os.access(os.path.dirname(tms.__file__), os.W_OK)\n", "")
    expected = [float(line) for line in python(code, ROOT).split()]
    assert losses == pytest.approx(expected, rel=0.02)


IS_COMPILED = """
from tms_widgets.core.engines.cache import is_compiled
from tms_widgets.core.engines.warm import warm_up
print(is_compiled("lanes"))
if {compile}: warm_up(["exact"])
print(is_compiled("lanes"))
"""


def test_compiled_code_is_known_to_later_processes_until_its_sources_change(copy):
    assert python(IS_COMPILED.format(compile=True), copy).split() == ["False", "True"]
    assert python(IS_COMPILED.format(compile=False), copy).split() == ["True", "True"]
    common = copy / "tms_widgets/core/engines/kernels/common.py"
    common.write_text(common.read_text() + "\n# another line\n")
    assert python(IS_COMPILED.format(compile=False), copy).split() == ["False", "False"]
    assert not list(copy.rglob("lanes.*.nbi")), "code made from the old sources is gone"
