"""The surroundings of a measurement. Two results whose surroundings differ are not comparable.

Keys are those of pyperf's metadata where it has one for the thing.
"""

import os
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from netstat import __version__
from netstat.measure import host
from netstat.measure.devices import find

_PREFIXES = ("OMP_", "KMP_", "MKL_", "GOMP_", "OPENBLAS_", "ONEDNN_", "DNNL_", "TORCH_", "PYTORCH_", "CUDA_", "CUBLAS_")


def environment(devices: Iterable[str] = ()) -> dict[str, Any]:
    """What there is to say of program, machine, Python, torch (where it is loaded) and `devices`, now; ready for JSON.

    Call it before the run: the load average is part of it.
    """
    record = {**program(), **_machine(), **_python(), **_torch()}
    for device in devices:
        record.update(find(device).environment())
    return record


def program() -> dict[str, Any]:
    """What was called, when, and with what in the environment."""
    return {
        "netstat_version": __version__,
        "argv": list(sys.argv),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "environment_variables": {
            name: value for name, value in sorted(os.environ.items()) if name.startswith(_PREFIXES)
        },
    }


def _machine() -> dict[str, Any]:
    return {
        "platform": platform.platform(),
        "kernel": platform.release(),
        "cpu_machine": platform.machine(),
        "cpu_model_name": host.cpu_model_name(),
        "cpu_count": host.cores(),
        "cpu_affinity": host.affinity(),
        "cpu_limit": host.cpu_limit(),
        "cpu_caches": host.caches(),
        "load_avg_1min": host.load_average(),
    }


def _python() -> dict[str, Any]:
    return {
        "python_implementation": platform.python_implementation(),
        "python_version": platform.python_version(),
    }


def _torch() -> dict[str, Any]:
    torch = sys.modules.get("torch")
    if torch is None:
        return {}
    return {
        "torch_version": str(torch.__version__),  # its own class would bring torch wherever it is unpickled
        "torch_config": torch.__config__.show(),
        "torch_cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "torch_num_threads": torch.get_num_threads(),
        "torch_num_interop_threads": torch.get_num_interop_threads(),
        "torch_default_dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "torch_deterministic": torch.are_deterministic_algorithms_enabled(),
        "torch_mkldnn": torch.backends.mkldnn.is_available(),
    }
