"""The stages of an input pipeline on the clock: each apart, and all in one go."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any, NamedTuple

from netstat.measure.clock import Block, Stopwatch
from netstat.measure.sampling import Progress, calls_per_block, sample, silent, warm_up
from netstat.measure.settings import Settings

COLLATE = "collate"


class StageTimes(NamedTuple):
    """Seconds: the blocks of whole batches, and per stage the samples, each the mean of a batch's images."""

    whole: Sequence[Block]
    stages: Mapping[str, Sequence[float]]


def time_stages(
    sources: Sequence[Any],
    steps: Mapping[str, Callable[[Any], Any]],
    collate: Callable[[list[Any]], object],
    batch: int,
    stopwatch: Stopwatch,
    settings: Settings,
    *,
    progress: Progress = silent,
) -> StageTimes:
    """Make batch after batch: in one go, and then the same batch with a clock read around every stage.

    Args:
        sources: the photographs; they come round again.
        steps: the stages of one image, in their order.
        collate: makes a batch of the images.
        batch: how many.
        stopwatch, settings, progress: as for a benchmark.
    """
    bare, clocked = _Maker(sources, steps, collate, batch), _Maker(sources, steps, collate, batch)
    samples: dict[str, list[float]] = {name: [] for name in (*steps, COLLATE)}

    def between(calls: int) -> None:
        for _ in range(calls):
            for name, seconds in clocked.on(stopwatch).items():
                samples[name].append(seconds / batch)

    label = "timing the stages"
    times = warm_up(bare, stopwatch, settings, label="warming up the stages", progress=progress)
    clocked.skip(len(times))  # so that both make the same batch in each round
    calls = calls_per_block(min(times), settings)
    blocks = sample(bare, stopwatch, settings, calls=calls, between=between, label=label, progress=progress)
    return StageTimes(blocks, samples)


class _Maker:
    """Makes batches of images that come round again."""

    def __init__(
        self,
        sources: Sequence[Any],
        steps: Mapping[str, Callable[[Any], Any]],
        collate: Callable[[list[Any]], object],
        batch: int,
    ) -> None:
        self._sources: Iterator[Any] = cycle(sources)
        self._steps, self._collate, self._batch = steps, collate, batch

    def __call__(self) -> object:
        """One batch."""
        images = []
        for image in islice(self._sources, self._batch):
            for step in self._steps.values():
                image = step(image)
            images.append(image)
        return self._collate(images)

    def skip(self, batches: int) -> None:
        """Leave out as many photographs as so many batches have."""
        for _ in islice(self._sources, batches * self._batch):
            pass

    def on(self, stopwatch: Stopwatch) -> dict[str, float]:
        """Seconds of one batch by stage."""
        now, seconds, images = stopwatch.clock.now, dict.fromkeys(self._steps, 0.0), []
        for image in islice(self._sources, self._batch):
            for name, step in self._steps.items():
                start = now()
                image = step(image)
                seconds[name] += now() - start
            images.append(image)
        start = now()
        self._collate(images)
        return {**seconds, COLLATE: now() - start}
