"""What all model files have in common: they are data from outside, read and never run."""

import os
import zipfile
from collections.abc import Sequence
from typing import NoReturn
from zipfile import ZipFile, ZipInfo

from netstat.errors import ModelError, UsageError
from netstat.frontends.subject import Inputs, Subject
from netstat.graph import Graph, TensorSpec
from netstat.units import dtype_bytes
from netstat.units import shape as shape_text

LARGEST_HEADER = 100 * 10**6  # bytes of text or JSON that say what is in a file
LARGEST_SIZE = 2**31 - 1  # elements along one dimension
LARGEST_RANK = 64
MOST_MEMBERS = 10**6


def subject_of(graph: Graph, why: str) -> Subject:
    """The subject of a file that says what a model computes, and is nothing that peers and clocks could run."""

    def refuse() -> NoReturn:
        raise ModelError(f"{why}; give the module it was made from")

    return Subject(graph, refuse, refuse, owned=True, left_out=f"cross-check and time are left out: {why}")


def size_of(path: str) -> int:
    """Bytes of the file at `path`.

    Raises:
        ModelError: there is none.
    """
    if not os.path.isfile(path):  # noqa: PTH113  pathlib is slow to load
        raise ModelError(f"cannot read '{path}': there is no such file")
    return os.path.getsize(path)  # noqa: PTH202


def base_name(path: str) -> str:
    """The file's own name, for tables."""
    return plain_text(os.path.basename(path))  # noqa: PTH119


def plain_text(name: str) -> str:
    """A name from a file, with an escape for whatever would control a terminal; different names stay different."""
    return name if name.isprintable() else name.encode("unicode_escape").decode("ascii")


def refuse_inputs(inputs: Inputs, kind: str, *, training: bool = False) -> None:
    """Refuse what a file settles for itself.

    Raises:
        UsageError: tensors, a dtype or the training pass were asked for.
    """
    if inputs.args is not None:
        raise UsageError(f"{kind} is described by shapes, not by tensors; give input shapes")
    if inputs.dtype != "float32":
        raise UsageError(f"{kind} has its own dtypes, and stays as it is; convert it to count it in {inputs.dtype}")
    if training:
        raise UsageError(f"{kind} holds the evaluation pass; give the module it was made from to count training")


def checked_spec(shape: tuple[int, ...], dtype: str, what: str) -> TensorSpec:
    """A tensor a file declares.

    Raises:
        ModelError: sizes or a dtype that cannot be.
    """
    if len(shape) > LARGEST_RANK or not all(type(size) is int and 0 <= size <= LARGEST_SIZE for size in shape):
        sizes = shape_text(shape[:6])
        raise ModelError(f"{what} has sizes that cannot be: {sizes[:60]}; the file is damaged or no model")
    try:
        dtype_bytes(dtype)
    except UsageError:
        raise ModelError(f"{what} has dtype {plain_text(dtype)[:30]}, which netstat does not know") from None
    return TensorSpec(shape, dtype)


def check_archive(path: str) -> list[ZipInfo]:
    """The members of a zip file that is stored as it is: nothing in it can unpack to more than the file holds.

    Raises:
        ModelError: it is damaged, or holds compressed members.
    """
    size = size_of(path)
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise ModelError(f"cannot read '{path}': the archive is damaged ({error})") from error
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ModelError(
            f"cannot read '{path}': it holds compressed members, as torch saves none in a state dict or an export"
        )
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > size:
        raise ModelError(f"cannot read '{path}': its members are larger than the file; it is damaged")
    return members


class Asked:
    """What the user asked for the inputs of a file, by name or in order.

    Raises:
        UsageError: the file has no such input.
    """

    def __init__(self, inputs: Inputs, names: Sequence[str]) -> None:
        self._named = {name: (shape, dtype) for shape, dtype, name in inputs.shapes if name}
        self._unnamed = [(shape, dtype) for shape, dtype, name in inputs.shapes if not name]
        if unknown := [name for name in self._named if name not in names]:
            raise UsageError(f"the file has no input '{unknown[0]}'; it has {', '.join(names)}")
        if len(self._unnamed) > len([name for name in names if name not in self._named]):
            raise UsageError(f"more input shapes than the file has inputs; it has {', '.join(names)}")

    def of(self, name: str) -> tuple[tuple[int, ...], str] | None:
        """Shape without the batch, and dtype, of the next input; None where nothing was said."""
        if name in self._named:
            return self._named[name]
        return self._unnamed.pop(0) if self._unnamed else None


def input_sizes(name: str, declared: Sequence[int | str], given: tuple[int, ...] | None, batch: int) -> tuple[int, ...]:
    """Sizes of an input that a file declares, its open dimensions filled in.

    Args:
        name: of the input.
        declared: a number or, for an open dimension, its name. The first one is the batch.
        given: what the user asked for, without the batch.
        batch: the user's.

    Raises:
        UsageError: a fixed size was asked for otherwise, or an open one was not given.
    """
    first = declared[0] if declared else batch
    wanted = (first if batch == 1 and isinstance(first, int) else batch, *(given or declared[1:]))[: len(declared) or 1]
    shown = shape_text(tuple(declared))  # names among the sizes
    if declared and (len(given or ()) not in (0, len(declared) - 1) or _conflict(declared, wanted)):
        raise UsageError(
            f"input '{name}' is {plain_text(shown)} in the file; export it with open dimensions to count it at others"
        )
    if any(not isinstance(size, int) for size in wanted):
        raise UsageError(
            f"input '{name}' is {plain_text(shown)} in the file; say the open sizes: -i {name}={_example(declared)}"
        )
    return tuple(size for size in wanted if isinstance(size, int)) if declared else ()


def _conflict(declared: Sequence[int | str], wanted: Sequence[int | str]) -> bool:
    pairs = zip(declared, wanted, strict=True)
    return any(isinstance(own, int) and own != size for own, size in pairs)


def _example(declared: Sequence[int | str]) -> str:
    return "x".join(str(size) if isinstance(size, int) else "128" for size in declared[1:])
