"""stdout and stderr, whose reader may have seen enough: `netstat profile alexnet | head`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def unread(stream: TextIO) -> Iterator[None]:
    """Where nobody reads `stream` any more, what is written to it from here on goes nowhere.

    The command goes on: its files are written and its exit code is what it would be with a reader.
    """
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # the stream itself still holds what it could not get rid of
        os.close(nowhere)


def write(stream: TextIO, text: str) -> None:
    """Text at once, with a question mark for what the stream's encoding cannot say."""
    encoding = stream.encoding or "utf-8"
    with unread(stream):
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()


def flush(stream: TextIO) -> None:
    """Whatever others left in the stream."""
    with unread(stream):
        stream.flush()
