"""What it costs to score an image in views of it, and whole by a network in fully convolutional form."""

from collections.abc import Iterator, Sequence
from math import prod

from netstat.graph import Graph
from netstat.ops import OPERATORS
from netstat.ops.pooling import AdaptivePool
from netstat.records.profile import Profile
from netstat.records.views import Evaluation

Shape = tuple[int, ...]
SCALES = (8, 12, 16)  # sevenths of the side a network is made for: 256, 384 and 512 of 224, as in the VGG paper


def scales(sides: Shape) -> list[Shape]:
    """Sizes of images to be scored whole: `SCALES`, in round numbers.

    Round is a multiple of the largest power of two in a seventh of the shorter side: 32 for 224, 4 for 28.
    """
    step = 1 << max(min(sides) // 7, 1).bit_length() - 1
    return [tuple(max(scale * side // 7 // step * step, side) for side in sides) for scale in SCALES]


def crops(one: Profile, turned: Profile | None, resized: Shape) -> Iterator[Evaluation]:
    """Views of the size a network is made for.

    Args:
        one: the network on one crop.
        turned: the same with height and width exchanged, None where it cannot take that.
        resized: height and width of the image that crops are cut from.
    """
    sides = one.inputs[0].shape[2:]
    places = prod(whole - part + 1 for whole, part in zip(resized, sides, strict=True))
    yield _views("one crop", [(one, 1)])
    yield _views("mirrored", [(one, 2)])
    yield _views("flipped along both axes", [(one, 4)])
    if turned:
        yield _views("turned by 0°, 90°, 180°, 270°", [(one, 2), (turned, 2)])
        yield _views("all flips and turns", [(one, 4), (turned, 4)])
    yield _views("ten crops", [(one, 10)])  # corners and centre, mirrored: Krizhevsky et al. 2012
    yield _views("fifty crops", [(one, 50)])  # a 5×5 grid, mirrored, at each scale: Simonyan and Zisserman 2014
    yield _views("every crop, mirrored", [(one, 2 * places)])


def dense(one: Profile, whole: Sequence[Profile]) -> Iterator[Evaluation]:
    """Whole images, by the fully convolutional form.

    Args:
        one: the network on one crop.
        whole: its fully convolutional form on each image, the size of a crop first.
    """
    for each in whole:
        made = _views("", [(each, 1)])
        yield _named(made, "dense", prod(made.score_map) * one.totals.macs)
    if len(whole) > 1:
        yield _views("all but the first, mirrored", [(each, 2) for each in whole[1:]])


def _named(made: Evaluation, name: str, cropped: int) -> Evaluation:
    sizes = "×".join(map(str, made.inputs[0][1:]))
    return Evaluation(f"{name} {sizes}", made.inputs, made.passes, made.score_map, made.macs, made.flops, cropped)


def _views(name: str, parts: Sequence[tuple[Profile, int]]) -> Evaluation:
    """So many passes of each profile, which is of one image; one pass costs what any other does."""
    maps = {profile.layers[-1].output_shape[2:] for profile, _ in parts if profile.layers}
    return Evaluation(
        name=name,
        inputs=tuple(dict.fromkeys(profile.inputs[0].shape[1:] for profile, _ in parts)),
        passes=sum(times for _, times in parts),
        score_map=(maps.pop() or (1, 1)) if len(maps) == 1 else (),
        macs=sum(times * profile.totals.macs for profile, times in parts),
        flops=sum(times * profile.totals.flops for profile, times in parts),
    )


def slides(graph: Graph) -> bool:
    """Whether a position of the output is a function of a window of the input, the same one for every position.

    Padding shows a window at the border zeros where others see the image, windows that may hang over the border are cut
    off there, and adaptive pooling has windows that grow with the image.
    """
    for node in graph.nodes:
        padding, ceil = node.attributes.get("padding", 0), node.attributes.get("ceil_mode", False)
        padded = padding != "valid" if isinstance(padding, str) else padding not in (0, (0, 0))
        adaptive = node.op in OPERATORS and issubclass(OPERATORS[node.op], AdaptivePool)
        if padded or ceil or adaptive or node.op == "pad":
            return False
    return True
