"""What a run and its worker processes say to each other: pickled, each message with its length in front."""

import pickle
from typing import IO, Any

_LENGTH = 8  # bytes


def send(stream: IO[bytes], message: Any) -> None:
    """Write one message.

    Raises:
        BrokenPipeError: nobody reads any more.
    """
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(body).to_bytes(_LENGTH, "little") + body)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message.

    Raises:
        EOFError: there is none, and there will be none.
    """
    head = stream.read(_LENGTH)
    body = stream.read(int.from_bytes(head, "little")) if len(head) == _LENGTH else b""
    if len(head) < _LENGTH or len(body) < int.from_bytes(head, "little"):
        raise EOFError
    return pickle.loads(body)
