"""What makes a measured figure doubtful. Each gate is one line; its words stand in `records.benchmark.WARNINGS`."""

from dataclasses import dataclass

from netstat.measure.summary import Summary, share
from netstat.records.device_times import DeviceTimes

# A process on a quiet machine gets all the CPU time it asks for. With several threads some wait for others by nature.
CPU_SHARE_ONE_THREAD = 0.90
CPU_SHARE_THREADS = 0.70
CANARY = 1.15  # the canary's typical reading over its best
SWITCHES = 50  # involuntary context switches per second and thread
NOISY = 0.10  # interquartile range as a share of the median
UNUSABLE = 0.25
DRIFT = 0.03  # last third against first, as a share of the median
HOOKS_SLOW = 1.05  # hooked forward pass over the bare one
OVERATTRIBUTED = 1.02  # sum of the layers over the whole
IMPOSSIBLE = 1.05  # the same, and a single part over the whole

# What spoils a figure: a machine that is loaded starves the process, whatever else it does. The others say what to look
# at; a shared machine that nobody loads fails the canary and the switches now and then, and its intervals hold.
UNRELIABLE = frozenset({"cpu_starved", "unusable", "impossible", "outside", "throttled"})


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the gates look at. They know nothing of what was timed: a forward pass, a training step.

    Attributes:
        summary: of the bare samples.
        converged: whether the median is known as well as was asked, or as well as it can be.
        cpu_share: CPU time over wall time × threads; None where the work is not done by this process's threads.
        threads: how many those are.
        load: runnable processes of the machine before the run, None where unknown.
        cores: of the machine.
        hooked: seconds of the hooked forward pass; None where there are no layers.
        layers: sum of the layers' seconds.
        canary: its typical reading over its best; None where it was not listened to.
        switches: involuntary context switches per second and thread; None where nobody counts.
        largest: seconds of the largest part, a layer or a container of layers.
        here: whether it was timed in the calling process, because the model cannot go to another.
        in_turn: whether the processes came one after the other for want of memory.
        device_times: of a device with a queue.
    """

    summary: Summary
    converged: bool
    cpu_share: float | None
    threads: int
    load: float | None
    cores: int
    hooked: float | None
    layers: float
    canary: float | None = None
    switches: float | None = None
    largest: float = 0.0
    here: bool = False
    in_turn: bool = False
    device_times: DeviceTimes | None = None


def warnings(seen: Conditions) -> tuple[str, ...]:
    """The gates that failed, as keys of `WARNINGS`."""
    spread, whole = share(seen.summary.iqr, seen.summary.median), seen.summary.median
    least = CPU_SHARE_ONE_THREAD if seen.threads == 1 else CPU_SHARE_THREADS
    low, high = seen.summary.ci95
    gates = {
        "cpu_starved": seen.cpu_share is not None and seen.cpu_share < least,
        "preempted": seen.switches is not None and seen.switches > SWITCHES,
        "canary": seen.canary is not None and seen.canary > CANARY,
        "noisy": NOISY <= spread < UNUSABLE,
        "unusable": spread >= UNUSABLE,
        "loaded": seen.load is not None and seen.load > seen.cores,
        "drift": abs(seen.summary.drift) > DRIFT,
        "not_converged": not seen.converged,
        "hooks_slow": seen.hooked is not None and seen.hooked > HOOKS_SLOW * whole,
        "overattributed": OVERATTRIBUTED * whole < seen.layers <= IMPOSSIBLE * whole,
        "impossible": max(seen.layers, seen.largest) > IMPOSSIBLE * whole,
        "outside": not low <= seen.summary.median <= high,
        "here": seen.here,
        "in_turn": seen.in_turn,
        **_gates_of_queue(seen.device_times),
    }
    return tuple(code for code, failed in gates.items() if failed)


def _gates_of_queue(times: DeviceTimes | None) -> dict[str, bool]:
    if times is None:
        return {}
    return {
        "queue_unchecked": not times.queue_held,
        "throttled_samples": times.throttled_samples > 0 and not times.throttled,
        "throttled": times.throttled,
    }


def reliable(codes: tuple[str, ...]) -> bool:
    """Whether a figure with these warnings may still be cited."""
    return not UNRELIABLE.intersection(codes)
