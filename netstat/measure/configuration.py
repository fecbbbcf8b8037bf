"""What one benchmark is of: everything that is chosen, and nothing that is found."""

from dataclasses import dataclass, replace

from netstat.errors import UsageError
from netstat.graph import TensorSpec
from netstat.measure import precision
from netstat.units import plural

FORMATS = ("contiguous", "channels_last")

Specs = tuple[tuple[str, TensorSpec], ...]


def at_batch(inputs: Specs, batch: int) -> Specs:
    """The same inputs with another leading dimension."""
    return tuple((name, TensorSpec((batch, *spec.shape[1:]), spec.dtype)) for name, spec in inputs)


def check(dtype: str, memory_format: str, mode: str) -> None:
    """Refuse what there is not.

    Raises:
        UsageError: says what there is.
    """
    from netstat.measure.modes import MODES

    precision.find(dtype)
    if memory_format not in FORMATS:
        raise UsageError(f"no memory format '{memory_format}'; there is {', '.join(FORMATS)}")
    if mode not in MODES:
        raise UsageError(f"no mode '{mode}'; there is {', '.join(MODES)}")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to run a model.

    Attributes:
        inputs: name and spec of each positional input, batch included.
        device: as users write it.
        dtype: a key of `precision.PRECISIONS`.
        threads: CPU threads of an operator; None leaves as many as torch has.
        memory_format: of four-dimensional inputs and parameters, one of `FORMATS`.
        mode: how it is run, a key of `modes.MODES`.
    """

    inputs: Specs
    device: str = "cpu"
    dtype: str = "float32"
    threads: int | None = None
    memory_format: str = "contiguous"
    mode: str = "eager"

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            UsageError: an unknown dtype, memory format or mode, or no thread.
        """
        check(self.dtype, self.memory_format, self.mode)
        if self.threads is not None and self.threads < 1:
            raise UsageError(f"a forward pass needs at least 1 thread, not {self.threads}")

    @property
    def batch(self) -> int:
        """Leading dimension of the first input; 1 where there is none."""
        return self.inputs[0][1].shape[0] if self.inputs and self.inputs[0][1].shape else 1

    @property
    def module(self) -> tuple[str, str, str]:
        """What the prepared module depends on."""
        return self.device, precision.find(self.dtype).name, self.memory_format

    def on_one_thread(self) -> "Configuration":
        """The same with one thread."""
        return replace(self, threads=1)

    @property
    def words(self) -> str:
        """What tells it from others of the same model: "batch 8, float32, 2 threads"."""
        threads = [] if self.threads is None else [plural(self.threads, "thread")]
        unusual = [word for word in (self.memory_format, self.mode) if word not in ("contiguous", "eager")]
        return ", ".join([f"batch {self.batch}", precision.find(self.dtype).name, *threads, *unusual])
