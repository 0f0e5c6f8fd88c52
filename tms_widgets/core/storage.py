"""Runs on disk: one safetensors file, written whole or not at all, read without executing anything."""

from __future__ import annotations

import dataclasses
import json
import os
import uuid
from pathlib import Path
from typing import Any, cast

import numpy as np

from .problem import Problem
from .run import Frames, Run
from .schedule import Schedule

FORMAT = "tms_widgets.run/1"
ARRAYS = ("step", "loss", "W", "b")
OPTIONAL = ("W_out", "b_hidden")


def save_run(run: Run, path: Path) -> Path:
    """Write ``run`` to ``path``; returns the path. See `Run.save`."""
    from safetensors.numpy import save

    distinct = list(dict.fromkeys(run.problems))
    header = {
        "problems": [problem.to_dict() for problem in distinct],
        "problem_of_instance": [distinct.index(problem) for problem in run.problems],
        "schedule": dataclasses.asdict(run.schedule),
        "engine": run.engine,
        "engine_note": run.engine_note,
        "stopped": run.stopped,
        "attack": run.attack,
    }
    tensors = {name: getattr(run.frames, name) for name in ARRAYS}
    tensors |= {"seeds": run.seeds, "final_loss": run.loss}
    tensors |= {name: getattr(run.frames, name) for name in OPTIONAL if getattr(run.frames, name) is not None}
    data = save(
        {name: np.ascontiguousarray(array) for name, array in tensors.items()},
        metadata={"format": FORMAT, "run": json.dumps(header)},
    )
    replace_file(path, data)
    return path


def replace_file(path: Path, data: bytes | memoryview) -> None:
    """Write ``data`` beside ``path`` and rename, so that a crash or a full disk leaves the old file whole."""
    # not a file of the module tempfile: those are for their owner alone, and so would the result be
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def load_run(path: Path) -> Run:
    """Read the run at ``path``. See `Run.load`."""
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        # the library's own types are incomplete
        with cast(Any, safe_open)(path, framework="np") as file:
            metadata: dict[str, str] = file.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise ValueError(f"{path} is a safetensors file, but not a run saved by tms_widgets.")
            header = json.loads(metadata["run"])
            tensors: dict[str, Any] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"{path} cannot be read as a saved run: {error}.") from None
    problems = [Problem.from_dict(settings) for settings in header["problems"]]
    return Run(
        problems=tuple(problems[int(i)] for i in header["problem_of_instance"]),
        seeds=tensors["seeds"],
        loss=tensors["final_loss"],
        frames=Frames(**{name: tensors[name] for name in ARRAYS + OPTIONAL if name in tensors}),
        schedule=Schedule(**header["schedule"]),
        engine=header["engine"],
        engine_note=header["engine_note"],
        stopped=header["stopped"],
        attack=header.get("attack", 0.0),
    )
