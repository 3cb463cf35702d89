"""What the document workers of the tests run: must be importable by name in another process."""

import os
import signal
import time
from pathlib import Path


def burn_a_little(seconds: float) -> bool:
    """Use that much CPU time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return True


def worker_pid(_: int) -> int:
    """The process id of the worker."""
    return os.getpid()


def double(number: int) -> int:
    """Twice the number."""
    return number * 2


def misbehave(order: tuple[str, int]) -> int:
    """Burn CPU, take memory, die or sleep, as told; else twice the number."""
    what, number = order
    if what == "burn":
        while True:
            pass
    if what == "hoard":
        return len(bytearray(4 * 2**30))
    if what == "die":
        os._exit(9)
    if what == "sleep":
        time.sleep(60)
    return number * 2


def kill_own_worker_once(mark: str) -> str:
    """Die by SIGKILL the first time, as when somebody kills a worker; answer the second time."""
    path = Path(mark)
    if not path.exists():
        path.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    return "answered"


def interrupt_itself(_: int) -> str:
    """Get what Ctrl-C sends to the whole group."""
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"


def double_slowly(order):
    """Answer with the double of a number and a text as long as wanted, after some work."""
    number, size = order
    time.sleep(0.01)
    return number * 2, "x" * size


def raise_what_is_asked(name):
    """Raise an error of our own or of Python."""
    from tasks.errors import ConfigError

    raise {"ConfigError": ConfigError, "ValueError": ValueError}[name]("a word about it")


def do_nothing():
    """Start without ado."""


def wait_for(seconds):
    """Sleep, and answer."""
    time.sleep(seconds)


def end_with(exitcode):
    """End this process: by a signal, when negative."""
    if exitcode < 0:
        os.kill(os.getpid(), -exitcode)
        time.sleep(60)
    os._exit(exitcode)
