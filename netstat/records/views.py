"""What it costs to have an image scored, in views of it or whole."""

from dataclasses import dataclass
from typing import ClassVar

from netstat.records.base import Record


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One way of having an image scored.

    Attributes:
        name: what it is called.
        inputs: shape of each input that goes through the network, without the batch.
        passes: forward passes of one image each.
        score_map: height and width of the map of scores of a pass; (1, 1) is one set of scores.
        macs, flops: of all passes.
        cropped_macs: of a pass for each position of the map, on a crop of its own; None where there is no such map.
    """

    name: str
    inputs: tuple[tuple[int, ...], ...]
    passes: int
    score_map: tuple[int, ...]
    macs: int
    flops: int
    cropped_macs: int | None = None


@dataclass(frozen=True)
class Views(Record):
    """An image in crops, flipped and turned, and whole.

    Attributes:
        model: its name.
        input: (channels, height, width) it is made for: a crop.
        complete: whether every operator has a formula; if not, all counts are lower bounds.
        resized: height and width of the image that crops are cut from.
        crops: in views of the size it is made for; the first is one crop.
        dense: in fully convolutional form on whole images; the first is of the size it is made for. None where there is
            no such form.
        not_dense: why there is none, "" where there is.
        field: height and width of what a score of the map sees; None where that is not known.
        slides: whether a position of the map is what the model says of the crop there: nothing is padded, and no
            pooling is over the whole image.
    """

    kind: ClassVar[str] = "views"

    model: str
    input: tuple[int, ...]
    complete: bool
    resized: tuple[int, ...]
    crops: tuple[Evaluation, ...]
    dense: tuple[Evaluation, ...] | None = None
    not_dense: str = ""
    field: tuple[int, ...] | None = None
    slides: bool = False

    @property
    def positions(self) -> tuple[int, ...]:
        """In how many places a crop can be cut from the image, down and across: both ends count."""
        return tuple(whole - part + 1 for whole, part in zip(self.resized, self.input[1:], strict=False))

    def times(self, evaluation: Evaluation, name: str) -> float | None:
        """How many times the MACs of the views of a name; None where there are none of it."""
        macs = next((each.macs for each in self.crops if each.name == name), 0)
        return evaluation.macs / macs if macs else None
