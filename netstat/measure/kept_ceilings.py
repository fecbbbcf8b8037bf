"""Ceilings that were measured before: they cost seconds, and hold as long as the machine and its software do."""

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from netstat.errors import NetstatError
from netstat.measure import devices, precision
from netstat.measure.ceilings import FULL, Effort, measure
from netstat.measure.environment import environment
from netstat.measure.sampling import Progress, silent
from netstat.records.base import write
from netstat.records.cache_folder import cache_folder
from netstat.records.ceilings import Ceiling, Ceilings
from netstat.records.reading import read

Tell = Callable[[str], None]

MARK = b'"netstat": "'
# What ceilings depend on, as `environment` names it. Of the rest (date, load, clocks, temperature) they may not.
FINGERPRINT = (
    "netstat_version", "environment_variables", "platform", "cpu_machine", "cpu_model_name", "cpu_count",
    "cpu_affinity", "cpu_limit", "cpu_caches", "torch_version", "torch_config", "torch_cpu_capability",
    "cuda_device_name", "cuda_capability", "cuda_multiprocessors", "cuda_l2_bytes", "cuda_memory_bytes", "cuda_version",
    "cudnn_version",
)  # fmt: skip


def ceiling(
    device: str = "cpu",
    dtype: str = "float32",
    threads: int | None = None,
    *,
    again: bool = False,
    effort: Effort = FULL,
    tell: Tell = lambda line: None,
    progress: Progress = silent,
) -> Ceiling:
    """The ceiling that is kept for these surroundings, else a measured one, which is kept if nothing spoils it.

    Args:
        device, dtype, threads, effort, progress: as for `measure`; what is kept was measured with full effort.
        again: measure in any case, and replace what is kept.
        tell: told in one line of a file that cannot be used, and why.

    Raises:
        UsageError: no such device, dtype or number of threads.
    """
    key = fingerprint(device, dtype, threads)
    path = folder() / f"{_digest(key)}.json"
    kept = None if again else recall(path, key, tell)
    if kept is not None:
        return kept
    measured = measure(device, dtype, threads, effort=effort, progress=progress)
    if not (measured.short or measured.warnings):
        keep(path, key, measured, tell)
    return measured


def folder() -> Path:
    """Where ceilings are kept: $NETSTAT_CEILINGS, else a folder in the user's cache."""
    chosen = os.environ.get("NETSTAT_CEILINGS")
    return Path(chosen).absolute() if chosen else cache_folder("ceilings")


def fingerprint(device: str, dtype: str, threads: int | None) -> dict[str, Any]:
    """What two ceilings must have in common to be the same; ready for JSON.

    Raises:
        UsageError: no such device or dtype.
    """
    import torch

    surroundings = environment([devices.find(device).name])
    return {
        "device": device,
        "dtype": precision.find(dtype).name,
        "threads": torch.get_num_threads() if threads is None else threads,
        **{name: surroundings[name] for name in FINGERPRINT if name in surroundings},
    }


def recall(path: Path, key: dict[str, Any], tell: Tell) -> Ceiling | None:
    """The ceiling in the file, None where there is none or it is of other surroundings."""
    if not path.exists():
        return None
    try:
        record = read(str(path))
    except NetstatError as error:
        tell(f"ceilings are measured anew: {error}")
        return None
    if not isinstance(record, Ceilings) or len(record) != 1 or record.environment != key:
        tell(f"ceilings are measured anew: '{path}' does not hold those of this machine")
        return None
    return record[0]


def keep(path: Path, key: dict[str, Any], measured: Ceiling, tell: Tell) -> None:
    """Write the ceiling whole or not at all; a file of somebody else's stays."""
    content = json.dumps(Ceilings((measured,), key).to_dict(), indent=1).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content, mark=MARK)
    except OSError as error:
        tell(f"ceilings are not kept: cannot make the folder '{path.parent}': {error.strerror}")
    except NetstatError as error:
        tell(f"ceilings are not kept: {error}")


def _digest(key: dict[str, Any]) -> str:
    return sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
