"""Which engine answers the Explorer, and that compiling the fast one keeps nobody waiting."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tms_widgets as tms
from tms_widgets.widgets import trainer
from tms_widgets.widgets.explorer import Explorer

PROBLEM = tms.Problem(5, 2, importance=0.9, density=0.1)

FRESH_MACHINE = """
import time

import tms_widgets as tms
from tms_widgets.widgets import trainer

explorer = tms.Explorer(tms.Problem(5, 2, importance=0.9, density=0.1))
assert explorer.run.engine == "reference", "the first picture waited for the compiler"
assert explorer._state["note"] == "the fast one is being compiled"
assert trainer._compiling.poll() is None
end = time.monotonic() + 240
while trainer._compiling.poll() is None:
    assert time.monotonic() < end, "still compiling"
    time.sleep(0.1)
assert trainer._compiling.returncode == 0
explorer.density = 0.05
assert explorer.run.engine == "exact"
"""


def test_the_first_picture_on_a_fresh_machine_does_not_wait_for_the_compiler(tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", FRESH_MACHINE], env=environment, check=True, timeout=300)
    assert list(tmp_path.rglob("*.ready"))


def said(explorer: Explorer) -> tuple[str, str]:
    return explorer._state["engine"], explorer._state["note"]


def test_while_the_fast_engine_compiles_torch_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    class Compiling:
        ended: int | None = None

        def poll(self) -> int | None:
            return self.ended

    process = Compiling()
    monkeypatch.setattr(trainer, "is_compiled", lambda _: False)
    monkeypatch.setattr(trainer, "_compiling", process)
    explorer = Explorer(PROBLEM, n_seeds=2)
    assert said(explorer) == ("reference", "the fast one is being compiled")
    assert explorer.run.schedule.steps < 1000, "a draft keeps up with a slider"
    process.ended = 1
    explorer.density = 0.2
    assert said(explorer) == ("reference", "the fast one cannot be compiled here")
    process.ended = 0
    explorer.density = 0.3
    assert said(explorer) == ("exact", "")
    explorer.close()


def test_only_one_process_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    class Process:
        def __init__(self, command: list[str], **_: Any) -> None:
            started.append(command)

        def poll(self) -> None:
            return None

    monkeypatch.setattr(trainer, "is_compiled", lambda _: False)
    monkeypatch.setattr(trainer, "_compiling", None)
    monkeypatch.setattr(trainer.subprocess, "Popen", Process)
    for _ in range(3):
        assert trainer.choose_engine(PROBLEM)[0]["engine"] == "reference"
    assert len(started) == 1
    assert started[0][1:] == ["-m", "tms_widgets.core.engines.warm"]
