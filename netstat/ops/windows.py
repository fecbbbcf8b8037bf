"""Sliding windows: output sizes, padding rules, positions touched. Shared by convolution and pooling.

Letters: L input size, K kernel size, S stride, D dilation, P padding before and after, all along one dimension.
"""

from collections.abc import Iterable
from typing import NamedTuple

from netstat.errors import ShapeError
from netstat.ops.arithmetic import Size, ceil_div, certainly, least, most, ntuple
from netstat.ops.sight import Reach, window

Padding = Size | tuple[Size, ...] | str


class Window(NamedTuple):
    """One dimension of a sliding window."""

    kernel: Size
    stride: Size
    dilation: Size
    before: Size
    after: Size

    @property
    def extent(self) -> Size:
        """Positions from the first tap to the last: (K − 1)·D + 1."""
        return (self.kernel - 1) * self.dilation + 1


def windows(
    sizes: tuple[Size, ...], kernel: tuple[Size, ...], stride: Size, padding: Padding, dilation: Size
) -> tuple[Window, ...]:
    """One `Window` per spatial dimension.

    `padding` is a number, one number per dimension, "valid" (none), "same" (torch: stride 1, the odd position after),
    or TensorFlow's "SAME" (any stride, the odd position after) and "VALID".

    Raises:
        ShapeError: the padding has no such name, or "same" with a stride; a number is too small to be what it is.
    """
    n = len(sizes)
    strides, dilations = ntuple(stride, n), ntuple(dilation, n)
    for what, values in {"input size": sizes, "kernel size": kernel, "stride": strides, "dilation": dilations}.items():
        refuse_below(1, what, values)
    if isinstance(padding, str):
        pads = [
            _named_padding(padding, *dimension) for dimension in zip(sizes, kernel, strides, dilations, strict=True)
        ]
    else:
        pads = [(p, p) for p in ntuple(padding, n)]
        refuse_below(0, "padding", ntuple(padding, n))
    return tuple(
        Window(k, s, d, before, after)
        for k, s, d, (before, after) in zip(kernel, strides, dilations, pads, strict=True)
    )


def refuse_below(least: int, what: str, values: Iterable[Size]) -> None:
    """Raise ShapeError where one of the values is smaller than `least`."""
    for value in values:
        if certainly(value < least):
            raise ShapeError(f"{what} must be at least {least}, got {value}", too_small=what == "input size")


def _named_padding(name: str, size: Size, kernel: Size, stride: Size, dilation: Size) -> tuple[Size, Size]:
    """Padding before and after. Sources: torch.nn.Conv2d for "same", tf.nn.convolution for "SAME"."""
    if name in ("valid", "VALID"):
        return 0, 0
    if name == "same" and stride != 1:
        raise ShapeError("padding='same' needs stride 1; TensorFlow's rule for any stride is padding='SAME'")
    if name not in ("same", "SAME"):
        raise ShapeError(f"padding '{name}' is none of 'valid', 'same', 'VALID', 'SAME'")
    total = most((ceil_div(size, stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    if name == "same":
        total = (kernel - 1) * dilation
    return total // 2, total - total // 2


def output_size(size: Size, window: Window, ceil_mode: bool = False) -> Size:
    """⌊(L + P_before + P_after − (K−1)·D − 1) / S⌋ + 1.

    In ceil mode the division rounds up, but a window that would start in the padding after the input is dropped: of the
    ⌈(L + P_before) / S⌉ that start before it there are no more (torch.nn.MaxPool2d).

    Raises:
        ShapeError: the padded input holds no window.
    """
    room, out = _room(size, window), _fitting(size, window)
    if ceil_mode:
        out = least(ceil_div(room, window.stride) + 1, ceil_div(size + window.before, window.stride))
    if certainly(out < 1):
        needed = window.extent - window.before - window.after - (window.stride - 1 if ceil_mode else 0)
        details = f"window of {window.extent}, padding {window.before}+{window.after}"
        raise ShapeError(f"needs an input size of at least {needed}, got {size} ({details})", too_small=True)
    return out


def _room(size: Size, window: Window) -> Size:
    """By how many positions a window can move in the padded input."""
    return size + window.before + window.after - window.extent


def _fitting(size: Size, window: Window) -> Size:
    """How many windows the padded input holds."""
    return _room(size, window) // window.stride + 1


def reaches(found: Iterable[Window]) -> tuple[Reach, ...]:
    """What the output positions see, dimension by dimension: S·o − P + D·k for each k."""
    return tuple(window(-one.before, one.stride, one.kernel, one.dilation) for one in found)


def taps(size: Size, out: Size, window: Window) -> Size:
    """How many (window, tap) pairs lie inside the input, over all `out` windows: Σ_o #{k : 0 ≤ o·S − P + k·D < L}.

    Summed tap by tap: tap k lies inside for o from ⌈(P − k·D)/S⌉ to ⌈(L + P − k·D)/S⌉ − 1. Where there are fewer
    windows than taps, window by window: the same with o and k, S and D in each other's place.
    """
    if not isinstance(window.kernel, int):
        from netstat.ops.symbolic import Taps

        return out * window.kernel if _all_inside(size, out, window) else Taps(size, out, *window)
    if isinstance(out, int) and out < window.kernel:
        kernel, window = window.kernel, window._replace(kernel=out, stride=window.dilation, dilation=window.stride)
        return _tap_by_tap(size, kernel, window)
    return _tap_by_tap(size, out, window)


def _all_inside(size: Size, out: Size, window: Window) -> bool:
    """Whether, of symbols, no window reaches beyond the input: nothing is padded and none of the windows is cut off."""
    return not window.before and not window.after and bool(out == _fitting(size, window))


def _tap_by_tap(size: Size, out: Size, window: Window) -> Size:
    """The sum of `taps`, one term per tap."""
    total = 0
    for k in range(window.kernel):
        first, end = _inside(k, size, out, window)
        total += most(end - first, 0)
    return total


def occupied(size: Size, out: Size, window: Window) -> Size:
    """How many of the `out` windows have a tap inside the input. Only a dilated window can miss it."""
    if window.dilation == 1:
        return out
    if not isinstance(window.kernel, int):
        from netstat.ops.symbolic import Occupied

        return out if _all_inside(size, out, window) else Occupied(size, out, *window)
    count, reached = 0, 0
    for first, end in sorted(_inside(k, size, out, window) for k in range(window.kernel)):
        count += max(end - max(first, reached), 0)
        reached = max(reached, end)
    return count


def _inside(k: int, size: Size, out: Size, window: Window) -> tuple[Size, Size]:
    """The first window whose tap k lies inside the input, and the first after it whose tap does not."""
    shift = window.before - k * window.dilation
    first = most(ceil_div(shift, window.stride), 0)
    return first, least(ceil_div(size + shift, window.stride), out)
