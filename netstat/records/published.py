"""Figures that papers, READMEs and notes print for a model, and which way of counting reproduces each."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record
from netstat.records.crosscheck import BillItem


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to count one thing, with the figure it gives.

    Attributes:
        variant: the built-in model.
        counted: "parameters", "weights", "neurons", "values", or the convention by whose rules work is counted.
        scope: "whole model", "convolutions", "fully connected", "input", "layer 3" (the third that has weights) or
            "pooling 1".
        batch: leading dimension of the input.
        amount: the count.
        whole: what the count is a share of; None where the figure is no share.
        match: how the count gives the printed digits: "exact", "rounded" (a half may go either way), "truncated" (the
            further digits cut off); "" where it does not.
    """

    variant: str
    counted: str
    scope: str
    batch: int
    amount: int
    whole: int | None = None
    match: str = ""


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure in print beside what it is by its stated reading.

    Attributes:
        model: the model as the source names it.
        figure: as printed, with its prefix: "62.3 M".
        noun: what the source calls it: "parameters", "MACs", "FLOPs".
        source: where it is printed.
        reading: the stated way to count it. It is stated beforehand, not looked for.
        stated: how the source is held to have made its digits: "rounded" or "truncated".
        also: every other candidate that gives the same digits; the fewer, the clearer the figure.
        nearest: the nearest candidate, where the stated reading does not give the digits.
        differences: what has to be added to the reading's count to get the digits, where that is known to the last one.
        why: why it does not give the digits, where no sum can be made of it.
        explained: whether it is reproduced, or the differences lead to its digits, or it is said why not.
        url: of the source, "" where it has none.
    """

    model: str
    figure: str
    noun: str
    source: str
    reading: Reading
    stated: str
    also: tuple[Reading, ...] = ()
    nearest: Reading | None = None
    differences: tuple[BillItem, ...] = ()
    why: str = ""
    explained: bool = True
    url: str = ""

    @property
    def reproduced(self) -> bool:
        """Whether the stated reading gives the printed digits in the stated way."""
        return self.nearest is None


@dataclass(frozen=True)
class Published(Record):
    """Every figure on record for a model and its variants. Behaves as a sequence of `PublishedFigure`."""

    kind: ClassVar[str] = "published"

    model: str
    published: tuple[PublishedFigure, ...]

    def __getitem__(self, index: int) -> PublishedFigure:
        return self.published[index]

    def __len__(self) -> int:
        return len(self.published)
