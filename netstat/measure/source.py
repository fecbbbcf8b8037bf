"""Where a process gets the model from that it is to time: by its name, from a file, or from the caller's own hands."""

import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Inputs, Subject, runnable
from netstat.graph import Graph
from netstat.measure.subject import check_values

if TYPE_CHECKING:
    from torch.nn import Module


@dataclass(frozen=True, slots=True)
class Model:
    """A module to time.

    Attributes:
        module: with its values.
        graph: of it, None where nobody followed it.
        owned: whether it was made for this, and may be changed.
    """

    module: "Module"
    graph: Graph | None
    owned: bool


class Source(Protocol):
    """Makes the model. What is handed to another process is pickled."""

    def open(self) -> Model:
        """The model.

        Raises:
            NetstatError: it cannot be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """A model by what the user typed: whoever opens it builds it anew."""

    text: str
    inputs: Inputs

    def open(self) -> Model:
        """Resolve the name as the caller did."""
        subject = resolve(self.text, self.inputs)
        return Model(runnable(subject, subject.module()), subject.graph, owned=subject.owned)


@dataclass(frozen=True, slots=True)
class InHand:
    """A model that is here."""

    module: "Module"
    graph: Graph | None = None
    owned: bool = False

    def open(self) -> Model:
        """Itself."""
        return Model(self.module, self.graph, self.owned)


@dataclass(frozen=True, slots=True)
class Saved:
    """A copy in a file that this run has written and nobody else can."""

    path: str
    graph: Graph | None

    def open(self) -> Model:
        """Read the copy."""
        with open(self.path, "rb") as file:  # noqa: PTH123  pathlib is slow to load
            return Model(pickle.load(file), self.graph, owned=True)


@contextmanager
def transferred(subject: Subject) -> Iterator[tuple[Source, str]]:
    """How other processes get the model of `subject`, and why they cannot ("" where they can: it is then in hand).

    Raises:
        ModelError: clocks cannot run it, or it has no values.
    """
    if subject.named is not None:
        yield Named(*subject.named), ""
        return
    module = runnable(subject, subject.module())
    check_values(module)
    here = InHand(module, subject.graph, subject.owned)
    if not sys.executable:
        yield here, "there is no Python to start another process with"
    elif (pickler := _pickler()) is pickle and _from_main(module):
        yield here, "its class is defined in __main__, and cloudpickle is not installed"
    else:
        with _saved(module, pickler) as (path, reason):
            yield (here, reason) if reason else (Saved(path, subject.graph), "")


def _pickler() -> Any:
    try:
        import cloudpickle
    except ImportError:
        return pickle
    return cloudpickle


def _from_main(module: "Module") -> bool:
    """Whether classes of it are looked for in __main__, which is another program in another process."""
    return any(type(part).__module__ == "__main__" for part in module.modules())


@contextmanager
def _saved(module: "Module", pickler: Any) -> Iterator[tuple[str, str]]:
    """The path of a copy that is gone afterwards, and why there is none ("" where there is)."""
    from tempfile import mkstemp

    handle, path = mkstemp(prefix="netstat-", suffix=".module")  # readable by this user alone
    try:
        with os.fdopen(handle, "wb") as file:
            reason = _dump(module, file, pickler)
        yield path, reason
    finally:
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108  pathlib is slow to load


def _dump(module: "Module", file: Any, pickler: Any) -> str:
    try:
        pickler.dump(module, file, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001  whatever its parts raise, it cannot be handed over
        lines = str(error).splitlines()
        return f"it cannot be pickled: {lines[0] if lines else type(error).__name__}"
    return ""
