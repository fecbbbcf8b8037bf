"""Devices are found by name, and one that is not there says so."""

import pytest

from netstat.errors import UsageError
from netstat.measure.clock import SystemClock
from netstat.measure.devices import DEVICES, find, present
from netstat.measure.devices.cuda import Cuda
from tests.measure.fakes import FakeClock


def test_the_devices_are_cpu_and_cuda() -> None:
    assert sorted(DEVICES.names()) == ["cpu", "cuda"]


def test_an_unknown_device_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="unknown device 'abacus'; there is c"):
        find("abacus")


@pytest.mark.parametrize("name", ["cuda:", "cuda:one", "cuda:-1", "cuda:²", "cpu:"])
def test_a_device_number_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="write for example cuda or cuda:1"):
        find(name)


def test_there_is_one_cpu() -> None:
    assert find("cpu:0").name == "cpu"
    with pytest.raises(UsageError, match="no device cpu:1: all processors together are one device; use --device cpu"):
        find("cpu:1")


def test_the_cpu_tells_time_by_the_clock_it_is_given() -> None:
    clock, cpu = FakeClock(), find("cpu")
    start = cpu.mark(clock)
    clock.spend(0.5)
    assert cpu.seconds(start, cpu.mark(clock)) == 0.5


def test_the_cpu_has_a_name_and_memory() -> None:
    assert find("cpu").describe()
    assert find("cpu").free_memory() != 0


@pytest.mark.parametrize(("index", "name", "torch_device"), [(None, "cuda", "cuda:0"), (1, "cuda:1", "cuda:1")])
def test_a_gpu_keeps_the_name_it_was_called_by(index: int | None, name: str, torch_device: str) -> None:
    assert (Cuda(index).name, Cuda(index).torch_device) == (name, torch_device)


@pytest.mark.torch
def test_the_cpu_is_always_there() -> None:
    assert "cpu" in present()


@pytest.mark.torch
def test_a_gpu_is_present_or_says_in_one_line_why_not() -> None:
    reason = Cuda().unavailable()
    assert ("cuda" in present()) == (reason == "")
    assert reason in ("", "no CUDA device: torch sees none; use --device cpu")


@pytest.mark.torch
def test_a_gpu_beyond_the_last_is_refused() -> None:
    with pytest.raises(UsageError, match="torch sees"):
        find("cuda:4096")


@pytest.mark.gpu
def test_a_real_gpu_tells_its_own_time() -> None:
    import torch

    gpu, clock = find("cuda"), SystemClock()
    with gpu.active():
        x = torch.randn(1024, 1024, device=gpu.torch_device)
        gpu.hold(0.01)
        start = gpu.mark(clock)
        x @ x
        stop = gpu.mark(clock)
        gpu.synchronize()
        assert 0 < gpu.seconds(start, stop) < 0.01
    assert gpu.describe()
    assert gpu.free_memory()
    assert gpu.environment()["cuda_device_name"] == gpu.describe()
