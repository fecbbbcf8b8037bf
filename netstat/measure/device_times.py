"""Of the three figures of a device with a queue, device time and graph replay; eager latency is the benchmark's own."""

from collections.abc import Callable
from functools import partial
from typing import Any

from netstat.measure.clock import Block, Stopwatch, Timer
from netstat.measure.queued import HeldQueue
from netstat.measure.replay import Recording, record
from netstat.measure.sampling import Forward, Progress, sample, silent
from netstat.measure.settings import Settings
from netstat.measure.summary import summarise
from netstat.measure.watch import Taken, Watch, unthrottled
from netstat.records.device_times import DeviceTimes


def device_times(
    forward: Forward,
    stopwatch: Stopwatch,
    settings: Settings,
    *,
    watch: Watch | None = None,
    eager: Taken[Block] | None = None,
    progress: Progress = silent,
) -> DeviceTimes | None:
    """Device time and graph replay of a warm `forward`; None on a device that works while the host waits.

    Args:
        forward: has run before, often enough to be warm.
        stopwatch: tells the host's time and knows the device.
        settings: when to stop, for each of the two figures.
        watch: the one that the eager samples were taken under, whose readings belong to the record; None begins one.
        eager: those samples, to be counted where they were throttled.
        progress: told how far it is.
    """
    device = stopwatch.device
    if device.on_host:
        return None
    watch = watch or Watch(device.sensor(), stopwatch.clock)
    take = partial(_samples, settings=settings, watch=watch, progress=progress)
    queue = HeldQueue(stopwatch)
    queue.rehearse(forward)
    inside = take(forward, queue, label=f"device time on {device.name}")
    recording = record(forward, device)
    replays = take(recording.replay, stopwatch, label=f"replay on {device.name}") if recording.replay else None
    watch.end()
    taken = [some for some in (eager, inside, replays) if some]
    return DeviceTimes(
        **_device(inside, queue),
        **_graph(replays, recording),
        sensor=watch.name,
        readings=tuple(watch.readings),
        throttled_samples=sum(some.dropped for some in taken),
        throttled=any(some.throttled for some in taken),
    )


def _samples(
    forward: Forward, timer: Timer, *, settings: Settings, watch: Watch, progress: Progress, label: str
) -> Taken[Block]:
    take: Callable[[], list[Block]] = partial(
        sample, forward, timer, settings, between=watch.after, label=label, progress=progress
    )
    return unthrottled(take, watch)


def _device(inside: Taken[Block], queue: HeldQueue) -> dict[str, Any]:
    samples = _seconds(inside)
    whole = summarise(samples)
    return {
        "device_seconds": whole.median,
        "device_ci95_seconds": whole.ci95,
        "device_samples": samples,
        "queue_held": queue.passed,
    }


def _graph(replays: Taken[Block] | None, recording: Recording) -> dict[str, Any]:
    if replays is None:
        return {"graph_refused": recording.refused}
    samples = _seconds(replays)
    whole = summarise(samples)
    return {"graph_seconds": whole.median, "graph_ci95_seconds": whole.ci95, "graph_samples": samples}


def _seconds(taken: Taken[Block]) -> tuple[float, ...]:
    return tuple(block.seconds for block in taken.samples)
