"""Number formats by name, and TF32 switches that are found as they were left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from netstat.errors import UsageError
from netstat.measure.precision import find, tf32

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    ("name", "label", "dtype"),
    [
        ("fp32", "float32", "float32"),
        ("float32", "float32", "float32"),
        ("tf32", "tf32", "float32"),
        ("bf16", "bfloat16", "bfloat16"),
        ("bfloat16", "bfloat16", "bfloat16"),
        ("fp16", "float16", "float16"),
        ("float16", "float16", "float16"),
    ],
)
def test_a_precision_goes_by_its_short_and_its_long_name(name: str, label: str, dtype: str) -> None:
    import torch

    assert find(name).name == label
    assert find(name).torch_dtype == getattr(torch, dtype)
    assert find(name).tf32 == (name == "tf32")


def test_an_unknown_precision_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="float32, fp32, tf32, bfloat16, bf16, float16, fp16; not in 'int8'"):
        find("int8")


def switches() -> list[object]:
    """All of torch's TF32 switches, the older ones where they can be read."""
    from torch import backends, get_float32_matmul_precision

    on_gpu = [backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn]  # type: ignore[attr-defined]
    newer = [*on_gpu, backends.mkldnn.matmul, backends.mkldnn.conv, backends.mkldnn.rnn]  # type: ignore[attr-defined]
    read: list[object] = [switch.fp32_precision for switch in newer]
    for older in (get_float32_matmul_precision, lambda: backends.cudnn.allow_tf32):
        with suppress(RuntimeError):
            read.append(older())
    return read


def untouched() -> None: ...


def older() -> None:
    import torch

    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = False


def medium() -> None:
    import torch

    torch.set_float32_matmul_precision("medium")


@contextmanager
def left_as_found() -> Iterator[None]:
    import torch

    conv, rnn = torch.backends.cudnn.conv.fp32_precision, torch.backends.cudnn.rnn.fp32_precision  # type: ignore[attr-defined]
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]
        torch.backends.cudnn.conv.fp32_precision = conv  # type: ignore[attr-defined]
        torch.backends.cudnn.rnn.fp32_precision = rnn  # type: ignore[attr-defined]


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("start", [untouched, older, medium])
def test_tf32_is_on_or_off_everywhere_and_then_as_it_was(start: Callable[[], None], allowed: bool) -> None:
    with left_as_found():
        start()
        before = switches()
        with tf32(allowed):
            assert switches() == ["tf32" if allowed else "ieee"] * 6 + ["high" if allowed else "highest", allowed]
        assert switches() == before


def test_switches_set_one_by_one_survive_a_forward_pass_that_fails() -> None:
    import torch

    with left_as_found():
        torch.backends.cudnn.conv.fp32_precision = "ieee"  # type: ignore[attr-defined]
        before = switches()[:6]
        with pytest.raises(ValueError, match="broke"), tf32(True):
            raise ValueError("broke")
        assert switches()[:6] == before
