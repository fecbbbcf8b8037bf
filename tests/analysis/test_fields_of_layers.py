"""Receptive fields of all kinds of layers and their stacks against what outputs really depend on, place by place."""

import os
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name for it

from netstat import profile
from tests.analysis.supports import Claim, claims, dependence, inside, middle, positive, support

pytestmark = pytest.mark.torch

CHANNELS, SIZE = 2, 96
THOROUGH = bool(os.environ.get("NETSTAT_THOROUGH"))


def check(model: nn.Module, size: int = SIZE, margin: int = 16) -> Claim:
    """What is said holds at every output position, and is exact in the middle, where no border is near."""
    (claim,) = claims(model, (1, CHANNELS, size))
    true = dependence(model, CHANNELS, size)
    for o, found in enumerate(true):
        said, line = inside(claim.span(o), size), claim.line(o)
        assert found is None or (said is not None and said[0] <= found[0] <= found[1] <= said[1]), o
        assert line is None or claim.span(o) is None or line[0] <= claim.span(o)[0] <= claim.span(o)[1] <= line[1]
    tried = list(middle(len(true), claim, size, margin))
    assert [true[o] for o in tried] == [claim.span(o) for o in tried]
    extents = [span[1] - span[0] + 1 for o in tried if (span := true[o])]
    if len(tried) >= claim.period:
        assert max(extents, default=claim.extent) == claim.extent
    return claim


def conv(kernel: int = 3, **more: Any) -> nn.Module:
    return nn.Conv1d(CHANNELS, CHANNELS, kernel, **more)


def transposed(kernel: int = 3, **more: Any) -> nn.Module:
    return nn.ConvTranspose1d(CHANNELS, CHANNELS, kernel, **more)


class Resized(nn.Module):
    """Another size, by factor or to a size of its own."""

    def __init__(self, mode: str, factor: float | None = None, size: int | None = None, aligned: bool | None = None):
        super().__init__()
        self.given = {"scale_factor": factor, "size": size, "mode": mode, "align_corners": aligned}

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(x, **self.given)


class Padded(nn.Module):
    """Something around, or cut off where it is negative; two are told apart."""

    def __init__(self, before: int, after: int, mode: str = "constant") -> None:
        super().__init__()
        self.pad, self.mode = (before, after), mode

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, self.pad, self.mode)


class Sliced(nn.Module):
    """Every `step`-th position from `start` on."""

    def __init__(self, start: int, step: int) -> None:
        super().__init__()
        self.start, self.step = start, step

    def forward(self, x: Tensor) -> Tensor:
        return x[..., self.start :: self.step]


class Beside(nn.Module):
    """Two ways that meet in a sum, or as channels."""

    def __init__(self, one: nn.Module, other: nn.Module, *, joined: bool = False) -> None:
        super().__init__()
        self.one, self.other, self.joined = one, other, joined

    def forward(self, x: Tensor) -> Tensor:
        one, other = self.one(x), self.other(x)
        return torch.cat([one, other], 1) if self.joined else one + other


class Encoded(nn.Module):
    """Down, across, up, and together with what was there: a U-Net of one level."""

    def __init__(self, up: nn.Module) -> None:
        super().__init__()
        self.before, self.below, self.up = conv(3, padding=1), conv(3, padding=1), up
        self.after = nn.Conv1d(2 * CHANNELS, CHANNELS, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.before(x)
        return self.after(torch.cat([x, self.up(self.below(F.max_pool1d(x, 2)))], 1))


LAYERS = {
    "a window": (conv(5), "5 1 2 0"),
    "a stride and a padding": (conv(11, stride=4, padding=2), "11 4 3 2"),
    "a dilation": (conv(3, dilation=4, padding=4), "9 1 0 4"),
    "a pointwise stride": (conv(1, stride=2), "1 2 0 0"),
    "an even window, padded as same": (conv(4, padding="same"), "4 1 1/2 1"),
    "padding on one side": (nn.Sequential(Padded(4, 0), conv(5)), "5 1 -2 4"),
    "a pool": (nn.MaxPool1d(3, 2, 1), "3 2 0 1"),
    "a pool in ceil mode": (nn.MaxPool1d(3, 2, ceil_mode=True), "3 2 1 0"),
    "a mean pool": (nn.AvgPool1d(2), "2 2 1/2 0"),
    "depthwise and pointwise": (nn.Sequential(conv(3, groups=2, padding=1), conv(1)), "3 1 0 1"),
    "crops": (nn.Sequential(Padded(-3, -2), conv(1)), "1 1 3 -3"),
    "slices": (nn.Sequential(Sliced(3, 2), conv(1)), "1 2 3 -3"),
    "mirrored borders": (nn.Sequential(Padded(1, 1, "reflect"), conv(3)), "3 1 0 1"),
    "transposed, windows apart": (transposed(2, stride=2), "1 1/2 -1/4 1/2"),
    "transposed, windows that overlap": (transposed(4, stride=2, padding=1), "2 1/2 -1/4 1"),
    "transposed, of no stride": (transposed(3, padding=1), "3 1 0 1"),
    "transposed, dilated": (transposed(3, stride=2, dilation=3, padding=2), None),
    "transposed, with holes": (transposed(1, stride=2), "1 1/2 0 0"),
    "what falls on holes": (nn.Sequential(transposed(1, stride=3), conv(3, dilation=2)), None),
    "nearest": (Resized("nearest", 2), "1 1/2 -1/4 1/2"),
    "linear": (Resized("linear", 2, aligned=False), "2 1/2 -1/4 1"),
    "linear, three times": (Resized("linear", 3, aligned=False), None),
    "linear, corners aligned": (Resized("linear", size=191, aligned=True), "2 1/2 0 1/2"),
    "linear to another size": (Resized("linear", size=60, aligned=False), None),
    "linear to half": (Resized("linear", 0.5, aligned=False), "2 2 1/2 0"),
    "linear to a third": (Resized("linear", 1 / 3, aligned=False), "1 3 1 -1"),
    "nearest by no whole number": (Resized("nearest", 1.5), None),
    "down and up": (nn.Sequential(nn.AvgPool1d(2), Resized("nearest", 2)), "2 1 0 1"),
    "up and down": (nn.Sequential(Resized("nearest", 2), nn.AvgPool1d(2)), "1 1 0 0"),
    "branches": (Beside(conv(3, padding=1), nn.Sequential(conv(3, padding=1), conv(5, padding=2))), "7 1 0 3"),
    "branches to a side": (Beside(conv(3, padding=1), nn.Sequential(Padded(4, 0), conv(5)), joined=True), "6 1 -3/2 4"),
    "a U-Net": (Encoded(Resized("nearest", 2)), None),
    "a U-Net, transposed": (Encoded(transposed(2, stride=2)), None),
    "a U-Net, linear": (Encoded(Resized("linear", 2, aligned=False)), None),
    "a U-Net, corners aligned": (Encoded(Resized("linear", 2, aligned=True)), None),
    "adaptive pools": (nn.AdaptiveAvgPool1d(16), "6 6 5/2 0"),
    "adaptive pools of two sizes": (nn.AdaptiveMaxPool1d(20), None),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_sees_what_is_said_and_where(name: str) -> None:
    layer, expected = LAYERS[name]
    claim = check(positive(layer))
    if expected:
        field = claim.field
        assert field.jump
        assert field.center
        assert field.padding
        assert f"{claim.extent} {field.jump[0]} {field.center[0]} {field.padding[0]}" == expected


@st.composite
def windows(draw: DrawFn) -> nn.Module:
    kernel, stride, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    padding = draw(st.integers(0, 3))
    kind = draw(st.sampled_from(["conv", "max", "mean", "depthwise"]))
    if kind in ("max", "mean"):
        given = (kernel, stride, min(padding, kernel // 2))
        return nn.MaxPool1d(*given, dilation=dilation) if kind == "max" else nn.AvgPool1d(*given)
    more = {"stride": stride, "padding": padding, "dilation": dilation}
    return conv(kernel, groups=CHANNELS if kind == "depthwise" else 1, **more)


@st.composite
def enlargements(draw: DrawFn) -> nn.Module:
    if draw(st.booleans()):
        kernel, stride, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
        more = {"padding": draw(st.integers(0, 2)), "output_padding": draw(st.integers(0, max(stride, dilation) - 1))}
        return transposed(kernel, stride=stride, dilation=dilation, **more)
    mode = draw(st.sampled_from(["nearest", "nearest-exact", "linear"]))
    aligned = draw(st.booleans()) if mode == "linear" else None
    return Resized(mode, draw(st.sampled_from([0.5, 1.5, 2.0, 3.0])), aligned=aligned)


MOVES = st.one_of(
    st.builds(Padded, st.integers(-2, 3), st.integers(-2, 3)),
    st.builds(Sliced, st.integers(0, 3), st.integers(1, 3)),
)
SINGLE = windows() | windows() | enlargements() | MOVES


def fits(model: nn.Module) -> bool:
    """Whether there is something left to look at, and no more than a test can bear."""
    try:
        size = model(torch.zeros(1, CHANNELS, SIZE)).shape[-1]
    except RuntimeError:
        return False
    return 6 <= size <= 400


@pytest.mark.slow
@given(layers=st.lists(SINGLE, min_size=1, max_size=5))
@settings(max_examples=240 if THOROUGH else 40, deadline=None, derandomize=True)
def test_any_stack_sees_what_is_said_and_where(layers: list[nn.Module]) -> None:
    model = nn.Sequential(*layers, conv(1))
    assume(fits(model))
    check(positive(model), margin=24)


@pytest.mark.slow
@given(
    stem=SINGLE,
    one=st.lists(st.integers(0, 2), max_size=3),
    other=st.lists(st.integers(0, 2), max_size=3),
    last=SINGLE,
    joined=st.booleans(),
)
@settings(max_examples=80 if THOROUGH else 15, deadline=None, derandomize=True)
def test_any_two_branches_see_what_is_said_and_where(
    stem: nn.Module, one: list[int], other: list[int], last: nn.Module, joined: bool
) -> None:
    ways = [nn.Sequential(*(conv(2 * reach + 1, padding=reach) for reach in way)) for way in (one, other)]
    model = nn.Sequential(stem, Beside(*ways, joined=joined), nn.Conv1d(CHANNELS * (1 + joined), CHANNELS, 1), last)
    assume(fits(model))
    check(positive(model), margin=24)


class Weighed(nn.Module):
    """Squeeze and excitation: each channel times a figure of the whole image, which comes back by a view."""

    def __init__(self, *, views: bool) -> None:
        super().__init__()
        self.conv, self.linear, self.views = nn.Conv2d(4, 4, 3, 2), nn.Linear(4, 4), views

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.views:
            return x * self.linear(F.adaptive_avg_pool2d(x, 1).view(1, 4)).view(1, 4, 1, 1)
        return x * x.mean((2, 3), keepdim=True).sigmoid()


class ByTime(nn.Module):
    """A figure without positions is added to each channel, as in a diffusion model."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.linear = nn.Conv2d(4, 4, 3), nn.Linear(1, 4)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        return self.conv(x) + self.linear(time)[:, :, None, None]


def last_row(model: nn.Module, *shapes: tuple[int, ...]) -> Any:
    return profile(model, args=tuple(map(torch.empty, shapes))).layers[-1]


@pytest.mark.parametrize("views", [False, True])
def test_what_is_weighed_by_the_whole_image_sees_as_much_of_it_as_the_layer_before(views: bool) -> None:
    row = last_row(Weighed(views=views), (1, 4, 32, 20))
    assert (row.receptive_field, row.jump, row.center) == ((31, 19), ("0", "0"), ("15", "9"))
    assert support(positive(Weighed(views=views)), (1, 4, 32, 20), (2, 2)) == [(0, 30), (0, 18)]


@pytest.mark.parametrize(
    "norm", [nn.GroupNorm(2, 4), nn.InstanceNorm2d(4), nn.LayerNorm([4, 30, 18]), nn.Softmax(-1)], ids=str
)
def test_norms_by_figures_of_the_image_itself_see_all_of_it(norm: nn.Module) -> None:
    row = last_row(nn.Sequential(nn.Conv2d(4, 4, 3), norm), (1, 4, 32, 20))
    assert row.receptive_field == ((3, 20) if isinstance(norm, nn.Softmax) else (32, 20))


def test_batch_norm_sees_the_whole_image_in_training_alone() -> None:
    model = nn.Sequential(nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4))
    fields = [profile(model, (4, 8, 9), training=mode).layers[-1].receptive_field for mode in (False, True)]
    assert fields == [(3, 3), (8, 9)]


def test_inputs_without_positions_do_not_matter() -> None:
    row = last_row(ByTime(), (1, 4, 8, 8), (1, 1))
    assert (row.receptive_field, row.jump) == ((3, 3), ("1", "1"))


def test_an_image_with_its_channels_last_is_seen_along_its_own_axes() -> None:
    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm, self.linear = nn.Conv2d(3, 3, (5, 3), (4, 2)), nn.LayerNorm(3), nn.Linear(3, 3)

        def forward(self, x: Tensor) -> Tensor:
            x = self.conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
            return self.linear(F.gelu(self.norm(x)))

    row = last_row(Last(), (1, 33, 21, 3))
    assert (row.receptive_field, row.jump, row.center) == ((5, 3), ("4", "2"), ("2", "1"))


def test_depthwise_separable_and_pointwise_strides_in_space() -> None:
    model = nn.Sequential(
        nn.Conv3d(4, 4, (3, 5, 1), padding=(1, 2, 0), groups=4), nn.Conv3d(4, 2, 1, (1, 2, 2)), nn.AvgPool3d(2)
    )
    said = claims(positive(model), (1, 4, 16, 24, 24))
    assert [claim.span(3) for claim in said] == support(positive(model), (1, 4, 16, 24, 24), (3, 3, 3))
    assert [claim.extent for claim in said] == [4, 7, 3]


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize(("mode", "extent"), [("nearest", 1), ("bilinear", 2), ("bicubic", 4)])
def test_an_image_at_twice_the_size_sees_one_two_or_four_positions(mode: str, extent: int, aligned: bool) -> None:
    up = nn.Upsample(scale_factor=2, mode=mode, align_corners=None if mode == "nearest" else aligned)
    for at in range(9, 13):
        said = claims(up, (1, 2, 11, 12))
        assert [claim.span(at) for claim in said] == support(up.double(), (1, 2, 11, 12), (at, at))
        assert [claim.extent for claim in said] == [extent] * 2


def test_a_shuffle_of_pixels_is_undone_by_its_opposite() -> None:
    row = last_row(nn.Sequential(nn.Conv2d(4, 4, 3), nn.PixelShuffle(2), nn.PixelUnshuffle(2)), (1, 4, 8, 8))
    assert (row.receptive_field, row.jump) == ((3, 3), ("1", "1"))
    row = last_row(nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(16, 16, 3), nn.PixelShuffle(2)), (1, 4, 16, 16))
    assert (row.receptive_field, row.jump) == ((6, 6), ("1", "1"))


@pytest.mark.parametrize(
    "moved",
    [
        lambda x: x.roll(1, -1),
        lambda x: torch.cat([x, x], -1),
        lambda x: x.cumsum(-1),
        lambda x: x + x.transpose(-1, -2),
        lambda x: F.unfold(x, 2),
        lambda x: x.flatten(2),
        lambda x: x[..., torch.tensor([0, 3])],
    ],
)
def test_what_nobody_can_follow_is_not_claimed(moved: Any) -> None:
    class Moved(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(4, 4, 3)

        def forward(self, x: Tensor) -> Tensor:
            return moved(self.conv(x))

    row = last_row(Moved(), (1, 4, 8, 8))
    assert (row.receptive_field, row.jump, row.center, row.effective_padding) == (None,) * 4
