"""Measured training steps. Seconds throughout; what is computed stands in fields of its own."""

from dataclasses import dataclass

from netstat.records.ceilings import Ceiling
from netstat.records.freezing import Freezing


@dataclass(frozen=True, slots=True)
class Phase:
    """Time of one phase of a training step: "forward", "loss", "backward" or "optimizer".

    On a device with a queue it is the device's own time. Samples stand in the order they were taken.
    """

    name: str
    median_seconds: float
    ci95_seconds: tuple[float, float]
    samples: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LayerBackward:
    """The way back through the calls of one module, without those of modules in it.

    `backward_macs` are counted. `median_seconds` is measured: its part of the median hooked backward pass. One under
    `below` cannot be told from the hooks' own time.
    """

    path: str
    op: str
    backward_macs: int
    median_seconds: float
    below: float = 0.0

    @property
    def flops_per_second(self) -> float | None:
        """Two operations per multiply-accumulate over the time, None where there is nothing to divide."""
        rated = self.backward_macs and self.median_seconds > self.below
        return 2 * self.backward_macs / self.median_seconds if rated else None


@dataclass(frozen=True, slots=True)
class EpochForecast:
    """What `epochs` passes over `images` examples would take: `steps` times the median step, nothing else.

    The last batch of an epoch counts as a whole one. Loading data and evaluating are not part of it.
    """

    epochs: int
    images: int
    steps: int
    seconds: float
    ci95_seconds: tuple[float, float]


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """Time of one training step of a model on one device.

    Attributes:
        device, device_name, batch, threads: as in `Benchmark`.
        dtype: what forward and loss compute in; parameters and optimiser state are in `weights_dtype`.
        autocast: whether the one is reached from the other by autocast (mixed precision).
        optimizer, learning_rate: what took the step.
        loss: what was differentiated: "cross-entropy", "mse", "sum"; "model" where the model gave its own.
        median_seconds: the whole step; Σ phases + `unattributed_seconds` equals it.
        examples_per_second: batch over median.
        inference_seconds: the forward pass alone, in evaluation mode without autograd, in the same run and precision.
        trainable_params, frozen_params: the parameters that the optimiser updates, and the others.
        macs, backward_macs: multiply-accumulates of the forward and the backward pass, counted; None where nobody
            counted.
        complete: whether every operator had a formula; if not, both are lower bounds.
        layers: backward time per module, in the order they ended; `layers_unattributed_seconds` is what is missing to
            the backward phase, and `hooked_seconds` the backward pass with the hooks that told them.
        freezing: what goes away because parameters are frozen, computed; None where none are.
        ceiling: of the device, in this dtype and with these threads; None where nobody asked for it.
    """

    device: str
    device_name: str
    batch: int
    dtype: str
    weights_dtype: str
    autocast: bool
    threads: int
    optimizer: str
    learning_rate: float
    loss: str
    phases: tuple[Phase, ...]
    unattributed_seconds: float
    median_seconds: float
    ci95_seconds: tuple[float, float]
    min_seconds: float
    mean_seconds: float
    mad_seconds: float
    iqr_seconds: float
    samples: tuple[float, ...]
    warmup_calls: int
    reliable: bool
    warnings: tuple[str, ...]
    examples_per_second: float
    inference_seconds: float
    inference_ci95_seconds: tuple[float, float]
    trainable_params: int
    frozen_params: int
    macs: int | None = None
    backward_macs: int | None = None
    complete: bool = True
    layers: tuple[LayerBackward, ...] = ()
    layers_unattributed_seconds: float = 0.0
    hooked_seconds: float = 0.0
    forecast: EpochForecast | None = None
    ceiling: Ceiling | None = None
    freezing: Freezing | None = None

    @property
    def times_inference(self) -> float | None:
        """How many forward passes of inference a step is; None where these took no time."""
        return self.median_seconds / self.inference_seconds if self.inference_seconds else None

    @property
    def flops(self) -> int | None:
        """Multiplications and additions of the contractions, forward and backward: two per multiply-accumulate."""
        return None if self.macs is None or self.backward_macs is None else 2 * (self.macs + self.backward_macs)

    @property
    def flops_per_second(self) -> float | None:
        """The rate at which the step does them."""
        return self.flops / self.median_seconds if self.flops is not None and self.median_seconds else None

    def utilisation(self, peak: float | None = None) -> float | None:
        """Model FLOPs utilisation: the share of `peak` (FLOP/s) that the step reaches; of the ceiling, if none is said.

        Only the model's own arithmetic counts, not what is computed a second time to save memory. Source: Chowdhery et
        al. 2022, PaLM, appendix B.
        """
        most = peak or (self.ceiling.flops_per_second if self.ceiling else None)
        return self.flops_per_second / most if most and self.flops_per_second is not None else None
