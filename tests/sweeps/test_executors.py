"""Any executor gives the same result, and the loss of a worker costs no more than its block."""

from __future__ import annotations

import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import Any

import distributed
import numpy as np
import pytest

import tms_widgets as tms
from tms_widgets.core.checks import SettingError
from tms_widgets.core.engines.threads import available_cores
from tms_widgets.sweeps import SweepStopped, blocks, executors

from .victim import die

SEED = int(np.random.default_rng().integers(2**31))
SWEEP = tms.Sweep(
    tms.Problem(20, 5, importance=0.9), density=np.geomspace(0.5, 0.05, 4), n_seeds=6, seed=SEED, steps=10_000
)


def run(**how):
    return SWEEP.run(**{"progress": False, "block_models": 3, **how})


@pytest.fixture(scope="module")
def whole():
    return SWEEP.run(progress=False)


@contextmanager
def cluster_of_two() -> Iterator[Any]:
    """Two worker processes on this machine, and a client."""
    # a worker is killed on purpose, which its nanny reports
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):  # fmt: skip
        yield client


@pytest.fixture(scope="module")
def client():
    with cluster_of_two() as client:
        yield client


class Immediately(Executor):
    """An executor that says nothing of its workers."""

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def test_threads_and_unknown_executors(whole):
    with ThreadPoolExecutor(3) as threads:
        assert run(executor=threads).identical(whole)
    assert run(executor=Immediately()).identical(whole)


def test_processes_of_our_own_take_over_when_one_dies(whole, tmp_path):
    killed = []

    def kill_one(done, total):
        if done >= 6 and not killed:
            pids = [process.pid for process in active_children()]
            killed.append(random.choice(pids))
            os.kill(killed[0], signal.SIGKILL)

    result = run(executor=available_cores(), path=tmp_path / "sweep.nc", progress=kill_one)
    assert killed
    assert result.identical(whole)


def test_a_pool_of_the_users_that_breaks_keeps_what_was_written(whole, tmp_path):
    path = tmp_path / "sweep.nc"
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        pid = pool.submit(os.getpid).result()

        def kill(done, total):
            if done == 9:
                os.kill(pid, signal.SIGKILL)

        with pytest.raises(
            SweepStopped, match=r"The executor failed \(BrokenProcessPool.*resume=True goes on"
        ):
            run(executor=pool, path=path, progress=kill)
    assert tms.open_sweep(path).loss.notnull().sum() >= 9
    assert run(path=path, resume=True).identical(whole)


def test_processes_that_die_at_once_end_the_sweep_in_words(monkeypatch):
    monkeypatch.setattr(executors, "train_block", die)
    with pytest.raises(SweepStopped, match=r"die before they finish a block.*Nothing is kept"):
        run(executor=1)


@pytest.mark.parametrize("how", ["client", "executor"])
def test_dask(whole, client, how):
    executor = client if how == "client" else client.get_executor()
    assert run(executor=executor).identical(whole)


def test_a_dask_worker_that_is_killed_is_replaced(whole, client, tmp_path):
    pids = list(client.run(os.getpid).values())
    assert len(pids) == 2
    killed = []

    def kill_one(done, total):
        if done >= 9 and not killed:
            killed.append(random.choice(pids))
            os.kill(killed[0], signal.SIGKILL)

    result = run(executor=client, path=tmp_path / "sweep.nc", progress=kill_one)
    assert killed
    assert result.identical(whole)
    assert tms.open_sweep(tmp_path / "sweep.nc").identical(whole)


def closed_and_resumed(client, path):
    """Close a client of the same scheduler after some blocks, at random, and go on with the other."""
    at = random.randrange(0, 12)
    with distributed.Client(client.scheduler.address) as own:

        def close(done, total):
            if done >= at and own.status == "running":
                own.close()

        with pytest.raises(SweepStopped, match=r"The executor (gave up blocks|failed)"):
            run(executor=own, path=path, progress=close)
    return run(executor=client, path=path, resume=True)


def test_a_client_that_is_closed_keeps_what_was_written(whole, client, tmp_path):
    assert closed_and_resumed(client, tmp_path / "sweep.nc").identical(whole)


@pytest.mark.paper
@pytest.mark.parametrize("turn", range(10))
def test_workers_and_clients_may_go_at_any_time(whole, tmp_path, turn):
    # a cluster of its own: a nanny gives up a worker that is killed while it starts
    with cluster_of_two() as client:
        assert closed_and_resumed(client, tmp_path / "sweep.nc").identical(whole)
        pid = random.choice(list(client.run(os.getpid).values()))
        at, killed = random.randrange(0, 12), []

        def kill(done, total):
            if done >= at and not killed:
                killed.append(os.kill(pid, signal.SIGKILL))

        assert run(executor=client, progress=kill).identical(whole)
        assert killed


def test_a_dask_worker_trains_on_the_threads_that_are_its_own(client):
    assert client.submit(blocks._cores_of_dask, pure=False).result() == 1
    assert blocks._cores_of_dask() is None


def python(*arguments):
    # what they log when one of them is killed is not what is looked at
    return subprocess.Popen([sys.executable, "-m", *arguments], stderr=subprocess.DEVNULL)


@contextmanager
def cluster_to_kill(folder):
    """A scheduler and a worker in processes of their own, and a client."""
    file = folder / "scheduler.json"
    common = ["--scheduler-file", str(file), "--no-dashboard", "--host", "127.0.0.1"]
    scheduler = python("distributed.cli.dask_scheduler", "--port", "0", *common)
    worker = None
    try:
        while not file.exists():
            assert scheduler.poll() is None
            time.sleep(0.05)
        worker = python("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", *common)
        client = distributed.Client(scheduler_file=str(file))
        try:
            client.wait_for_workers(1, timeout=60)
            yield client, scheduler
        finally:
            client.close(timeout=1)
    finally:
        for process in filter(None, (worker, scheduler)):
            process.kill()
            process.wait()


def test_a_scheduler_that_dies_ends_the_sweep_in_words(whole, tmp_path):
    path, killed = tmp_path / "sweep.nc", []
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL)  # it reports that it cannot connect again
    try:
        with cluster_to_kill(tmp_path) as (client, scheduler):

            def kill(done, total):
                if done >= 6 and not killed:
                    killed.append(scheduler.kill())

            with pytest.raises(SweepStopped, match=r"its scheduler or its workers are gone\..*resume=True"):
                run(executor=client, path=path, progress=kill)
            with pytest.raises(SweepStopped, match="not connected to its scheduler"):
                run(executor=client, path=path, resume=True)
    finally:
        log.setLevel(level)
    assert 6 <= tms.open_sweep(path).loss.notnull().sum() <= 24
    assert run(path=path, resume=True).identical(whole)


@pytest.mark.parametrize(
    ("executor", "sentence"),
    [
        ("dask", "executor='dask' is unknown; choose one of 'processes'"),
        (0, "executor=0 is outside 1 to"),
        (10_000, f"the nearest that works is {available_cores()}"),
        (True, "executor=True cannot train; use None, a number of processes"),
        (print, r"use None, a number of processes, a concurrent\.futures\.Executor or a distributed\.Client"),
    ],
)
def test_what_cannot_train_is_refused(executor, sentence):
    with pytest.raises(SettingError, match=sentence):
        run(executor=executor)


def test_an_executor_that_is_shut_down_is_refused_in_words():
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(SweepStopped, match="cannot schedule new futures after shutdown"):
        run(executor=pool)


def test_what_is_wrong_with_a_setting_is_said_as_it_is():
    def wrong(task):
        raise SettingError("One sentence.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executors, "train_block", wrong)
        with pytest.raises(SettingError, match=r"One sentence\."):
            run(executor=Immediately())
