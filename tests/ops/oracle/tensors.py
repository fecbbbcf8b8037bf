"""A tensor of counted numbers that notes when it is touched."""

import random
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

from netstat.graph import TensorSpec
from oracle.counted import Counted, Tally, plain

Index = tuple[int, ...]
ITEM_BYTES = {
    "complex128": 16, "complex64": 8, "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1, "bool": 1,
}  # fmt: skip


def positions(shape: Index) -> Iterator[Index]:
    """Every index of a shape, the last dimension fastest."""
    return product(*map(range, shape))


class Tensor:
    """Values by index. Reading one marks the tensor as read, setting one as written; touched once, it moves whole."""

    def __init__(self, shape: Index, dtype: str, tally: Tally, values: dict[Index, Any] | None = None) -> None:
        self.shape, self.dtype, self.tally = tuple(shape), dtype, tally
        self._values = {} if values is None else values
        self._touched = self

    @classmethod
    def filled(cls, spec: TensorSpec, tally: Tally, name: str, between: tuple[float, float] | None = None) -> "Tensor":
        """Numbers without a pattern, the same for the same name and shape, between these two.

        By default −2 and 2, 0.5 and 2 for a variance, 0 and 1 for integers and truth values.
        """
        drawn = random.Random(f"{name} {spec.shape}")
        low, high = between or ((0.5, 2.0) if name.endswith("var") else (-2.0, 2.0))
        draw = (
            partial(drawn.uniform, low, high) if "float" in spec.dtype else partial(drawn.randint, *between or (0, 1))
        )
        if "complex" in spec.dtype:
            draw = lambda: complex(drawn.uniform(low, high), drawn.uniform(low, high))  # noqa: E731
        return cls(spec.shape, spec.dtype, tally, {at: Counted(draw(), tally) for at in positions(spec.shape)})

    @property
    def nbytes(self) -> int:
        return sum(ITEM_BYTES[self.dtype] for _ in positions(self.shape))

    @property
    def spec(self) -> TensorSpec:
        return TensorSpec(self.shape, self.dtype)

    def __getitem__(self, at: Index) -> Counted:
        self.tally.read.add(self._touched)
        return self._values[at]

    def __setitem__(self, at: Index, value: Counted | int) -> None:
        self.tally.written.add(self._touched)
        self._values[at] = value

    def look(self, at: Index) -> Counted | None:
        """The value, or None outside the tensor; where nothing was found it was looked into all the same."""
        self.tally.read.add(self._touched)
        return self._values.get(at)

    def like(self, shape: Index | None = None, dtype: str | None = None) -> "Tensor":
        """A new tensor without values yet."""
        return Tensor(self.shape if shape is None else shape, dtype or self.dtype, self.tally)

    def renamed(self, shape: Index, places: dict[Index, Index]) -> "Tensor":
        """A view: the same values under other indices; nothing is read and nothing written."""
        return Tensor(shape, self.dtype, self.tally, {at: self._values[places[at]] for at in positions(shape)})

    def renewed(self, values: dict[Index, Counted]) -> "Tensor":
        """The same tensor with other values: touching it is touching this one."""
        other = self.like()
        other._values, other._touched = values, self._touched
        return other

    def plain(self) -> list[float]:
        """The values in order, off the books."""
        return [plain(self._values[at]) for at in positions(self.shape)]
