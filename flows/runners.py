"""Where tasks of unit work run: in threads of this process, or on the workers of a Dask cluster.

``[runner] kind = "dask"`` in corpus.toml changes this and nothing else: the same tasks, the same receipts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from prefect import Task
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from tasks.config import RunnerSettings, Settings
from tasks.errors import ConfigError
from tasks.remote import is_remote

Submit = Callable[[Task[..., Any], dict[str, Any]], PrefectFuture[Any]]
"""Hands a task with its parameters to whoever works; returns at once."""

_CONNECT_SECONDS = 30


def unit_runner(units: int = 3) -> TaskRunner[Any]:
    """Threads for the tasks of *units* units at once: they wait for document workers most of their time."""
    return ThreadPoolTaskRunner(max_workers=units)


@contextmanager
def open_runner(settings: Settings) -> Iterator[Submit]:
    """What submits tasks as *settings* say.  Raises ConfigError when the cluster does not answer."""
    if settings.runner.kind == "thread":
        yield lambda task, parameters: task.submit(**parameters, return_state=False)
        return
    with dask_runner(settings.runner) as runner:
        yield runner.submit


def check_runner(settings: Settings, lake: str = "") -> None:
    """Raise ConfigError when the runner that *settings* name cannot be had, or cannot work on *lake*."""
    if settings.runner.kind == "dask":
        if is_remote(lake):
            raise ConfigError(
                f"--lake {lake}: Dask workers read what others have just written: name a folder that all of them see"
            )
        if not settings.runner.address:
            raise ConfigError(
                'corpus.toml: runner.address: kind = "dask" needs the address of a scheduler, such as tcp://10.0.0.5:8786'
            )
        _dask()


@contextmanager
def dask_runner(runner: RunnerSettings) -> Iterator[TaskRunner[Any]]:
    """A started task runner on the cluster at ``runner.address``.  Raises ConfigError when nothing answers there."""
    made = _dask()(address=runner.address, client_kwargs={"timeout": f"{_CONNECT_SECONDS}s"})
    with made as started:
        try:
            workers = started.client.scheduler_info(n_workers=-1)["workers"]
        except (OSError, TimeoutError, ValueError) as error:
            raise ConfigError(
                f"corpus.toml: runner.address: no Dask scheduler answers at {runner.address} ({error}); start it with `dask scheduler`"
            ) from error
        if not workers:
            raise ConfigError(
                f"corpus.toml: runner.address: the scheduler at {runner.address} has no workers; start some with `dask worker`"
            )
        yield started


def _dask() -> Callable[..., Any]:
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise ConfigError(
            "corpus.toml: runner.kind: \"dask\" needs the extra packages of columninch[dask]: pip install 'columninch[dask]'"
        ) from error
    return DaskTaskRunner
