"""`%netstat` in IPython and notebooks: the command line in the process that is already there."""

import io
import shlex
import sys
from codecs import getincrementaldecoder
from contextlib import redirect_stdout, suppress
from typing import Any, TextIO

from netstat.cli import main


def register(shell: Any) -> None:
    """Give an IPython shell the magic."""
    shell.register_magic_function(magic, "line", "netstat")


def magic(line: str) -> None:
    """Run a netstat command: %netstat profile alexnet --fast.

    What IPython puts in place of {name} is part of the command. A class or function of the notebook is __main__:NAME.

    Raises:
        IPython's UsageError: the command ended with another exit code than 0.
    """
    with redirect_stdout(_written(sys.stdout)), suppress(SystemExit):  # --help ends the command, not the notebook
        code = main(shlex.split(line))
        if code:
            from IPython.core.error import UsageError

            raise UsageError(f"netstat ended with exit code {code}")


def _written(stream: TextIO) -> TextIO:
    """The stream itself where it takes bytes too, as a terminal's does and a notebook's does not."""
    if hasattr(stream, "buffer"):
        return stream
    return io.TextIOWrapper(io.BufferedWriter(_Bytes(stream)), encoding="utf-8")


class _Bytes(io.RawIOBase):
    """UTF-8 that becomes the text of a stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._decode = stream, getincrementaldecoder("utf-8")().decode

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, content: Any) -> int:
        """Text as far as its characters are whole."""
        self._stream.write(self._decode(bytes(content)))
        return len(content)
