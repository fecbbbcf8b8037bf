"""Activation functions: what each costs per element, counted and measured."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.errors import UsageError
from netstat.frontends.inputs import inputs_of

if TYPE_CHECKING:
    from netstat.frontends.subject import Inputs
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.activations import Activations

CONV1 = (96, 55, 55)  # what the first convolution of the paper's AlexNet hands to ReLU and then to LRN


def activations(
    input_shape: tuple[int, ...] = CONV1,
    *,
    batch: int = 1,
    dtype: str = "float32",
    device: str | Sequence[str] = "cpu",
    threads: int | None = None,
    measure: bool = True,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Activations":
    """What every activation and local response normalisation cost per element: exact operations, and measured time.

    All are layers of one module, each on the same random input, timed as `benchmark` times any model's layers.

    Args:
        input_shape: of the tensor without the batch, channels first.
        batch: leading dimension.
        dtype: fp32 (no TF32), tf32, bf16, fp16.
        device: cpu, cuda or cuda:N, or several.
        threads: CPU threads; torch's own choice by default.
        measure: whether to take times; without, no torch is loaded.
        settings, progress: as for `benchmark`.

    Raises:
        UsageError: sizes, a dtype, device or number of threads that cannot be.
        ModelError: it cannot be measured there.
    """
    inputs = inputs_of(input_shape, batch, dtype)
    found = counted(inputs)
    if not measure:
        return found
    devices = [device] if isinstance(device, str) else list(device)
    return timed(found, inputs, devices, dtype, threads, settings, progress)


def counted(inputs: "Inputs") -> "Activations":
    """The counts and curves of every activation.

    Raises:
        UsageError: there is more than one input, or it has no channels and positions.
    """
    from netstat.analysis.activations import activations as analyse
    from netstat.units import shape

    ((_, spec), *more) = inputs.specs((CONV1,))
    if more or len(spec.shape) < 3 or "float" not in spec.dtype:
        given = " and ".join(f"{shape(tensor.shape[1:])} {tensor.dtype}" for _, tensor in inputs.specs())
        raise UsageError(f"activations take one floating-point input such as 96x55x55, channels first; got {given}")
    return analyse(spec)


def timed(
    found: "Activations",
    inputs: "Inputs",
    devices: Sequence[str],
    dtype: str,
    threads: int | None,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Activations":
    """The same with measured times; arguments and errors as for `activations`."""
    from netstat.api.subjects import Ways, benchmark_subject
    from netstat.frontends.resolve import resolve
    from netstat.frontends.side_by_side import SideBySide
    from netstat.models.activations import EVERY

    subject = resolve(SideBySide(EVERY), inputs._replace(shapes=((found.input_shape[1:], "", ""),), dtype="float32"))
    ways = Ways(devices, dtypes=[dtype], threads=[threads])
    times = benchmark_subject(subject, ways, settings=settings, progress=progress)
    return replace(found, benchmarks=times.benchmarks, environment=times.environment)
