"""The input pipeline, measured: its stages, what workers make of it, and whether it hides behind the model.

Every time is that of one image, in seconds. Rates, shares and the verdict are computed from them and never stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from netstat.records import benchmark
from netstat.records.base import Record

# Every warning a time can have; codes and words in one place.
WARNINGS = benchmark.WARNINGS | {
    "oversubscribed": "more workers than processors this process may use: they take turns",
}

# Every verdict on a loop, in the reader's words.
VERDICTS = {
    "hidden": "with 95 % confidence the pipeline costs the model no more than 5 % of its rate",
    "undecided": "the 95 % intervals are too wide to tell, or a figure is unreliable: repeat on a quieter machine",
    "taking turns": "without a worker the same process makes the batch and runs the model, one after the other",
    "sharing cores": "model and workers compute on the same processors: what one gets, the other lacks",
    "waiting": "the pipeline alone is slower than the model alone, which waits for it",
    "handing over": "the pipeline alone is fast enough; what is lost goes into handing batches over",
}

MARGIN = 0.05  # what a pipeline that is called hidden may cost, as a share of the model's time

AUGMENTATION = ("random crop", "mirror", "colour noise")  # what the training set is enlarged by; the rest prepares it


@dataclass(frozen=True, slots=True)
class PipelineRecipe:
    """What is done to each image, and to how many of them.

    Attributes:
        image: width and height of the synthetic photographs, as image sizes are written.
        resize: the shorter side after scaling, and the side of the square cut out of the middle.
        crop: height and width of the random crop, which is what the model sees.
        decode: whether a photograph is a JPEG in memory at first, else it is its pixels.
        batch: images of a batch.
        group: images that a sample of the stages goes over, collated to a batch of as many.
        images: different photographs there are; they come round again.
        encoded_bytes: of an average one as JPEG; 0 where none is decoded.
    """

    image: tuple[int, int]
    resize: int
    crop: tuple[int, ...]
    decode: bool
    batch: int
    group: int
    images: int
    encoded_bytes: int

    @property
    def crops_in_print(self) -> int:
        """How many images one becomes by crops and mirroring, as Krizhevsky et al. (2012) count: 32·32·2 = 2048."""
        height, width = self.crop
        return (self.resize - height) * (self.resize - width) * 2

    @property
    def crops(self) -> int:
        """The same with both ends counted, as a crop at offset 0 and one at the last are two: 33·33·2 = 2178."""
        height, width = self.crop
        return (self.resize - height + 1) * (self.resize - width + 1) * 2


@dataclass(frozen=True, slots=True)
class PerImage:
    """Seconds an image takes.

    `warnings` are keys of `WARNINGS`; `reliable` is False where one of them spoils the figure.
    """

    median_seconds: float
    ci95_seconds: tuple[float, float]
    samples: tuple[float, ...]
    reliable: bool
    warnings: tuple[str, ...]

    @property
    def images_per_second(self) -> float:
        """The rate the median stands for."""
        return rate(self.median_seconds)

    @property
    def settled(self) -> bool:
        """Whether its interval can be argued from."""
        return self.reliable and len(self.samples) >= benchmark.FEWEST_FOR_INTERVAL


def rate(seconds: float) -> float:
    """Images a second at `seconds` an image; no time at all makes no rate."""
    return 1 / seconds if seconds else 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Seconds an image takes in one step of the pipeline, by one thread; a sample is the mean over a group."""

    name: str
    median_seconds: float
    ci95_seconds: tuple[float, float]
    samples: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Workers:
    """A data loader with so many worker processes; 0 is the calling process itself."""

    workers: int
    time: PerImage


@dataclass(frozen=True, slots=True)
class ModelAlone:
    """The model on a batch that is there already.

    Attributes:
        device, device_name, dtype, threads: as of a `Benchmark`.
        mode: "inference" or "training".
        shares_processors: whether it runs on the processors that the pipeline runs on.
        time: of an image: the batch's by its size.
    """

    device: str
    device_name: str
    dtype: str
    threads: int
    mode: str
    shares_processors: bool
    time: PerImage


@dataclass(frozen=True, slots=True)
class Loop:
    """The model fed by the loader: what really happens."""

    device: str
    mode: str
    workers: int
    time: PerImage


class Verdict(NamedTuple):
    """A loop beside the model alone and the loader alone with as many workers."""

    loop: Loop
    model: ModelAlone
    loader: PerImage

    @property
    def kept(self) -> float:
        """The loop's rate as a share of the model's."""
        return self.model.time.median_seconds / self.loop.time.median_seconds if self.loop.time.median_seconds else 0.0

    @property
    def added_seconds(self) -> float:
        """What an image takes longer than the model alone."""
        return self.loop.time.median_seconds - self.model.time.median_seconds

    @property
    def hidden(self) -> float:
        """Share of the pipeline's time that the loop does not show. Nothing is clamped."""
        return 1 - self.added_seconds / self.loader.median_seconds if self.loader.median_seconds else 0.0

    @property
    def overlapped_seconds(self) -> float:
        """What an image would take if one of the two hid behind the other."""
        return max(self.model.time.median_seconds, self.loader.median_seconds)

    @property
    def serial_seconds(self) -> float:
        """What it would take if they took turns."""
        return self.model.time.median_seconds + self.loader.median_seconds

    @property
    def code(self) -> str:
        """A key of `VERDICTS`: what the 95 % intervals of loop and model show, and where they show nothing, that."""
        loop, model = self.loop.time, self.model.time
        if not (loop.settled and model.settled):
            return "undecided"
        if loop.ci95_seconds[1] <= model.ci95_seconds[0] * (1 + MARGIN):
            return "hidden"
        return self._cause if loop.ci95_seconds[0] > model.ci95_seconds[1] else "undecided"

    @property
    def _cause(self) -> str:
        if self.loop.workers == 0:
            return "taking turns"
        if self.model.shares_processors:
            return "sharing cores"
        return "waiting" if self.loader.median_seconds > self.model.time.median_seconds else "handing over"


@dataclass(frozen=True)
class Pipeline(Record):
    """The input pipeline, and where there is a model the two together.

    Attributes:
        model: "" where only the pipeline was measured.
        recipe: what is done.
        stages: in their order, each timed apart; the last makes a batch of the images.
        whole: all stages in one go, in one thread of one process.
        loaders: a data loader by its number of workers.
        models: the model alone, by device and mode.
        loops: the model fed by the loader.
        environment: of the run.
    """

    kind: ClassVar[str] = "pipeline"

    model: str
    recipe: PipelineRecipe
    stages: tuple[Stage, ...]
    whole: PerImage
    loaders: tuple[Workers, ...]
    models: tuple[ModelAlone, ...]
    loops: tuple[Loop, ...]
    environment: dict[str, Any]

    @property
    def unattributed_seconds(self) -> float:
        """What the whole takes beyond the sum of its stages; negative where the clocks between them cost time."""
        return self.whole.median_seconds - sum(stage.median_seconds for stage in self.stages)

    @property
    def augmentation_seconds(self) -> float:
        """The part of the stages that enlarges the training set."""
        return sum(stage.median_seconds for stage in self.stages if stage.name in AUGMENTATION)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Each loop beside what it is made of."""
        return tuple(self._verdicts())

    def _verdicts(self) -> Iterator[Verdict]:
        models = {(model.device, model.mode): model for model in self.models}
        loaders = {loader.workers: loader.time for loader in self.loaders}
        for loop in self.loops:
            if (loop.device, loop.mode) in models and loop.workers in loaders:
                yield Verdict(loop, models[loop.device, loop.mode], loaders[loop.workers])

    @property
    def times(self) -> tuple[PerImage, ...]:
        """Every time that verdicts rest on."""
        loaders, models, loops = ((part.time for part in parts) for parts in (self.loaders, self.models, self.loops))
        return (self.whole, *loaders, *models, *loops)

    @property
    def reliable(self) -> bool:
        """Whether every time may be cited."""
        return all(time.reliable for time in self.times)
