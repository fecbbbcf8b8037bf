"""Stacks of layers in a line of text, to be held against each other: `conv3x3-256 x3`, `dwconv3x3 + conv1x1-256`.

A stack is layers joined by `+` or `,`, each with its options:

    conv3x3-256     256 kernels of 3×3 (conv3-256 is the same); without a number as many channels out as in
    dwconv3x3       the same depthwise: as many groups as input channels
    pool3x3, avgpool3x3     the largest or the mean value of a window, moved by the window's own size
    relu, sigmoid, tanh     a non-linearity by itself
    /2 p0 d2 g32    stride, padding, dilation, groups; /2x1 and p1x0 for height and width
    bias            with biases, which a convolution has not unless it says so
    linear          without the ReLU that else follows each convolution
    x3              the layer and its ReLU three times

Convolutions are padded so that at stride 1 an odd window keeps the size; pools are not padded. The input has as many
channels as the first number of channels in the stack. So three 3×3 convolutions of C channels have 27C² weights and
one 7×7 has 49C², as Simonyan and Zisserman (2014, section 2.3) compare them, and no other parameters.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from netstat.errors import UsageError
from netstat.models.base import Model
from netstat.models.layers import avg_pool2d, conv2d, max_pool2d, relu, sigmoid, tanh
from netstat.models.spec import Layer, sequential
from netstat.registry import unknown

SIDE = 56  # pixels a side of the input, unless somebody says otherwise: the third stage of VGG
EXAMPLE = "write for example 'conv3x3-256 x3', 'conv1x7-256 + conv7x1-256' or 'dwconv3x3 + conv1x1-256'"

_CONVOLUTIONS = ("conv", "dwconv")
_POOLS = {"pool": max_pool2d, "maxpool": max_pool2d, "avgpool": avg_pool2d}
_FUNCTIONS = {"relu": relu, "sigmoid": sigmoid, "tanh": tanh}
_KINDS = (*_CONVOLUTIONS, *_POOLS, *_FUNCTIONS)
_COUNT = r"[0-9]{1,6}"
_SIZES = rf"{_COUNT}(?:x{_COUNT})?"
_WINDOW = re.compile(rf"({'|'.join((*_CONVOLUTIONS, *_POOLS))})({_SIZES})(?:-({_COUNT}))?")
_OPTION = re.compile(rf"\s*(?:(/|p|d|g)({_SIZES})(?![0-9])|(?<=\s)(x)({_COUNT})(?![0-9])|(?<=\s)(bias|linear)\b)")
_WORDS = {"/": "stride", "p": "padding", "d": "dilation", "g": "groups"}
_MOST_REPEATS = 1000
_OF_POOLS = {"stride", "padding", "repeats"}

Pair = tuple[int, int]


class _Step(NamedTuple):
    """One layer as it was written; None for what is not said."""

    text: str
    kind: str
    kernel: Pair = (1, 1)
    channels: int | None = None
    stride: Pair | None = None
    padding: Pair | None = None
    dilation: Pair = (1, 1)
    groups: int = 1
    repeats: int = 1
    bias: bool = False
    linear: bool = False


def stack(text: str, channels: int | None = None) -> Model:
    """The model that a stack's notation describes.

    Args:
        text: the notation.
        channels: of the input; None for the first number of channels in the stack.

    Raises:
        UsageError: the notation cannot be read, or a layer cannot be; says which, and how one is written.
    """
    written = " ".join(text.split())
    steps = [_step(part.strip(), written) for part in re.split(r"[+,]", written.lower().replace("×", "x"))]
    first = channels or next((step.channels for step in steps if step.channels), None)
    if first is None:
        raise UsageError(f"stack '{written}' names no number of channels; write for example conv3x3-256, or give -i")
    spec = sequential(*_layers(steps, first))
    return Model(written, lambda: spec, (first, SIDE, SIDE), "a stack of layers")


def _refused(written: str, reason: str) -> UsageError:
    return UsageError(f"stack '{written}': {reason}; {EXAMPLE}")


def _step(text: str, written: str) -> _Step:
    if not text:
        raise _refused(written, "a layer is missing before or behind + or ," if written else "it names no layers")
    if text in _FUNCTIONS:
        return _Step(text, text)
    found = _WINDOW.match(text)
    if not found:
        word = (re.match(r"[a-z]*", text) or [""])[0]
        known = word in _KINDS
        raise _refused(written, f"cannot read '{text}'" if known else unknown("layer", word, _KINDS))
    kind, kernel, channels = found.groups()
    step = _Step(text, kind, _pair(kernel), int(channels) if channels else None)
    step = _with_options(step, text[found.end() :], written)
    if wrong := next(_wrong(step), ""):
        raise _refused(written, wrong)
    return step


def _with_options(step: _Step, rest: str, written: str) -> _Step:
    while rest:
        found = _OPTION.match(rest)
        if not found:
            raise _refused(written, f"cannot read '{rest.strip()}' of '{step.text}'")
        name, value = _option(*found.groups())
        changed: dict[str, Any] = {name: value}
        if step.kind in _POOLS and name not in _OF_POOLS:
            raise _refused(written, f"'{step.text}' is a pool, which has no {name}")
        step, rest = step._replace(**changed), rest[found.end() :]
    return step


def _option(letter: str, sizes: str, times: str, count: str, word: str) -> tuple[str, Pair | int | bool]:
    if word:
        return word, True
    if times:
        return "repeats", int(count)
    return _WORDS[letter], int(sizes.partition("x")[0]) if letter == "g" else _pair(sizes)


def _pair(text: str) -> Pair:
    """`3` and `3x3` as (3, 3); height first."""
    height, _, width = text.partition("x")
    return int(height), int(width or height)


def _wrong(step: _Step) -> Iterator[str]:
    """What cannot be: a zero where there can be none, kernels of a pool."""
    numbers = {"kernel": min(step.kernel), "stride": min(step.stride or (1,)), "dilation": min(step.dilation)}
    numbers |= {"channels": 1 if step.channels is None else step.channels}
    numbers |= {"groups": step.groups, "repeats": step.repeats}
    for name, number in numbers.items():
        if number < 1:
            yield f"{name} of '{step.text}' must be 1 or more"
    if step.repeats > _MOST_REPEATS:
        yield f"'{step.text}' may be repeated {_MOST_REPEATS} times at most"
    if step.kind in _POOLS and step.channels:
        yield f"'{step.text}' is a pool, which keeps its channels"


def _layers(steps: Sequence[_Step], channels: int) -> Iterator[Layer]:
    for step in steps:
        for _ in range(step.repeats):
            yield from _made(step, channels)
            channels = step.channels or channels


def _made(step: _Step, channels: int) -> Iterator[Layer]:
    if step.kind in _FUNCTIONS:
        yield _FUNCTIONS[step.kind]()
    elif step.kind in _POOLS:
        yield _POOLS[step.kind](step.kernel, step.stride or step.kernel, step.padding or 0)
    else:
        yield _convolution(step, channels)
        yield from () if step.linear else (relu(),)


def _convolution(step: _Step, channels: int) -> Layer:
    outs = step.channels or channels
    groups = channels if step.kind == "dwconv" else step.groups
    if channels % groups or outs % groups:
        raise UsageError(f"'{step.text}': {channels} channels in and {outs} out cannot be split into {groups} groups")
    padding = step.padding or _kept(step)
    return conv2d(channels, outs, step.kernel, step.stride or 1, padding, groups, step.dilation, step.bias)


def _kept(step: _Step) -> Pair:
    """The padding that keeps the size at stride 1; of an even window, one less."""
    high, wide = ((kernel - 1) * dilation // 2 for kernel, dilation in zip(step.kernel, step.dilation, strict=True))
    return high, wide
