"""Times that nobody measured: what a model is expected to take on devices that are not at hand."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A device as its maker describes it, as far as a forecast uses that.

    Attributes:
        name: as users write it.
        title: the maker's name for it.
        kind: "gpu" or "cpu".
        peak_flops_per_second: of the arithmetic in the dtype of the forecast, a multiply-accumulate being two.
        bytes_per_second: bandwidth of the main memory.
        memory_bytes: its size, None where it is what one plugs in.
        sources: where these figures stand.
    """

    name: str
    title: str
    kind: str
    peak_flops_per_second: float
    bytes_per_second: float
    memory_bytes: int | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerForecast:
    """The expected time of one operator call.

    Attributes:
        path, op, call: the call, as in a profile.
        family: the kind of work that the efficiency was fitted for.
        flops: two for each multiply-accumulate; of other work the elementary operations.
        bytes_moved: the least that has to be read and written.
        efficiency: the share of the peak, or of the bandwidth, that such work is expected to reach.
        roof: what bounds it: "compute", "memory", or "operator" where starting it takes longest.
        seconds: the forward pass.
        backward_seconds: the backward pass, 0 where none is forecast.
    """

    path: str
    op: str
    call: int
    family: str
    flops: int
    bytes_moved: int
    efficiency: float
    roof: str
    seconds: float
    backward_seconds: float = 0.0


# Everything a forecast may have to add, worded for the reader.
REMARKS = {
    "unseen": "not among the devices fitted to: the interval is that of the worst of these when it was left out",
    "launches": "the host, of 2021 where it was fitted, is slower than the device: the interval begins without it",
    "incomplete": "operators without a formula count for nothing but their start: the time is a lower bound",
    "does_not_fit": "it needs more memory than the device has: it does not run there in one piece",
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one device is expected to take. Nothing here was measured on it.

    Attributes:
        device: the device on paper.
        batch: leading dimension of the input.
        dtype: fp32 (without TF32), tf32, bf16 or fp16.
        training: whether it is of a training step (forward, backward, SGD with momentum).
        seconds: the point.
        interval_seconds: forecasts for devices that were left out of the fit one by one had `level` of the times within
            such intervals, every device counting alike.
        level: that share.
        forward_seconds, backward_seconds, update_seconds: the parts of `seconds`.
        needed_bytes: at the least; of a training step without what operators other than products keep for the way back.
        remarks: keys of `REMARKS`.
        layers: the operator calls. Where the remark "launches" is made, they add up to less than the whole.
    """

    device: OnPaper
    batch: int
    dtype: str
    training: bool
    seconds: float
    interval_seconds: tuple[float, float]
    level: float
    forward_seconds: float
    backward_seconds: float
    update_seconds: float
    needed_bytes: int
    remarks: tuple[str, ...]
    layers: tuple[LayerForecast, ...]

    @property
    def examples_per_second(self) -> float:
        """The throughput at the point."""
        return self.batch / self.seconds if self.seconds else 0.0

    @property
    def fits(self) -> bool | None:
        """Whether the memory suffices, None where nobody knows how much there is."""
        return None if self.device.memory_bytes is None else self.needed_bytes <= self.device.memory_bytes


@dataclass(frozen=True)
class Forecasts(Record):
    """Forecasts of one model for one or several devices. Behaves as a sequence of `Forecast`."""

    kind: ClassVar[str] = "forecast"

    model: str
    forecasts: tuple[Forecast, ...]

    def __getitem__(self, index: int) -> Forecast:
        return self.forecasts[index]

    def __len__(self) -> int:
        return len(self.forecasts)
