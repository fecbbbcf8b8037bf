"""Ceilings and a roofline made by hand, in round numbers."""

from netstat.records.ceilings import Ceiling, Ceilings, Level, Probe

MIB = 2**20


def product(gigaflops: float) -> Probe:
    """A matrix product that reaches so many GFLOP/s."""
    return Probe("matrix product", "1024×1024×1024", 2**31, 3 * 2**22, 3 * 2**22, 2**31 / (gigaflops * 1e9), 3)


def movement(mebibytes: float, gigabytes: float, name: str = "copy") -> Probe:
    """A working set of so many MiB that moves at so many GB/s."""
    size = int(mebibytes * MIB)
    return Probe(name, f"{mebibytes} MiB", 0, size, size, size / (gigabytes * 1e9), 5)


CEILING = Ceiling(
    device="cpu",
    device_name="Example CPU",
    dtype="float32",
    threads=2,
    compute=(product(80.0), product(100.0)),
    traffic=(
        movement(0.25, 60.0), movement(1, 150.0, "update"), movement(4, 200.0), movement(16, 100.0), movement(64, 40.0)
    ),
    levels=(Level("L1", 64 * 2**10), Level("L2", 1 * MIB), Level("L3", 32 * MIB)),
)  # fmt: skip
GPU_CEILING = Ceiling("cuda", "Example GPU", "bfloat16", 2, (product(300_000.0),), (movement(1024, 1500.0),))
CEILINGS = Ceilings((CEILING, GPU_CEILING), {"python": "3.11"})
