"""What a run sets in the process is as it was afterwards, however the run ends."""

import gc
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from netstat.errors import UsageError
from netstat.measure.devices import find
from netstat.measure.isolation import isolated
from netstat.measure.precision import find as find_precision
from tests.measure.models import torch

pytestmark = pytest.mark.torch
FLOAT32 = find_precision("float32")


def state() -> list[Any]:
    return [
        torch.get_num_threads(),
        gc.isenabled(),
        torch.backends.cudnn.benchmark,
        torch.is_inference_mode_enabled(),
        torch.is_grad_enabled(),
        torch.get_rng_state().tolist(),
        random.getstate(),
        [part.tolist() if isinstance(part, np.ndarray) else part for part in np.random.get_state()],
        torch.get_float32_matmul_precision(),
        torch.backends.cudnn.allow_tf32,
    ]


def disturb() -> None:
    torch.rand(3)
    random.random()
    np.random.rand(3)


def fail() -> None:
    disturb()
    raise KeyboardInterrupt


def test_inside_everything_is_set() -> None:
    with isolated(find("cpu"), FLOAT32, threads=1) as threads:
        assert threads == torch.get_num_threads() == 1
        assert not gc.isenabled()
        assert torch.is_inference_mode_enabled()
        assert not torch.backends.cudnn.benchmark


def test_threads_are_as_many_as_torch_has_unless_told() -> None:
    with isolated(find("cpu"), FLOAT32) as threads:
        assert threads == torch.get_num_threads()


@pytest.mark.parametrize("run", [disturb, fail])
@pytest.mark.parametrize("collecting", [True, False])
def test_afterwards_all_is_as_before(run: Callable[[], None], collecting: bool) -> None:
    threads = torch.get_num_threads()
    if not collecting:
        gc.disable()
    try:
        torch.set_num_threads(2)
        before = state()
        try:
            with isolated(find("cpu"), find_precision("tf32"), threads=1):
                run()
        except KeyboardInterrupt:
            pass
        assert state() == before
    finally:
        gc.enable()
        torch.set_num_threads(threads)


@pytest.mark.parametrize("threads", [0, -1])
def test_no_threads_are_too_few(threads: int) -> None:
    before = state()
    with pytest.raises(UsageError, match="at least 1 thread"), isolated(find("cpu"), FLOAT32, threads=threads):
        pass
    assert state() == before
