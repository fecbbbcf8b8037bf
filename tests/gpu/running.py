"""Running netstat's parts in this process, as the steps need them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from netstat.frontends.inputs import inputs_of
from netstat.frontends.resolve import resolve
from netstat.graph import TensorSpec
from netstat.measure import precision
from netstat.measure.benchmark import benchmark
from netstat.measure.isolation import isolated
from netstat.measure.settings import Settings
from netstat.measure.subject import forward_of, prepared, tensors
from netstat.records.benchmark import Benchmark
from tests.gpu.steps import Bench

# Thirty-six settings have to fit into three minutes: a GPU's samples are steady, and a few dozen tell the median.
BRISK = Settings(samples=20, seconds=0.1, cap_seconds=0.8, warmup_cap=1.5)
REHEARSAL = Settings(warmup_calls=2, warmup_seconds=0.0, warmup_cap=0.05, samples=6, seconds=0.0, cap_seconds=0.1)


def settings(bench: Bench) -> Settings:
    return REHEARSAL if bench.quick else BRISK


def timed(bench: Bench, name: str, batch: int, dtype: str) -> Benchmark:
    """A benchmark of a model in this process."""
    module, shape = bench.module(name), bench.models[name]
    graph = resolve(module, inputs_of(shape, batch, "float32", None, None)).graph
    inputs = [("input", TensorSpec((batch, *shape)))]
    return benchmark(module, inputs, device=bench.device, dtype=dtype, graph=graph, settings=settings(bench))


@contextmanager
def running(bench: Bench, name: str, batch: int, dtype: str = "fp32") -> Iterator[tuple[Any, Any]]:
    """A model on the device and a call that runs it, in the state that a benchmark has it in."""
    kind, inputs = precision.find(dtype), [("input", TensorSpec((batch, *bench.models[name])))]
    with isolated(bench.device, kind):
        module = prepared(bench.module(name), bench.device, kind, owned=False)
        given = tensors(inputs, bench.device, kind, module)
        yield module, forward_of(module, given, bench.device.name)
