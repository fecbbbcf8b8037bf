"""An NVIDIA GPU: work is queued, and only the device knows when it ran.

The whole forward pass is timed by the host's clock with the device idle at both ends: that is what a caller waits for.
The layers are timed by events on the device, with the whole forward pass queued up behind a pause, so that they show
the device's own time. What the host needs longer than the device, to hand out the work, is thus part of no layer: it is
unattributed time.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from netstat.graph import plain
from netstat.measure import host
from netstat.measure.clock import Clock
from netstat.measure.devices import DEVICES
from netstat.measure.nvidia.graphs import capture
from netstat.measure.nvidia.nvml import nvml_sensor
from netstat.measure.nvidia.smi import smi_sensor
from netstat.measure.sensors import Sensor

if TYPE_CHECKING:
    import torch


def _count() -> int:
    """How many torch sees. It is not even imported where there is no driver."""
    if not host.may_have_gpu():
        return 0
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


@DEVICES.add("cuda")
class Cuda:
    """One GPU, the first unless another number is given."""

    on_host = False

    def __init__(self, index: int | None = None) -> None:
        self.name = "cuda" if index is None else f"cuda:{index}"
        self._index = index or 0
        self.torch_device = f"cuda:{self._index}"

    def unavailable(self) -> str:
        """Why torch cannot use it."""
        count = _count()
        if not count:
            return "no CUDA device: torch sees none; use --device cpu"
        return (
            ""
            if self._index < count
            else f"no device {self.name}: torch sees {count}, numbered from 0; use --device cuda"
        )

    def describe(self) -> str:
        """Name of the GPU."""
        return str(self._properties().name)

    def environment(self) -> dict[str, Any]:
        """Model, software versions and switches, and how its sensors stand now."""
        import torch

        gpu = self._properties()
        cudnn: Any = torch.backends.cudnn  # untyped
        sensor = self.sensor()
        return {
            "cuda_device_name": gpu.name,
            "cuda_capability": f"{gpu.major}.{gpu.minor}",
            "cuda_multiprocessors": gpu.multi_processor_count,
            "cuda_l2_bytes": gpu.L2_cache_size,
            "cuda_memory_bytes": gpu.total_memory,
            "cuda_version": torch.version.cuda,
            "cudnn_version": cudnn.version(),
            "cudnn_benchmark": cudnn.benchmark,
            "cudnn_deterministic": cudnn.deterministic,
            "cuda_sensor": sensor.name if sensor else "none: install nvidia-ml-py to see clocks and throttling",
            **({f"cuda_{name}": value for name, value in plain(sensor.read()).items()} if sensor else {}),
        }

    def free_memory(self) -> int | None:
        """Bytes the driver has left, and those torch has reserved and not handed out."""
        import torch

        free, _ = torch.cuda.mem_get_info(self._index)
        return free + torch.cuda.memory_reserved(self._index) - torch.cuda.memory_allocated(self._index)

    def active(self) -> AbstractContextManager[object]:
        """Makes it current; keeps torch's random states of the host and of this GPU."""
        return self._current()

    def synchronize(self) -> None:
        """Wait for every stream."""
        import torch

        torch.cuda.synchronize(self._index)

    def hold(self, seconds: float) -> None:
        """Queue a pause. It is counted in cycles, so a GPU below its full clock pauses longer."""
        from torch import cuda

        untyped: Any = cuda
        untyped._sleep(int(seconds * 1e3 * self._properties().clock_rate))

    def mark(self, clock: Clock) -> "torch.cuda.Event":
        """An event on the current stream."""
        from torch import cuda

        untyped: Any = cuda
        event: torch.cuda.Event = untyped.Event(enable_timing=True)
        event.record()
        return event

    def seconds(self, start: "torch.cuda.Event", stop: "torch.cuda.Event") -> float:
        """Time between two events, at the half microsecond they resolve."""
        return float(start.elapsed_time(stop)) * 1e-3

    def reached(self, mark: "torch.cuda.Event") -> bool:
        """Whether the event has happened."""
        untyped: Any = mark
        return bool(untyped.query())

    def capture(self, forward: Callable[[], object]) -> Callable[[], object]:
        """A CUDA graph of it."""
        return capture(forward, self._index)

    def cache_bytes(self) -> int:
        """The second level."""
        return int(self._properties().L2_cache_size)

    def forget_peaks(self) -> None:
        """Those of torch's allocator."""
        import torch

        torch.cuda.reset_peak_memory_stats(self._index)

    def memory(self) -> Mapping[str, int] | None:
        """What torch's allocator says of itself, and the driver of the GPU."""
        import torch

        stats: dict[str, int] = torch.cuda.memory_stats(self._index)
        free, total = torch.cuda.mem_get_info(self._index)
        # Before the first allocation there are no statistics at all.
        peaks = {name: stats.get(f"{name}_bytes.all.peak", 0) for name in ("requested", "allocated", "reserved")}
        return {"before": stats.get("requested_bytes.all.current", 0), **peaks, "taken": total - free}

    def sensor(self) -> Sensor | None:
        """NVML's own, by nvidia-ml-py where that is installed, else by nvidia-smi."""
        uuid = f"GPU-{self._properties().uuid}"
        return nvml_sensor(uuid) or smi_sensor(uuid)

    def _properties(self) -> Any:
        import torch

        return torch.cuda.get_device_properties(self._index)

    @contextmanager
    def _current(self) -> Iterator[None]:
        import torch

        with torch.cuda.device(self._index), torch.random.fork_rng(devices=[self._index]):
            yield
