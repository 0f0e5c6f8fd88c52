"""Sweeps on disk: a file for every block while they are trained, and one netCDF file in the end.

    name.nc.parts/settings.json     everything that decides the sweep
    name.nc.parts/part-….nc         a block each, named after its first model
    name.nc                         all of it; the parts go when it is there

Every file is written beside its place, forced to the disk and renamed, so that whatever ends the process,
each is there whole or not at all.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import io
import json
import os
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import h5netcdf  # pyright: ignore[reportMissingTypeStubs]
import numpy as np
import xarray as xr
from xarray.backends import H5NetCDFStore

from ..core.checks import SettingError
from ..core.storage import replace_file
from .blocks import Arrays, Block
from .definition import FORMAT, check_same, digest_of, sweep_of
from .results import LABEL, TRAILING, Results, labels_of
from .stopped import SweepStopped


class Store:
    """The files of one sweep.

    Parameters
    ----------
    path : Path
        Of the file in the end.
    definition : dict
        Of the sweep; see `tms_widgets.sweeps.definition.define`.
    """

    def __init__(self, path: Path, definition: dict[str, Any]) -> None:
        self.path, self.parts, self.definition = path, parts_of(path), definition
        self.digest = digest_of(definition)

    def begin(self, results: Results, resume: bool) -> xr.Dataset | None:
        """Get ready for blocks, and put those that are there already into ``results``.

        Returns
        -------
        Dataset or None
            What the finished file holds, if there is one.

        Raises
        ------
        SettingError
            When something is there and ``resume`` is False, or it belongs to another sweep.
        """
        for place in (self.path, self.parts):
            if not resume and (place.is_file() or (place.is_dir() and any(place.iterdir()))):
                raise SettingError(
                    f"{place} exists already and is left as it is; resume=True goes on with it, "
                    "or use another name."
                )
        if self.path.exists():
            finished = read_result(self.path)
            check_same(str(self.path), json.loads(finished.attrs[LABEL]), self.definition)
            shutil.rmtree(self.parts, ignore_errors=True)
            return finished
        with _in_words(self.parts):
            self.parts.mkdir(exist_ok=True)
        if (self.parts / "settings.json").exists():
            check_same(str(self.parts), read_settings(self.parts), self.definition)
        elif any(self.parts.glob("[!.]*")):
            raise SettingError(f"{self.parts} holds files, but none of a sweep; use another name.")
        else:
            _write(self.parts / "settings.json", json.dumps(self.definition).encode())
        read_parts(self.parts, self.definition, results)
        return None

    def write(self, block: Block, trained: Arrays) -> None:
        """Keep a block.

        Raises
        ------
        SweepStopped
            When the disk does not take it.
        """
        variables = {name: (("cell", "seed", *TRAILING[name]), array) for name, array in trained.items()}
        place = {"cell": list(block.cells), "seed": np.arange(block.first_seed, block.end_seed)}
        part = xr.Dataset(variables, place, {"digest": self.digest})
        write_netcdf(self.parts / f"part-{block.cells[0]:07d}-{block.first_seed:06d}.nc", part)

    def finish(self, dataset: xr.Dataset) -> None:
        """Write all of it as one file; the parts go."""
        write_netcdf(self.path, dataset)
        for left in self.path.parent.glob(f".{glob.escape(self.path.name)}.*"):
            left.unlink(missing_ok=True)  # of a process that was killed while it wrote
        shutil.rmtree(self.parts, ignore_errors=True)


def open_sweep(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read a sweep that was written to ``path``, finished or not.

    Parameters
    ----------
    path : path
        What `Sweep.run` was given. Of an unfinished sweep the blocks beside it are read.

    Returns
    -------
    xarray.Dataset
        In memory. NaN where a model is not trained yet.

    Raises
    ------
    FileNotFoundError
        When there is neither.
    SettingError
        When it is no sweep, or damaged.
    """
    place = Path(path)
    parts = place if (place / "settings.json").is_file() else parts_of(place)
    if place.is_file():
        return read_result(place)
    if not parts.is_dir():
        raise FileNotFoundError(f"There is no sweep at {place}.")
    definition = read_settings(parts)
    results = Results(sweep_of(definition))
    read_parts(parts, definition, results)
    return results.dataset.assign_attrs(labels_of(definition))


def parts_of(path: Path) -> Path:
    """The folder of the blocks of an unfinished sweep."""
    return path.with_name(f"{path.name}.parts")


def read_result(path: Path) -> xr.Dataset:
    """The finished sweep in this file.

    Raises
    ------
    SettingError
        When it is none, or damaged.
    """
    from . import accessor as accessor  # ``dataset.tms``

    dataset = _read_netcdf(path)
    if not _is_definition(dataset.attrs.get(LABEL)) or not {"loss", "W", "b"} <= set(dataset.data_vars):
        raise SettingError(f"{path} is a netCDF file, but not a sweep written by tms_widgets.")
    return dataset


def read_settings(parts: Path) -> dict[str, Any]:
    """What decides the sweep whose blocks are in this folder."""
    try:
        text = (parts / "settings.json").read_text()
    except (OSError, UnicodeDecodeError):
        text = ""
    if not _is_definition(text):
        raise SettingError(f"{parts} is not a folder of a sweep written by tms_widgets, or it is damaged.")
    return json.loads(text)


def read_parts(parts: Path, definition: dict[str, Any], results: Results) -> None:
    """Put the blocks of a folder into ``results``."""
    digest = digest_of(definition)
    for file in sorted(parts.glob("part-*.nc")):
        part = _read_netcdf(file)
        try:
            if part.attrs["digest"] != digest:
                raise ValueError("it belongs to another sweep")
            seeds = part["seed"].values
            block = Block(tuple(part["cell"].values.tolist()), int(seeds[0]), int(seeds[-1]) + 1)
            results.put(block, {str(name): array.values for name, array in part.data_vars.items()})
        except (KeyError, ValueError, IndexError) as error:
            raise SettingError(
                f"{file} is not a block of this sweep ({error}); delete it, and resume=True trains it again."
            ) from None


def _is_definition(text: object) -> bool:
    try:
        definition = json.loads(cast(str, text))
    except (TypeError, ValueError):
        return False
    return isinstance(definition, dict) and cast(dict[str, Any], definition).get("format") == FORMAT


def write_netcdf(path: Path, dataset: xr.Dataset) -> None:
    """Write a sweep, or a part of one, in the place of what is at ``path``."""
    # Made in memory and written as bytes: on a full disk HDF5's own writing ends the process.
    image = io.BytesIO()
    with h5netcdf.File(image, "w") as file:
        dataset.assign_attrs(checksum=_checksum(dataset)).dump_to_store(H5NetCDFStore(file))  # pyright: ignore[reportUnknownMemberType]
    _write(path, image.getbuffer())


def _write(path: Path, data: bytes | memoryview) -> None:
    with _in_words(path):
        replace_file(path, data)


def _read_netcdf(path: Path) -> xr.Dataset:
    try:
        dataset = xr.load_dataset(path, engine="h5netcdf")  # pyright: ignore[reportUnknownMemberType]
    except Exception as error:  # the libraries raise whatever they stumble over
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise SettingError(f"{path} cannot be read as a netCDF file of a sweep ({reason}).") from None
    if dataset.attrs.pop("checksum", None) not in (None, _checksum(dataset)):
        raise SettingError(f"{path} is damaged: its numbers are not those that were written.")
    return dataset


def _checksum(dataset: xr.Dataset) -> str:
    digest = hashlib.sha256()
    for name in TRAILING:
        if name in dataset:
            digest.update(np.ascontiguousarray(dataset[name].values).tobytes())
    return digest.hexdigest()


@contextlib.contextmanager
def _in_words(path: Path) -> Generator[None]:
    """What the disk refuses, as one sentence."""
    try:
        yield
    except OSError as error:
        raise SweepStopped(f"{path} could not be written ({error.strerror or error}).") from error
