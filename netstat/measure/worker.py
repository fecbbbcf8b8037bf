"""Who times: a process with the model in it, told what to do and when. Here the calling process itself."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

from netstat.measure import devices, precision
from netstat.measure.clock import Clock, Stopwatch, SystemClock, nothing
from netstat.measure.cold import flusher
from netstat.measure.configuration import Configuration
from netstat.measure.devices import Device
from netstat.measure.fitting import bytes_needed, check_fits
from netstat.measure.isolation import isolated
from netstat.measure.layers import Hooked, Parts
from netstat.measure.settings import Settings
from netstat.measure.source import Model, Source
from netstat.measure.station import Station, Turn, Warm
from netstat.measure.subject import check_values, formatted, prepared
from netstat.records.device_times import DeviceTimes

if TYPE_CHECKING:
    from torch.nn import Module


class Worker(Protocol):
    """Times configurations of one model, one at a time, and does nothing unasked.

    Every method may raise ModelError: for what the model's forward raises, or that it would not fit.
    """

    def open(self) -> None:
        """Get the model, in the background where that is another process's."""
        ...

    def ready(self) -> None:
        """Wait until it is there."""
        ...

    def environment(self, names: Sequence[str]) -> dict[str, Any]:
        """What there is to say of the process and of these devices."""
        ...

    def free(self, device: str) -> int | None:
        """Bytes that are free on a device; None where nobody says."""
        ...

    def warm(self, configuration: Configuration) -> Warm:
        """Set it up and call it until its time has settled."""
        ...

    def turn(self, configuration: Configuration, seconds: float, samples: int) -> Turn:
        """Time it for so long, or so many samples; one at least."""
        ...

    def hooked(self, configuration: Configuration) -> Hooked:
        """What its layers took."""
        ...

    def parts(self, configuration: Configuration, everybody: Sequence[Hooked]) -> Parts:
        """The times of its layers and containers, over what the hooks of every process have read."""
        ...

    def device_times(self, configuration: Configuration) -> DeviceTimes | None:
        """Device time and graph replay, after all turns; None where there are none."""
        ...

    def close(self) -> None:
        """Let everything go."""
        ...


class Here:
    """A worker in this process, which is left as it was.

    Args:
        source: where the model comes from.
        settings: how warm, and how long a block is.
        sole: whether there is one configuration of the module only, so that what is owned need not be copied.
        clock: what time is read from; None is the machine's.
        device: stands for the configurations' own, None finds them by name.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        sole: bool = True,
        clock: Clock | None = None,
        device: Device | None = None,
    ) -> None:
        self._source, self._settings, self._sole = source, settings, sole
        self._clock, self._device = clock or SystemClock(), device
        self._model: Model | None = None
        self._modules: dict[tuple[str, str, str], Module] = {}
        self._stations: dict[Configuration, Station] = {}
        self._set: Configuration | None = None
        self._settled = ExitStack()
        self._threads = 0

    def open(self) -> None:
        """Get the model."""
        self._model = self._source.open()
        check_values(self._model.module)

    def ready(self) -> None:
        """It is there."""

    def environment(self, names: Sequence[str]) -> dict[str, Any]:
        """As the environment's own module has it."""
        from netstat.measure.environment import environment

        return environment(names)

    def free(self, device: str) -> int | None:
        """As the device says."""
        return (self._device or devices.find(device)).free_memory()

    def warm(self, configuration: Configuration) -> Warm:
        """A station for it."""
        self._settle(configuration)
        if configuration not in self._stations:
            device = self._device_of(configuration)
            check_fits(self._needed(configuration), device)
            prepare = flusher(device) if self._settings.cold else nothing
            stopwatch, graph = Stopwatch(self._clock, device, prepare), self._there.graph
            module = self._module(configuration)
            self._stations[configuration] = Station(module, graph, configuration, stopwatch, self._settings)
        return self._stations[configuration].warm(self._threads)

    def turn(self, configuration: Configuration, seconds: float, samples: int) -> Turn:
        """A turn of its station."""
        self._settle(configuration)
        return self._stations[configuration].turn(seconds, samples)

    def hooked(self, configuration: Configuration) -> Hooked:
        """Those of its station."""
        return self._stations[configuration].hooked()

    def parts(self, configuration: Configuration, everybody: Sequence[Hooked]) -> Parts:
        """Those of its station."""
        return self._stations[configuration].parts(everybody)

    def device_times(self, configuration: Configuration) -> DeviceTimes | None:
        """Those of its station."""
        self._settle(configuration)
        return self._stations[configuration].device_times()

    def leave(self) -> None:
        """Leave the process as it was, until the next call: for others that use it meanwhile."""
        self._settled.close()
        self._set = None

    def close(self) -> None:
        """Leave the process as it was."""
        self.leave()
        self._stations.clear()
        self._modules.clear()

    @property
    def _there(self) -> Model:
        assert self._model is not None, "open() comes first"
        return self._model

    def _device_of(self, configuration: Configuration) -> Device:
        return self._device or devices.find(configuration.device)

    def _needed(self, configuration: Configuration) -> int:
        model, device = self._there, self._device_of(configuration)
        moved = not (model.owned and self._sole) or not device.on_host
        kind = precision.find(configuration.dtype)
        moved = moved and configuration.module not in self._modules
        return bytes_needed(model.module, configuration.inputs, kind, model.graph, moved=moved)

    def _settle(self, configuration: Configuration) -> None:
        """Set the process's switches for it, unless they are."""
        if self._set == configuration:
            return
        self.leave()
        device, kind = self._device_of(configuration), precision.find(configuration.dtype)
        self._threads = self._settled.enter_context(isolated(device, kind, configuration.threads))
        self._set = configuration

    def _module(self, configuration: Configuration) -> "Module":
        """The model as the configuration has it; those that differ in batch or threads share one."""
        key = configuration.module
        if key not in self._modules:
            owned = self._there.owned and self._sole
            kind = precision.find(configuration.dtype)
            made = prepared(self._there.module, self._device_of(configuration), kind, owned=owned)
            self._modules[key] = formatted(made, configuration.memory_format)
        return self._modules[key]
