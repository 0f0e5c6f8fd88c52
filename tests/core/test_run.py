"""Run: slicing, torch modules, files."""

import os

import numpy as np
import pytest
import torch

from tms_widgets.core import Problem, Run, storage, train


@pytest.fixture(scope="module")
def run():
    return train([Problem(5, 2, importance=0.9, density=p) for p in (0.1, 0.05)], n_seeds=3, n_frames=10)


def test_a_run_is_a_sequence_of_runs_of_one(run):
    assert len(run) == 6
    assert [one.n_instances for one in run] == [1] * 6
    assert np.array_equal(run[-1].W[0], run.W[5])
    assert run[4].seeds.tolist() == [1]
    assert run[4].problem.density == 0.05
    with pytest.raises(IndexError):
        run[6]


def test_the_module_computes_what_was_trained(run):
    x = torch.rand(6, 7, 5)
    expected = np.maximum(np.einsum("kmi,kmj,kbj->kbi", run.W, run.W, x.numpy()) + run.b[:, None], 0)
    assert run.module()(x).detach().numpy() == pytest.approx(expected, abs=1e-5)
    assert run.module(2).W.shape == (1, 2, 5)


@pytest.mark.parametrize(
    "kind", [{}, {"architecture": "untied"}, {"architecture": "relu_hidden", "hidden_bias": True, "l1": 0.1}]
)
def test_a_saved_run_comes_back_whole(tmp_path, kind):
    problem = Problem(4, 3, density=[0.1, 0.2, 0.3, 0.4], **kind)
    saved = train(problem, n_seeds=2, steps=20, decay="none")
    path = saved.save(tmp_path / "run.safetensors")
    loaded = Run.load(str(path))
    assert loaded.problems == saved.problems
    assert loaded.schedule == saved.schedule
    assert (loaded.engine, loaded.engine_note) == (saved.engine, saved.engine_note)
    for name in ("W", "b", "W_out", "b_hidden", "loss", "step"):
        ours, theirs = getattr(loaded.frames, name), getattr(saved.frames, name)
        assert (ours is None and theirs is None) or np.array_equal(ours, theirs)
    assert np.array_equal(loaded.loss, saved.loss)


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(run, tmp_path, monkeypatch):
    path = run.save(tmp_path / "run.safetensors")
    before = path.read_bytes()

    def full_disk(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        run[0].save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["run.safetensors"]


def test_foreign_files_are_refused_in_words(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        Run.load(tmp_path / "nothing.safetensors")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(ValueError, match="cannot be read as a saved run"):
        Run.load(tmp_path / "text")
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(3)}, tmp_path / "other")
    with pytest.raises(ValueError, match="not a run saved by tms_widgets"):
        Run.load(tmp_path / "other")
