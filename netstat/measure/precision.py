"""Number formats a forward pass can run in.

"float32" alone says too little: out of the box torch runs float32 convolutions in TF32 and float32 matrix products not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from netstat.errors import UsageError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Precision:
    """A number format.

    Attributes:
        name: what results are labelled with.
        dtype: of parameters and floating-point inputs, torch's spelling.
        tf32: whether matrix products and convolutions may round their float32 inputs to TF32.
    """

    name: str
    dtype: str
    tf32: bool = False

    @property
    def torch_dtype(self) -> "torch.dtype":
        """The dtype itself."""
        import torch

        dtype = getattr(torch, self.dtype)
        assert isinstance(dtype, torch.dtype)
        return dtype


_FLOAT32 = Precision("float32", "float32")
_BFLOAT16 = Precision("bfloat16", "bfloat16")
_FLOAT16 = Precision("float16", "float16")
PRECISIONS = {
    "float32": _FLOAT32,
    "fp32": _FLOAT32,
    "tf32": Precision("tf32", "float32", tf32=True),
    "bfloat16": _BFLOAT16,
    "bf16": _BFLOAT16,
    "float16": _FLOAT16,
    "fp16": _FLOAT16,
}


def find(name: str) -> Precision:
    """The precision called `name`.

    Raises:
        UsageError: there is none of that name.
    """
    try:
        return PRECISIONS[name]
    except KeyError:
        raise UsageError(f"a benchmark runs in {', '.join(PRECISIONS)}; not in '{name}'") from None


@contextmanager
def tf32(allowed: bool) -> Iterator[None]:
    """While it lasts, torch may or may not use TF32. Afterwards every switch stands as it was found.

    Torch has these switches twice, and reading the older ones fails where the two do not agree. So both are set, and
    the older ones first, because setting them moves the newer ones too.
    """
    newer, older = _read_newer(), _read_older()
    _write_older(("high" if allowed else "highest", allowed))
    _write_newer(["tf32" if allowed else "ieee"] * len(newer))
    try:
        yield
    finally:
        _write_older(older)
        _write_newer(newer)


def _newer() -> tuple[Any, ...]:
    from torch import backends as typed

    backends: Any = typed  # in part
    on_gpu = backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn
    return *on_gpu, backends.mkldnn.matmul, backends.mkldnn.conv, backends.mkldnn.rnn


def _read_newer() -> list[str]:
    return [switch.fp32_precision for switch in _newer()]


def _write_newer(values: list[str]) -> None:
    for switch, value in zip(_newer(), values, strict=True):
        switch.fp32_precision = value


def _read_older() -> tuple[str, bool] | None:
    import torch

    try:
        return torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    except RuntimeError:  # unreadable already: the user has set some of the newer ones alone
        return None


def _write_older(values: tuple[str, bool] | None) -> None:
    import torch

    if values is not None:
        torch.set_float32_matmul_precision(values[0])
        torch.backends.cudnn.allow_tf32 = values[1]
