"""Who trains the blocks of a sweep: this process, processes beside it, any executor, a Dask cluster.

They differ in nothing that a result could show: each is given the same blocks and trains them by the same
function. No machine gets more threads than it has cores.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from ..core import checks
from ..core.checks import SettingError
from ..core.engines.threads import available_cores, one_blas_thread
from .blocks import Arrays, Block, train_block
from .stopped import SweepStopped

if TYPE_CHECKING:
    from .sweep import Sweep

DEATHS = 2
"""How often in a row processes may die without finishing a block between them."""
DASK_RETRIES = 3

Trained = Generator[tuple[Block, Arrays]]


@dataclasses.dataclass(frozen=True)
class Workers:
    """Whoever trains."""

    slots: int
    """Blocks that are trained at once."""
    cores: int
    """Altogether."""
    train: Callable[[Sweep, Sequence[Block]], Trained]
    """Yields each block with its arrays, in the order in which they are finished.

    Raises `SweepStopped` when it cannot go on.
    """


def workers_of(executor: Any) -> Workers:
    """Who trains, for what `Sweep.run` was given.

    Raises
    ------
    SettingError
        When it is nothing that could train.
    SweepStopped
        When the scheduler of a client is gone.
    """
    cores = available_cores()
    if executor is None:
        return Workers(1, cores, _here)
    if isinstance(executor, str):
        checks.choice("executor", executor, ["processes"])
        executor = cores
    if isinstance(executor, Executor):
        return _of_executor(executor)
    distributed = sys.modules.get("distributed")
    if distributed is not None and isinstance(executor, distributed.Client):
        return _of_client(executor)
    if isinstance(executor, (bool, float)) or not hasattr(executor, "__index__"):
        raise SettingError(
            f"executor={checks.shown(executor)} cannot train; use None, a number of processes, "
            "a concurrent.futures.Executor or a distributed.Client."
        )
    count = checks.integer("executor", executor, low=1, high=cores)
    return Workers(count, cores, partial(_processes, count))


def _here(sweep: Sweep, blocks: Sequence[Block]) -> Trained:
    for block in blocks:
        yield block, train_block(sweep.task(block))


def _of_executor(executor: Executor) -> Workers:
    client = getattr(executor, "_client", None)
    if client is not None:
        return dataclasses.replace(_of_client(client), train=partial(_through, executor, None))
    cores, slots = available_cores(), getattr(executor, "_max_workers", None)
    if isinstance(executor, ThreadPoolExecutor):
        # compiled work of all its threads shares the threads of this process
        return Workers(executor._max_workers, cores, partial(_through, executor, None))  # pyright: ignore[reportPrivateUsage]
    if not isinstance(slots, int):
        # it may have workers anywhere, and as many as it likes
        return Workers(cores, cores, partial(_through, executor, 1))
    return Workers(slots, cores, partial(_through, executor, max(1, cores // slots)))


def _of_client(client: Any) -> Workers:
    if client.asynchronous:
        raise SettingError("This distributed.Client is asynchronous; use one made without asynchronous=True.")
    if client.status != "running":
        raise SweepStopped(f"The Dask client is not connected to its scheduler (it is {client.status}).")
    threads = sum(client.nthreads().values())
    executor = client.get_executor(pure=False, retries=DASK_RETRIES)
    # each worker knows how many threads are its own
    return Workers(max(1, threads), max(1, threads), partial(_through, executor, None))


def _processes(count: int, sweep: Sweep, blocks: Sequence[Block]) -> Trained:
    """Processes of our own; when one dies, others take over what is left."""
    left = dict.fromkeys(blocks)
    deaths = 0
    while left:
        # a fork would copy the threads' locks but not the threads
        pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _ignore_interrupt)
        try:
            for block, trained in _stream(pool, max(1, available_cores() // count), sweep, list(left)):
                del left[block]
                deaths = 0
                yield block, trained
        except BrokenProcessPool as error:
            deaths += 1
            if deaths == DEATHS:
                raise SweepStopped(
                    "The worker processes die before they finish a block: there may be too little memory for "
                    "so many, or a script calls run() outside of if __name__ == '__main__'."
                ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupt() -> None:
    """Ctrl-C is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _through(executor: Executor, threads: int | None, sweep: Sweep, blocks: Sequence[Block]) -> Trained:
    """An executor of the user's, which is left running."""
    try:
        with one_blas_thread():
            yield from _stream(executor, threads, sweep, blocks)
    except (CancelledError, SweepStopped, SettingError) as error:
        if isinstance(error, CancelledError):
            raise SweepStopped(
                "The executor gave up blocks: its scheduler or its workers are gone."
            ) from error
        raise
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0]
        raise SweepStopped(f"The executor failed ({type(error).__name__}: {reason}).") from error


def _stream(executor: Executor, threads: int | None, sweep: Sweep, blocks: Sequence[Block]) -> Trained:
    """Hand over all blocks, and yield each as soon as it is there; what is not taken is cancelled."""
    pending: dict[Future[Arrays], Block] = {}
    finished: SimpleQueue[Future[Arrays]] = SimpleQueue()
    try:
        for block in blocks:
            future = executor.submit(train_block, sweep.task(block, threads))
            pending[future] = block
            future.add_done_callback(finished.put)
        while pending:
            future = finished.get()
            yield pending.pop(future), future.result()
    finally:
        for future in pending:
            future.cancel()
