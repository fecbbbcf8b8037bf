"""Work in a process of its own, of which nothing comes back but the result."""

import faulthandler
import gc
import json
import os
import selectors
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from io import RawIOBase
from math import ceil
from time import monotonic
from typing import IO, Any, NoReturn

from netstat.peers._alone import alone
from netstat.peers._deadline import OverrunError

_LONGEST = 1e6  # seconds: what timers of every system take


def can_fork() -> bool:
    """Whether this system copies processes: all but Windows do."""
    return hasattr(os, "fork")


def forked(work: Callable[[], Any], limit: float) -> Any:
    """What `work()` returns, a value that JSON knows, done in a copy of this process.

    The copy prints nowhere, and ends without cleaning up after its parent: no exit handlers, no buffers written twice.
    It goes with whatever it started.

    Args:
        work: anything that can be called. It must not need threads that this process started.
        limit: seconds it may take.

    Raises:
        OverrunError: it took longer, and was ended.
        ChildProcessError: it ended without a result; says how.
    """
    limit = min(limit, _LONGEST)
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as results:
        with os.fdopen(writing, "wb") as sink:
            child = _fork()
            if not child:
                _do(work, sink, limit)
        try:
            line = _line(results, monotonic() + limit)
        finally:  # also where somebody interrupts
            status = _ended(child)
    if not line.endswith(b"\n"):
        raise ChildProcessError(_how(status))
    return json.loads(line)


def _fork() -> int:
    with alone(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of threads, which the copy does not have; it needs none
        return os.fork()


def _do(work: Callable[[], Any], sink: IO[bytes], limit: float) -> NoReturn:
    """The copy's whole life: one line of JSON, which holds no other line break."""
    code = 1
    try:
        _settle(limit)
        sink.write(json.dumps(work()).encode() + b"\n")
        sink.flush()
        code = 0
    finally:
        os._exit(code)


def _settle(limit: float) -> None:
    """Let go of what is the parent's: its garbage, terminal, streams and reports of crashes."""
    import resource  # not on Windows

    gc.freeze()
    os.setsid()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(ceil(limit) + 1)  # in case the parent is no longer there to end it
    faulthandler.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)


def _line(results: RawIOBase, end: float) -> bytes:
    """All up to a line break: a process that the copy started may hold the pipe open long after it."""
    received = b""
    with selectors.DefaultSelector() as selector:
        selector.register(results, selectors.EVENT_READ)
        while not received.endswith(b"\n"):
            if not selector.select(max(0.0, end - monotonic())):
                raise OverrunError
            if not (more := results.read(1 << 16)):
                break
            received += more
    return received


def _ended(child: int) -> int:
    """The status the child ended with, by itself or now. The group first: it may not have got as far as to make one."""
    for kill in (os.killpg, os.kill):
        with suppress(OSError):
            kill(child, signal.SIGKILL)
    try:
        return os.waitpid(child, 0)[1]
    except ChildProcessError:  # this process has the system forget its children
        return 0


def _how(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"its process was ended by signal {number} ({signal.strsignal(number)})"
    return f"its process exited with code {os.WEXITSTATUS(status)} and without a figure"
