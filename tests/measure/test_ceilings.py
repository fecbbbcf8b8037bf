"""Ceilings are the fastest calls, sampled as long as they should be: exactly, on a clock that does as it is told."""

from collections.abc import Callable, Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from netstat.errors import UsageError
from netstat.measure.ceilings import PATIENCE, SAMPLES, TOO_LONG, Effort, _Run, is_starved, measure, sampled
from netstat.measure.clock import Block, Stopwatch
from netstat.measure.devices import find
from netstat.measure.host import data_caches
from netstat.measure.precision import find as precision
from netstat.measure.probes import CONVOLUTIONS, KERNELS, PRODUCTS, SMALLEST, Work, arithmetic, traffic
from netstat.records.ceilings import Probe
from tests.measure.fakes import FakeClock

EFFORT = Effort(seconds=1.0, step=2, cap_seconds=1000.0)


def work(clock: FakeClock, times: Iterator[float], flops: int = 64) -> Work:
    """What takes `times` seconds, call by call."""

    def make() -> Callable[[], None]:
        return lambda: clock.spend(next(times))

    return Work("product", "8", flops, 32, 16, make)


def blocks_of(*times: float, then: float, seconds: float = 1.0) -> list[Block]:
    clock = FakeClock()
    return sampled(work(clock, chain(times, repeat(then))), Stopwatch(clock, find("cpu")), seconds)


def probes_of(*works: tuple[int, float], effort: Effort = EFFORT) -> tuple[Probe, ...]:
    """The probes of works of so many FLOPs that take so many seconds a call."""
    clock = FakeClock()
    run = _Run(Stopwatch(clock, find("cpu")), effort)
    return run.all([work(clock, repeat(seconds), flops) for flops, seconds in works], "arithmetic")


def test_a_probe_lasts_its_seconds() -> None:
    assert [block.calls for block in blocks_of(then=0.25)] == [1, 1, 1, 1]


def test_a_probe_has_three_samples_where_one_outlasts_its_seconds() -> None:
    assert len(blocks_of(then=2.0)) == SAMPLES


def test_a_probe_has_one_sample_where_that_takes_ten_times_its_seconds() -> None:
    assert len(blocks_of(then=float(PATIENCE))) == 1


def test_short_calls_are_timed_in_blocks() -> None:
    blocks = blocks_of(then=2.0**-12, seconds=2.0**-8)
    assert {block.calls for block in blocks[1:]} == {8}  # 2^-9 s is the first power of two over a millisecond
    assert {block.seconds for block in blocks} == {2.0**-12}


def test_the_fastest_call_is_the_ceiling_however_slow_the_others() -> None:
    clock = FakeClock()
    (probe,) = _Run(Stopwatch(clock, find("cpu")), EFFORT).all([work(clock, iter([0.5, 0.25, 0.5]))], "arithmetic")
    assert probe == Probe("product", "8", 64, 32, 16, 0.25, 3)
    assert (probe.flops_per_second, probe.bytes_per_second) == (256.0, 128.0)


def test_work_that_would_take_too_long_by_the_fastest_so_far_is_left_out() -> None:
    at_the_limit = TOO_LONG * 64
    probes = probes_of((64, 1.0), (at_the_limit, 4.0), (100 * at_the_limit, 4.0), (64, 1.0))
    assert [probe.flops for probe in probes] == [64, at_the_limit, 64]


def test_after_its_cap_each_further_work_is_called_once() -> None:
    probes = probes_of(*[(64, 0.5)] * 5, effort=Effort(seconds=1.0, step=2, cap_seconds=2.0))
    assert [probe.samples for probe in probes] == [3, 3, 1, 1, 1]


def test_progress_is_told_before_every_work() -> None:
    clock, told = FakeClock(), list[tuple[str, float]]()
    run = _Run(Stopwatch(clock, find("cpu")), EFFORT, lambda label, fraction: told.append((label, fraction)))
    run.all([work(clock, repeat(1.0)) for _ in range(4)], "memory")
    assert told == [("ceilings of cpu: memory", i / 4) for i in range(4)]


@pytest.mark.parametrize(
    ("cpu", "threads", "starved"), [(0.9, 1, False), (0.89, 1, True), (1.4, 2, False), (1.39, 2, True)]
)
def test_ceilings_taken_while_others_used_the_processor_are_marked(cpu: float, threads: int, starved: bool) -> None:
    blocks = [Block(0.5, 0.5 * cpu, 1), Block(0.5, 0.5 * cpu, 4)]
    assert is_starved(blocks, threads) is starved


def test_arithmetic_has_matrix_products_and_convolutions_counted_by_the_operators_formulas() -> None:
    works = list(arithmetic(find("cpu"), precision("bf16")))
    assert [work.name for work in works] == ["matrix product"] * len(PRODUCTS) + ["convolution"] * len(CONVOLUTIONS)
    assert works[0].flops == 2 * 256**3 - 256**2
    assert works[0].bytes_moved == works[0].working_set == 3 * 2 * 256**2
    assert works[5].size == "1×64×27×27 to 192 channels, k5"
    assert works[5].flops == 447_897_600  # AlexNet's second convolution


@pytest.mark.torch
def test_traffic_has_every_kernel_at_every_working_set() -> None:
    works = list(traffic(find("cpu"), precision("fp32"), 4 * SMALLEST, 2))
    assert [work.name for work in works] == [kernel.name for kernel in KERNELS] * 3
    assert sorted({work.size for work in works}) == ["1.00 MiB", "256.00 KiB", "512.00 KiB"]
    copy, scale, add, update, read = works[:5]
    assert copy.bytes_moved == scale.bytes_moved == copy.working_set == SMALLEST
    assert add.bytes_moved == add.working_set == 3 * (SMALLEST // 12 // 16 * 16) * 4
    assert (update.bytes_moved, update.working_set) == (2 * SMALLEST, SMALLEST)
    assert (read.bytes_moved, read.flops) == (SMALLEST, SMALLEST // 4)


@pytest.mark.torch
def test_the_kernels_do_what_they_are_called() -> None:
    import torch

    for kernel in KERNELS:
        tensors = [torch.full((4,), float(i + 2)) for i in range(kernel.tensors)]
        result = kernel.make(*tensors)()
        assert isinstance(result, torch.Tensor)
        wanted = {"copy": [2.0] * 4, "scale": [2.0] * 4, "add": [5.0] * 4, "update": [2.0] * 4, "read": 8.0}[
            kernel.name
        ]
        assert result.tolist() == wanted


@pytest.mark.torch
def test_a_real_device_has_ceilings() -> None:
    hasty = Effort(1e-4, 4, 0.01, largest=2**20, short=True)
    ceiling = measure("cpu", "fp32", 1, effort=hasty)
    assert (ceiling.device, ceiling.dtype, ceiling.threads, ceiling.short) == ("cpu", "float32", 1, True)
    assert {probe.name for probe in ceiling.compute} <= {"matrix product", "convolution"}
    assert len(ceiling.traffic) == 2 * len(KERNELS)
    assert all(probe.seconds > 0 and probe.samples >= 1 for probe in (*ceiling.compute, *ceiling.traffic))
    assert ceiling.flops_per_second > ceiling.fastest.flops / 60


@pytest.mark.torch
@pytest.mark.parametrize(("device", "dtype", "threads"), [("abacus", "fp32", 1), ("cpu", "fp3", 1), ("cpu", "fp32", 0)])
def test_ceilings_of_nothing_there_is_are_refused(device: str, dtype: str, threads: int) -> None:
    with pytest.raises(UsageError):
        measure(device, dtype, threads)


def test_caches_are_as_the_kernel_words_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [
        ("1", "Data", "32K", "0"),
        ("1", "Instruction", "32K", "0"),
        ("2", "Unified", "1M", "0-1,8"),
        ("3", "", "", ""),
    ]
    for index, values in enumerate(words):
        folder = tmp_path / f"index{index}"
        folder.mkdir()
        for name, value in zip(("level", "type", "size", "shared_cpu_list"), values, strict=True):
            (folder / name).write_text(f"{value}\n")
    monkeypatch.setattr("netstat.measure.host._CACHES", tmp_path)
    assert data_caches() == [("L1", 2**15, 1), ("L2", 2**20, 3)]
    monkeypatch.setattr("netstat.measure.host._CACHES", tmp_path / "nothing")
    assert data_caches() == []
