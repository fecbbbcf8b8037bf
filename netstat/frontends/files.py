"""What all model files have in common: they are data from outside, read and never run."""

import os
import zipfile
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
