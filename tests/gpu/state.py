"""What must not change: the process, the user's module, the GPU's own state."""

from collections.abc import Iterator
from typing import Any

import torch

import netstat
from netstat.errors import ModelError
from netstat.graph import TensorSpec
from netstat.measure import replay
from netstat.measure.benchmark import benchmark
from netstat.measure.clock import Stopwatch, SystemClock
from netstat.measure.queued import HeldQueue
from tests.gpu.models import Looks, Slow, Small
from tests.gpu.running import settings
from tests.gpu.steps import Bench, Verdict, step, verdict

SHAPE = (3, 16, 16)
INPUTS = [("input", TensorSpec((1, *SHAPE)))]


def switches() -> dict[str, Any]:
    """What of the process a benchmark could change."""
    backends: Any = torch.backends
    seen = {
        "random state": torch.get_rng_state().tolist(),
        "threads": torch.get_num_threads(),
        "gradients": torch.is_grad_enabled(),
        "cudnn": (backends.cudnn.benchmark, backends.cudnn.deterministic, backends.cudnn.enabled),
        "tf32": [s.fp32_precision for s in (backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn)],
        "current": "",
    }
    if torch.cuda.is_available():
        seen["random state of the GPU"] = torch.cuda.get_rng_state().tolist()
        seen["current"] = (torch.cuda.current_device(), torch.cuda.current_stream().cuda_stream)
    return seen


def values(module: torch.nn.Module) -> list[Any]:
    tensors = [*module.named_parameters(), *module.named_buffers()]
    return [(name, held.device, held.dtype, id(held), held.sum().item()) for name, held in tensors]


@step(25)
def untouched(bench: Bench) -> Iterator[Verdict]:
    """A benchmark leaves random states, streams, cuDNN and TF32 switches and the module as they were."""
    model = Small().to(bench.device.torch_device)
    for dtype in ("fp32", "tf32", "bf16", "fp16"):
        before = switches(), values(model)
        benchmark(model, INPUTS, device=bench.device, dtype=dtype, settings=settings(bench))
        after = switches(), values(model)
        changed = [name for name in before[0] if before[0][name] != after[0][name]]
        changed += ["the module"] if before[1] != after[1] else []
        yield verdict(f"untouched in {dtype}", not changed, ", ".join(changed) or "nothing changed")


@step(15)
def profiled(bench: Bench) -> Iterator[Verdict]:
    """A module that is on the GPU already is profiled there, and counts as on the CPU."""
    here, there = Small(), Small().to(bench.device.torch_device)
    counted = [netstat.profile(model, SHAPE).totals for model in (here, there)]
    yield verdict("counts", counted[0] == counted[1], f"{counted[1].macs:,} MACs, {counted[1].params:,} parameters")
    places = {parameter.device.type for parameter in there.parameters()}
    yield verdict("stays where it is", places == {bench.device.torch_device.partition(":")[0]}, ", ".join(places))


@step(20)
def capture(bench: Bench) -> Iterator[Verdict]:
    """A forward pass is recorded and replayed with the same result; one that cannot be says why and leaves no trace."""
    bench.needs_gpu()
    device = bench.device
    with device.active(), torch.inference_mode():
        x = torch.randn(4, *SHAPE, device=device.torch_device)
        model, outputs = Small().to(x.device).eval(), []
        recording = replay.record(lambda: outputs.append(model(x)), device)
        assert recording.replay is not None, recording.refused
        outputs[-1].zero_()
        recording.replay()
        device.synchronize()
        yield verdict("replay", torch.allclose(outputs[-1], model(x)), "a replay writes what the forward pass writes")
    before = switches()
    with torch.inference_mode():
        looks = Looks().to(x.device)
        refused = replay.record(lambda: looks(torch.ones(2, 8, device=x.device)), device)
        yield verdict("refused", refused.replay is None, refused.refused)
        yield verdict("no trace", switches() == before, "streams, random states and switches after a failed recording")
        drawn = torch.rand(4, device=x.device).sum().item() + looks(torch.ones(2, 8, device=x.device)).sum().item()
        again = replay.record(lambda: model(x), device)
        yield verdict(
            "works on", again.replay is not None and drawn == drawn, again.refused or "records, draws and runs"
        )


@step(25)
def queue(bench: Bench) -> Iterator[Verdict]:
    """The held queue: slow hosts are kept out of device time, and hosts that wait are told on."""
    if not bench.on_gpu:
        yield from _queue_rehearsed()
        return
    device = bench.device
    with device.active(), torch.inference_mode():
        x = torch.randn(512, 512, device=device.torch_device)
        stopwatch, slow, fast = Stopwatch(SystemClock(), device), Slow().to(x.device), Slow(0.0).to(x.device)
        read = {}
        for name, model in {"slow": slow, "fast": fast}.items():
            timer = HeldQueue(stopwatch)
            timer.rehearse(lambda model=model: model(x))
            read[name] = sorted(timer.time(lambda model=model: model(x)).seconds for _ in range(20))[10]
            yield verdict(f"held, {name} host", timer.passed, f"{timer.held} readings held, {timer.broken} not")
        apart = read["slow"] / read["fast"] - 1
        said = f"{read['slow'] * 1e6:.1f} µs with a slow host, {read['fast'] * 1e6:.1f} µs with a fast one"
        yield verdict("the host is kept out", abs(apart) < 0.10, said)
        timer, looks, y = HeldQueue(stopwatch), Looks().to(x.device), x[:, :8].contiguous()
        timer.rehearse(lambda: looks(y))
        timer.time(lambda: looks(y))
        yield verdict("a host that waits is told on", not timer.passed, f"{timer.broken} readings not held")


def _queue_rehearsed() -> Iterator[Verdict]:
    from tests.measure.fakes import FakeClock, FakeDevice

    clock = FakeClock()
    device = FakeDevice(clock)
    timer = HeldQueue(Stopwatch(clock, device))

    def forward() -> None:
        clock.spend(2.0)
        device.work(1.0)

    timer.rehearse(forward)
    yield verdict(
        "held, on a device made of numbers", timer.time(forward).seconds == 1.0 and timer.passed, "1 s of 2 s"
    )


@step(20)
def out_of_memory(bench: Bench) -> Iterator[Verdict]:
    """Running out of the GPU's memory is one clear line, and the next benchmark runs."""
    bench.needs_gpu()

    class Hungry(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.empty(2**50, dtype=torch.int8, device=x.device)

    try:
        benchmark(Hungry(), [("input", TensorSpec((4,)))], device=bench.device, settings=settings(bench))
        yield verdict("out of memory", False, "nothing was raised")
    except ModelError as error:
        yield verdict("out of memory", "\n" not in str(error) and "memory" in str(error), str(error))
    result = benchmark(Small(), INPUTS, device=bench.device, settings=settings(bench))
    yield verdict("works on", result.median_seconds > 0, f"{result.median_seconds * 1e6:.0f} µs")
