"""What can go wrong, each with the exit code the command line ends with.

A message is one line: what, why, what to do. `Warning`-like conditions are not errors; they are values in records.
"""


class NetstatError(Exception):
    """Base of every error netstat raises on purpose. Anything else is a bug of ours or of the user's model."""

    exit_code = 3


class UsageError(NetstatError):
    """The call itself is off: unknown name, column, suffix or a size that cannot be."""

    exit_code = 2


class ModelError(NetstatError):
    """The model could not be found, built or analysed."""


class IncompleteError(ModelError):
    """A figure was asked for that has to be exact, and the model has operators without a formula."""

    exit_code = 1


class InstallError(NetstatError):
    """Something that is needed is not installed, or could not be."""

    exit_code = 1


class ShapeError(ModelError):
    """An operator cannot take an input of this shape.

    Attributes:
        path: module path of the layer that refused, "" for the model itself; set by the frontend.
        too_small: whether a larger input would have worked.
    """

    def __init__(self, message: str, *, path: str | None = None, too_small: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.too_small = too_small

    def at(self, path: str) -> "ShapeError":
        """The same error, said of the layer at `path`."""
        place = f"layer '{path}'" if path else "the model's forward"
        return ShapeError(f"{place}: {self.message}", path=path, too_small=self.too_small)


def said(error: BaseException) -> str:
    """What an exception says, in one line: its class and the first line of its message."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
