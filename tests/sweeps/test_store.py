"""Nothing is lost: files are whole or not there, and a resumed sweep is the undisturbed one."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import tms_widgets as tms
from tms_widgets.core.checks import SettingError
from tms_widgets.sweeps import SweepStopped, store

from .victim import sweep_to_kill

SEED = int(np.random.default_rng().integers(2**31))


def small(**settings):
    return tms.phase_sweep(side=6, **{"n_seeds": 4, "seed": SEED, "steps": 50, **settings})


def run(sweep, *path, **how):
    return sweep.run(*path, **{"progress": False, **how})


def interrupted_after(blocks):
    """A progress that is interrupted after so many blocks."""
    left = iter(range(blocks))

    def progress(done, total):
        if next(left, None) is None:
            raise KeyboardInterrupt

    return progress


@pytest.fixture
def half(tmp_path):
    """A sweep that was interrupted after three blocks."""
    path = tmp_path / "map.nc"
    with pytest.raises(KeyboardInterrupt) as interrupt:
        small().run(path, progress=interrupted_after(3), block_models=20)
    assert "60 of 144 models are kept" in interrupt.value.__notes__[0]
    return path


def test_a_file_holds_the_result(tmp_path):
    path = tmp_path / "map.nc"
    written = run(small(), path)
    assert os.listdir(tmp_path) == ["map.nc"]
    assert tms.open_sweep(path).identical(written)
    assert tms.open_sweep(str(path)).tms.problem(density=1, importance=1) == written.tms.problem(
        density=1, importance=1
    )
    with xr.open_dataset(path, engine="h5netcdf") as plain:
        assert plain.loss.equals(written.loss)
    assert path.stat().st_mode & 0o777 == 0o666 & ~current_umask()


def current_umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_words_flags_and_vectors_come_back_from_a_file(tmp_path):
    axes = {"activation": ["relu", "gelu"], "bias": [True, False], "importance": [(1, 1), (1, 0.5)]}
    sweep = tms.Sweep(tms.Problem(2, 1), n_seeds=2, steps=5, **axes)
    written = run(sweep, tmp_path / "sweep.nc")
    again = tms.open_sweep(tmp_path / "sweep.nc")
    assert again.identical(written)
    assert again.tms.sweep.definition == sweep.definition


def test_an_interrupt_keeps_what_is_written_and_resume_goes_on(half):
    assert sorted(os.listdir(half.parent)) == ["map.nc.parts"]
    partial = tms.open_sweep(half)
    assert partial.loss.notnull().sum() == 60
    whole = run(small())
    done = partial.loss.notnull()
    assert (partial.loss.where(done, 0) == whole.loss.where(done, 0)).all()
    assert partial.tms.sweep.definition == small().definition
    told = []
    resumed = run(small(), half, resume=True, block_models=33, progress=lambda *two: told.append(two))
    assert told[0] == (60, 144)
    assert resumed.identical(whole)
    assert tms.open_sweep(half).identical(whole)
    assert os.listdir(half.parent) == ["map.nc"]


def test_a_finished_file_is_read_and_one_of_nothing_begun(tmp_path):
    path = tmp_path / "map.nc"
    whole = run(small(), path, resume=True)
    before = path.stat().st_mtime_ns
    (tmp_path / "map.nc.parts").mkdir()  # as if it was killed before the parts went
    assert run(small(), path, resume=True).identical(whole)
    assert path.stat().st_mtime_ns == before
    assert os.listdir(tmp_path) == ["map.nc"]


def test_nothing_that_exists_is_overwritten(half):
    parts = half.with_name("map.nc.parts")
    before = sorted((file.name, file.read_bytes()) for file in parts.iterdir())
    with pytest.raises(SettingError, match=r"map\.nc\.parts exists already .* resume=True goes on with it"):
        run(small(), half)
    assert sorted((file.name, file.read_bytes()) for file in parts.iterdir()) == before
    half.write_text("mine")
    with pytest.raises(SettingError, match=r"map\.nc exists already and is left as it is"):
        run(small(), half)
    with pytest.raises(SettingError, match=r"map\.nc cannot be read as a netCDF file of a sweep"):
        run(small(), half, resume=True)
    assert half.read_text() == "mine"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"n_seeds": 3}, "n_seeds is 4 there and 3 here"),
        ({"seed": 1}, r"seed is \d+ there and 1 here"),
        ({"steps": 51}, "steps is 50 there and 51 here"),
        ({"activation": "gelu"}, "the problem's activation is 'relu' there and 'gelu' here"),
        ({"density": (1, 0.1)}, r"the axis density is \[1.0, .* there and \[1.0, .* here"),
    ],
)
def test_a_sweep_of_other_settings_is_refused(half, changed, sentence):
    with pytest.raises(
        SettingError, match=rf"holds another sweep: {sentence} \(digest \w+ there, \w+ here\)"
    ):
        run(small(**changed), half, resume=True)
    finished = half.with_name("finished.nc")
    run(small(), finished)
    with pytest.raises(SettingError, match=rf"finished\.nc holds another sweep: {sentence}"):
        run(small(**changed), finished, resume=True)
    assert tms.open_sweep(finished).identical(run(small()))


def test_foreign_and_damaged_files_are_refused_in_words(tmp_path, half):
    with pytest.raises(FileNotFoundError, match="There is no sweep at"):
        tms.open_sweep(tmp_path / "none.nc")
    foreign = tmp_path / "foreign.nc"
    xr.Dataset({"loss": ("x", [1.0])}).to_netcdf(foreign, engine="h5netcdf")
    whole = tmp_path / "whole.nc"
    run(small(), whole)
    data = whole.read_bytes()
    short, wrong, text = (tmp_path / name for name in ("short.nc", "wrong.nc", "text.nc"))
    short.write_bytes(data[: len(data) // 2])
    losses = tms.open_sweep(whole).loss.values.tobytes()
    assert losses in data
    wrong.write_bytes(data.replace(losses, losses[::-1]))
    text.write_text("no")
    for file, sentence in (
        (foreign, r"foreign\.nc is a netCDF file, but not a sweep written by tms_widgets"),
        (short, r"short\.nc cannot be read as a netCDF file"),
        (wrong, r"wrong\.nc is damaged: its numbers are not those that were written"),
        (text, r"text\.nc cannot be read as a netCDF file"),
    ):
        before = file.read_bytes()
        with pytest.raises(SettingError, match=sentence) as refused:
            tms.open_sweep(file)
        assert "\n" not in str(refused.value)
        with pytest.raises(SettingError, match=sentence):
            run(small(), file, resume=True)
        assert file.read_bytes() == before


def test_a_damaged_block_is_named_and_can_be_deleted(half):
    parts = half.with_name("map.nc.parts")
    block = sorted(parts.glob("part-*.nc"))[1]
    data = block.read_bytes()
    block.write_bytes(data[:-1000])
    with pytest.raises(SettingError, match=f"{block.name} cannot be read"):
        run(small(), half, resume=True)
    xr.Dataset({"loss": ("cell", [1.0])}).to_netcdf(block, engine="h5netcdf")
    with pytest.raises(SettingError, match=f"{block.name} is not a block of this sweep"):
        run(small(), half, resume=True)
    block.unlink()
    assert run(small(), half, resume=True).identical(run(small()))


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    parts = tmp_path / "map.nc.parts"
    parts.mkdir()
    (parts / "thesis.tex").write_text("mine")
    with pytest.raises(SettingError, match="exists already"):
        run(small(), tmp_path / "map.nc")
    with pytest.raises(SettingError, match="holds files, but none of a sweep"):
        run(small(), tmp_path / "map.nc", resume=True)
    (parts / "settings.json").write_text(json.dumps({"format": "another"}))
    with pytest.raises(SettingError, match="is not a folder of a sweep"):
        run(small(), tmp_path / "map.nc", resume=True)
    assert (parts / "thesis.tex").read_text() == "mine"


@pytest.mark.parametrize("fails", [0, 1, 3, 6])
def test_a_full_disk_ends_the_sweep_in_words_and_keeps_what_is_written(tmp_path, monkeypatch, fails):
    """Blocks of 40 models are four files, after the settings and before the whole."""
    path, written, real = tmp_path / "map.nc", [], store.replace_file

    def full(file, data):
        if len(written) == fails:
            file.with_name(f".{file.name}.left").write_bytes(b"")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(file)
        real(file, data)

    with monkeypatch.context() as patch:
        patch.setattr(store, "replace_file", full)
        if fails < 6:
            with pytest.raises(SweepStopped, match=r"could not be written \(No space left on device\)"):
                run(small(), path, block_models=40)
        else:
            run(small(), path, block_models=40)
    done = min(max(0, fails - 1) * 40, 144)
    if 0 < fails < 6:
        assert tms.open_sweep(path).loss.notnull().sum() == done
    assert run(small(), path, resume=True).identical(run(small()))
    assert os.listdir(tmp_path) == ["map.nc"]


def test_a_file_larger_than_the_system_allows_ends_the_sweep_and_not_the_process(tmp_path):
    """The system's own refusal, in a process of its own: HDF5 would end it."""
    program = (
        "import resource, sys, tms_widgets as tms\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, -1))\n"
        "try:\n"
        "    tms.phase_sweep(side=30, n_seeds=4, steps=5).run(sys.argv[1], progress=False)\n"
        "except tms.sweeps.SweepStopped as stopped:\n"
        "    assert 'File too large' in str(stopped), stopped\n"
        "    print('in words')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path / "map.nc")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "in words", "")


def killed(path: Path, seed: int, more: int, pause: float) -> bool:
    """Run the victim, and kill it so many blocks after it went on; False if it came to its end before."""
    victim = Path(__file__).with_name("victim.py")
    with subprocess.Popen(
        [sys.executable, str(victim), str(path), str(seed)], stdout=subprocess.PIPE, text=True
    ) as process:
        for _ in range(more + 1):
            if not process.stdout.readline():
                return False
        time.sleep(pause)
        process.kill()
    return True


def kill_and_resume(path: Path, times: int) -> None:
    sweep = sweep_to_kill(SEED)
    undisturbed = run(sweep)
    kept = 0
    for _ in range(times):
        killed(path, SEED, random.randrange(0, 20 // times + 2), random.uniform(0.0, 0.03))
        now = int(tms.open_sweep(path).loss.notnull().sum())
        assert now >= kept
        kept = now
    assert run(sweep, path, resume=True).identical(undisturbed)
    assert tms.open_sweep(path).identical(undisturbed)
    assert os.listdir(path.parent) == [path.name]


def test_a_killed_sweep_goes_on_and_ends_as_if_nothing_had_been(tmp_path):
    kill_and_resume(tmp_path / "map.nc", 3)


@pytest.mark.paper
def test_a_sweep_killed_twenty_times_ends_as_if_nothing_had_been(tmp_path):
    kill_and_resume(tmp_path / "map.nc", 20)
