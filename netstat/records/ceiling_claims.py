"""What texts say of devices, beside what was measured here.

The figures of the A100 are those of its maker's data sheet:
https://www.nvidia.com/content/dam/en-zz/Solutions/Data-Center/a100/pdf/nvidia-a100-datasheet-us-nvidia-1758950-r4-web.pdf
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from netstat.records.ceilings import Ceiling, best
from netstat.units import plural, ratio, scaled

TERA = 10**12
A100_BYTES_PER_SECOND = 1_555 * 10**9  # of the 40 GB card; 2,039 GB/s of the 80 GB SXM card

Ceilings = Sequence[Ceiling]


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement about devices.

    Attributes:
        says: what is claimed.
        means: what it holds of, by the data sheet where there is one.
        measured: the figure here, as text; "" where there is no such device here.
        remark: what follows from that; "" where nothing does.
        label: what the remark is on.
    """

    says: str
    means: str
    measured: Callable[[Ceilings], str]
    remark: Callable[[Ceilings], str] = lambda ceilings: ""
    label: str = ""


def _compute(kind: str, *dtypes: str) -> Callable[[Ceilings], str]:
    def measured(ceilings: Ceilings) -> str:
        found = best(ceilings, kind, dtypes)
        return f"{scaled(found.flops_per_second, 'FLOP/s')} in {found.dtype}" if found else ""

    return measured


def _cpu_remark(ceilings: Ceilings) -> str:
    found = best(ceilings, "cpu", ("float32",))
    if found is None:
        return ""
    if found.flops_per_second >= TERA:
        return "not so here"
    threads = plural(found.threads, "thread")
    enough = int(TERA * found.threads / found.flops_per_second) + 1
    return f"so with {threads}; {enough} threads as fast as these would pass it"


def _bandwidths(ceilings: Ceilings) -> tuple[float | None, float | None]:
    """Bytes per second from memory, of the first GPU and of the processor."""
    kinds = {c.device.partition(":")[0]: dict(c.roofs)["memory"] for c in reversed(ceilings) if c.traffic}
    return kinds.get("cuda"), kinds.get("cpu")


def _ratio(ceilings: Ceilings) -> str:
    gpu, cpu = _bandwidths(ceilings)
    return f"{ratio(gpu / cpu)} ({scaled(gpu, 'B/s')} to {scaled(cpu, 'B/s')})" if gpu and cpu else ""


def _ratio_remark(ceilings: Ceilings) -> str:
    _, cpu = _bandwidths(ceilings)
    if cpu is None:
        return ""
    return f"an A100's on its data sheet is {ratio(A100_BYTES_PER_SECOND / cpu)} the {scaled(cpu, 'B/s')} measured here"


CLAIMS = (
    Claim(
        "A100-class GPUs reach 312 TFLOP/s",
        "bfloat16 and float16 on tensor cores, dense",
        _compute("cuda", "bfloat16", "float16"),
    ),
    Claim("", "156 TFLOP/s in TF32", _compute("cuda", "tf32")),
    Claim("", "19.5 TFLOP/s in float32", _compute("cuda", "float32")),
    Claim("CPUs stay under 1 TFLOP/s", "float32", _compute("cpu", "float32"), _cpu_remark, "CPUs"),
    Claim(
        "GPU memory bandwidth is 10× a CPU's",
        "an A100 has 1.555 TB/s, or 2.039 (80 GB)",
        _ratio,
        _ratio_remark,
        "bandwidth",
    ),
)
