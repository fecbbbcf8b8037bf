"""A worker in a process of its own: this file is both ends of the pipe.

A fresh process is a fresh draw: where memory lies, and with it how fast the caches are, is settled when a process
starts, and differs by more than samples of one process show. Between its turns it is blocked on the pipe. It ends when
the pipe does, whatever it is doing: with the run, with Ctrl-C, and with the parent's death.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from netstat.errors import ModelError, NetstatError, said
from netstat.measure.configuration import Configuration
from netstat.measure.layers import Hooked, Parts
from netstat.measure.messages import receive, send
from netstat.measure.settings import Settings
from netstat.measure.source import Source
from netstat.measure.station import Turn, Warm
from netstat.measure.worker import Here
from netstat.records.device_times import DeviceTimes

# The child looks for modules where its parent does, whatever way that was told.
_START = "import sys; sys.path[:] = sys.argv[1:]; from netstat.measure.process import serve; serve()"
_GRACE = 2.0  # seconds a process has to end by itself


class Apart:
    """A worker in a fresh process of the same interpreter.

    Args:
        source: where it gets the model from; pickled.
        settings: as for `Here`.
        sole: as for `Here`.
        heard: whether what the model prints is shown, on stderr; of several processes one is enough.
    """

    def __init__(self, source: Source, settings: Settings, *, sole: bool = True, heard: bool = True) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if heard else subprocess.DEVNULL,
        )
        self._owed = 0  # answers that were not waited for
        self._tell((source, settings, sole))

    def open(self) -> None:
        """Begin to build or read the model."""
        self._tell(("open", ()))
        self._owed += 1

    def ready(self) -> None:
        """Wait for it."""
        while self._owed:
            self._owed -= 1
            self._answer()

    def environment(self, names: Sequence[str]) -> dict[str, Any]:
        """That process's."""
        return self._ask("environment", names)  # type: ignore[no-any-return]

    def free(self, device: str) -> int | None:
        """As that process sees it."""
        return self._ask("free", device)  # type: ignore[no-any-return]

    def warm(self, configuration: Configuration) -> Warm:
        """There."""
        return self._ask("warm", configuration)  # type: ignore[no-any-return]

    def turn(self, configuration: Configuration, seconds: float, samples: int) -> Turn:
        """There."""
        return self._ask("turn", configuration, seconds, samples)  # type: ignore[no-any-return]

    def hooked(self, configuration: Configuration) -> Hooked:
        """There."""
        return self._ask("hooked", configuration)  # type: ignore[no-any-return]

    def parts(self, configuration: Configuration, everybody: Sequence[Hooked]) -> Parts:
        """There."""
        return self._ask("parts", configuration, everybody)  # type: ignore[no-any-return]

    def device_times(self, configuration: Configuration) -> DeviceTimes | None:
        """There."""
        return self._ask("device_times", configuration)  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the process, in the middle of whatever it does."""
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if stream:
                    stream.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, method: str, *arguments: Any) -> Any:
        self.ready()
        self._tell((method, arguments))
        return self._answer()

    def _tell(self, message: Any) -> None:
        assert self._process.stdin
        try:
            send(self._process.stdin, message)
        except OSError as error:
            raise self._death() from error

    def _answer(self) -> Any:
        assert self._process.stdout
        try:
            answer, error = receive(self._process.stdout)
        except EOFError as end:
            raise self._death() from end
        if error is not None:
            raise error
        return answer

    def _death(self) -> ModelError:
        """How it died, in one line."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        code = self._process.poll()
        return ModelError(f"the process that runs the model {_end(code)}; a smaller batch or --threads 1 may help")


def _end(code: int | None) -> str:
    if code is None or code >= 0:
        return f"ended with code {code}"
    with suppress(ValueError):
        name = signal.Signals(-code).name
        return f"was ended by {name}" + (", as the system does when memory runs out" if name == "SIGKILL" else "")
    return f"was ended by signal {-code}"


def serve() -> None:
    """The other end: answer until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it closes the pipe
    questions = _questions(os.fdopen(os.dup(0), "rb"))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the model prints
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _import_in_advance()
    source, settings, sole = questions.get()
    worker = Here(source, settings, sole=sole)
    while True:
        method, arguments = questions.get()
        send(answers, _outcome(worker, method, arguments))


def _questions(stream: IO[bytes]) -> Any:
    """A queue of what the pipe brings. The thread that reads it sleeps but for that, and ends the process with it."""
    from queue import SimpleQueue
    from threading import Thread

    queue: SimpleQueue[Any] = SimpleQueue()

    def read() -> None:
        try:
            while True:
                queue.put(receive(stream))
        except EOFError:
            os._exit(0)

    Thread(target=read, daemon=True).start()
    return queue


def _import_in_advance() -> None:
    """What takes long to import, while the parent still gets ready."""
    import torch  # noqa: F401


def _outcome(worker: Here, method: str, arguments: tuple[Any, ...]) -> tuple[Any, Exception | None]:
    try:
        return getattr(worker, method)(*arguments), None
    except NetstatError as error:
        return None, error
    except Exception as error:  # noqa: BLE001  the parent says that it is a fault of ours
        return None, RuntimeError(said(error))
