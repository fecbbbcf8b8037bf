"""What a device's own allocator says of one call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """Peaks of a device's memory while one call ran, from what was asked for to what is taken. Bytes.

    Each is at least as much as the one before: rounding and alignment separate the first two, free blocks that the
    allocator keeps the next, and the driver's own context and other programs the last.

    Attributes:
        before: asked for and not yet given back when the call began: parameters, inputs, what else there was.
        requested: peak of what was asked for; the figure that a prediction can be compared with to the byte.
        allocated: peak of the blocks that were handed out for it.
        reserved: peak of what the allocator held of the driver.
        taken: of the whole device, by anyone, when the call was over.
    """

    before: int
    requested: int
    allocated: int
    reserved: int
    taken: int

    @property
    def rounding(self) -> int:
        """Bytes that rounding up to blocks costs; of two peaks, so they need not fall together."""
        return self.allocated - self.requested

    @property
    def kept(self) -> int:
        """Bytes the allocator held and had not handed out at its peak."""
        return self.reserved - self.allocated

    @property
    def outside(self) -> int:
        """Bytes outside the allocator: the driver's context, libraries, other programs."""
        return self.taken - self.reserved
