"""Facts about the machine netstat runs on, as its operating system tells them. What it does not tell is None or ""."""

import os
import platform
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
# NVIDIA's driver; that of Windows' Linux; AMD's, which torch calls CUDA too.
_GPU_DRIVERS = tuple(
    Path(place)
    for place in ("/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia-uvm", "/proc/driver/nvidia", "/dev/dxg", "/dev/kfd")
)
_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def cpu_model_name() -> str:
    """Name of the processor ("AMD EPYC 9654 96-Core Processor"), its architecture where no name is given."""
    lines = _text(Path("/proc/cpuinfo")).splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def cores() -> int:
    """Logical processors of the machine."""
    return os.cpu_count() or 1


def affinity() -> list[int]:
    """The logical processors this process may run on."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(cores()))


def load_average() -> float | None:
    """Runnable processes, averaged over the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def cpu_limit() -> float | None:
    """Processors the control group may use; None where it sets no limit."""
    quota, _, period = _text(_CGROUP / "cpu.max").strip().partition(" ")
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() else None


def caches() -> dict[str, str]:
    """Sizes of the first processor's caches, as the kernel words them: {"L1 Data": "32K", …}."""
    levels = sorted(_CACHES.glob("index*")) if _CACHES.is_dir() else []
    return {f"L{_line(level / 'level')} {_line(level / 'type')}": _line(level / "size") for level in levels}


def largest_cache() -> int:
    """Bytes of the largest of the first processor's caches; 0 where the kernel does not say."""
    sizes = (size.removesuffix("K") for size in caches().values())
    return max((int(size) * 1024 for size in sizes if size.isdigit()), default=0)


def may_have_gpu() -> bool:
    """Whether a driver that torch calls CUDA is there; asking torch itself takes seconds. True where nobody knows."""
    return platform.system() != "Linux" or any(path.exists() for path in _GPU_DRIVERS)


def data_caches() -> list[tuple[str, int, int]]:
    """Name, bytes, and how many processors share it, of each cache that data of the first processor is in."""
    levels = sorted(_CACHES.glob("index*")) if _CACHES.is_dir() else []
    found = [(f"L{_line(level / 'level')}", _bytes(_line(level / "size")), _sharers(level))
             for level in levels if _line(level / "type") != "Instruction"]  # fmt: skip
    return sorted((cache for cache in found if cache[1]), key=lambda cache: cache[1])


def _bytes(size: str) -> int:
    """A size as the kernel words it, "512K", in bytes; what is no such size is 0."""
    digits, unit = size[:-1], size[-1:]
    return int(digits) * {"K": 2**10, "M": 2**20, "G": 2**30}.get(unit, 0) if digits.isdigit() else 0


def _sharers(level: Path) -> int:
    """How many processors "0-3,8" are; 1 where nothing is said."""
    ranges = [part.split("-") for part in _line(level / "shared_cpu_list").split(",")]
    return sum(int(ends[-1]) - int(ends[0]) + 1 for ends in ranges if ends[0].isdigit()) or 1


def available_memory() -> int | None:
    """Bytes that can be allocated without swapping, the control group's limit included."""
    known = [size for size in (_free_of_machine(), _free_of_cgroup()) if size is not None]
    return min(known) if known else None


def _free_of_machine() -> int | None:
    sizes = _table(Path("/proc/meminfo"))
    if "MemAvailable:" in sizes:
        return sizes["MemAvailable:"] * 1024
    if "SC_AVPHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _free_of_cgroup() -> int | None:
    limit, used = _line(_CGROUP / "memory.max"), _line(_CGROUP / "memory.current")
    if not (limit.isdigit() and used.isdigit()):
        return None
    # Cached files count as used, yet make room when memory is asked for.
    return max(0, int(limit) - int(used) + _table(_CGROUP / "memory.stat").get("file", 0))


def _table(path: Path) -> dict[str, int]:
    rows = (line.split() for line in _text(path).splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def _line(path: Path) -> str:
    return _text(path).strip()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
