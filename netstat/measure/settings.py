"""How long a benchmark goes on, and when it is content."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Settings:
    """Budget of one benchmark. Times are in seconds.

    Both caps win over every minimum but these: one warm-up call, and `turns`. Samples, seconds and the cap on them are
    those of all processes together; warm-up is each one's own.

    Attributes:
        warmup_calls: forward passes before the first sample, at least.
        warmup_seconds: time they take, at least.
        warmup_agreement: they go on until the last five agree with the five before within this share.
        warmup_cap: or until this much time is gone.
        block_seconds: a sample is one call where a call takes this long, else 2^k calls that do together.
        samples: how many samples, at least.
        seconds: how long sampling lasts, at least.
        precision: it goes on until half the width of the median's 95 % interval is within this share of the median.
        cap_seconds: or until this much time is gone.
        processes: fresh processes that take turns.
        turn_seconds: how long a turn lasts, at least one sample.
        turns: how many each process has, however long one call takes: of what nobody saw twice nothing is known.
        cold: whether the caches are emptied before every sample.
    """

    warmup_calls: int = 3
    warmup_seconds: float = 0.3
    warmup_agreement: float = 0.05
    warmup_cap: float = 5.0
    block_seconds: float = 1e-3
    samples: int = 20
    seconds: float = 1.0
    precision: float = 0.01
    cap_seconds: float = 10.0
    processes: int = 3
    turn_seconds: float = 0.25
    turns: int = 2
    cold: bool = False

    def shared(self, processes: int) -> "Settings":
        """What is left for each of them where every process has a budget of its own."""
        return replace(
            self,
            samples=-(-self.samples // processes),
            seconds=self.seconds / processes,
            cap_seconds=self.cap_seconds / processes,
            processes=1,
        )

    def for_queue(self) -> "Settings":
        """The same on a device with a queue, whose clocks and libraries need longer to get going."""
        calls, seconds = max(self.warmup_calls, QUEUE_WARMUP_CALLS), max(self.warmup_seconds, QUEUE_WARMUP_SECONDS)
        return replace(self, warmup_calls=calls, warmup_seconds=seconds, warmup_cap=max(self.warmup_cap, 2 * seconds))


QUEUE_WARMUP_CALLS = 10
QUEUE_WARMUP_SECONDS = 0.5

DEFAULT = Settings()
# A first look: the same rules on a tenth of the time, in one process. It converges less often, and says so.
QUICK = Settings(
    warmup_calls=2, warmup_seconds=0.03, warmup_cap=0.5, samples=10, seconds=0.1, cap_seconds=0.7, processes=1, turns=1
)
# Beside everything else that a profile shows: the whole job is to be done in twenty seconds.
BRIEF = replace(DEFAULT, cap_seconds=4.0, turns=1)
# For a figure that will be cited: with five processes the interval of their medians is half as wide as with three.
RIGOROUS = Settings(samples=50, seconds=5.0, cap_seconds=30.0, processes=5)
