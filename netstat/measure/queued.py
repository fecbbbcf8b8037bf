"""A forward pass by the device's own clock.

All of its work is queued behind a pause, so that the device runs it without a gap, however slow the host is. That holds
only if the host was done before the pause ended, and this is checked at every reading: the mark behind the pause must
not have been reached by then. Where it has, the pause is made longer and the reading taken again.
"""

from netstat.measure.clock import Block, Stopwatch
from netstat.measure.sampling import Forward

HOLD = 2.0  # the pause is so many times what queueing took
LENGTHEN = 2.0
# A host that waits for the device in the middle of a forward pass, or has more to queue than the queue holds, is never
# done before the pause ends; so the pause is not made longer for ever.
LENGTHENINGS = 4


class HeldQueue:
    """A stopwatch that reads what the device needs for a call, not how long the host waits.

    Attributes:
        clock: the host's, by which samplers tell when to stop.
        held: readings that passed the check.
        broken: readings that did not, and were kept because no longer pause helped.
    """

    def __init__(self, stopwatch: Stopwatch) -> None:
        self.clock = stopwatch.clock
        self.held = self.broken = 0
        self._device, self._prepare = stopwatch.device, stopwatch.prepare
        self._pause, self._lengthenings = 0.0, 0

    @property
    def passed(self) -> bool:
        """Whether every reading so far passed the check."""
        return not self.broken

    def rehearse(self, forward: Forward) -> None:
        """One call that is not read, to see how long the host takes to queue it."""
        self._device.synchronize()
        start = self.clock.now()
        forward()
        self._pause = HOLD * (self.clock.now() - start)
        self._device.synchronize()

    def time(self, forward: Forward, calls: int = 1) -> Block:
        """The device's seconds for `calls` calls of `forward`, as wall time of a block without CPU time."""
        seconds, held = self._once(forward, calls)
        while not held and self._lengthenings < LENGTHENINGS:
            self._pause *= LENGTHEN
            self._lengthenings += 1
            seconds, held = self._once(forward, calls)
        self.held += held
        self.broken += not held
        return Block(seconds, 0.0, calls)

    def _once(self, forward: Forward, calls: int) -> tuple[float, bool]:
        device = self._device
        self._prepare()
        device.synchronize()
        device.hold(self._pause)
        start = device.mark(self.clock)
        for _ in range(calls):
            forward()
        stop = device.mark(self.clock)
        held = not device.reached(start)
        device.synchronize()
        return device.seconds(start, stop), held
