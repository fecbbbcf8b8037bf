"""What an operator costs: elementary operations counted apart, and bytes that have to move."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Cost:
    """Elementary operations and minimum memory traffic of one operator call, or of a sum of them.

    Every field is an exact count. `macs` are the multiply-accumulates of contractions (convolution, matrix product);
    their multiplications and additions are in `multiplies` and `adds` as well, so `macs` is no part of `flops`.

    Attributes:
        macs: multiply-accumulates of contractions.
        multiplies: multiplications.
        adds: additions and subtractions.
        divides: divisions.
        compares: comparisons (a maximum of two is one).
        specials: exponentials, roots, powers, hyperbolic functions: one each.
        bytes_read: bytes of the distinct inputs, parameters and buffers.
        bytes_written: bytes of the outputs that are new or overwritten.
    """

    macs: int = 0
    multiplies: int = 0
    adds: int = 0
    divides: int = 0
    compares: int = 0
    specials: int = 0
    bytes_read: int = 0
    bytes_written: int = 0

    @property
    def flops(self) -> int:
        """Elementary arithmetic operations, each counted as one."""
        return self.multiplies + self.adds + self.divides + self.compares + self.specials

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.macs + other.macs,
            self.multiplies + other.multiplies,
            self.adds + other.adds,
            self.divides + other.divides,
            self.compares + other.compares,
            self.specials + other.specials,
            self.bytes_read + other.bytes_read,
            self.bytes_written + other.bytes_written,
        )

    def __mul__(self, times: int) -> "Cost":
        return Cost(*(getattr(self, name) * times for name in FIELDS))

    __rmul__ = __mul__


FIELDS = tuple(field.name for field in fields(Cost))
ZERO = Cost()
