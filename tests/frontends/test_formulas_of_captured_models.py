"""Formulas of captured models: right at every size, or stopped at the operator that a formula cannot follow."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

import netstat
from netstat.analysis.formula import FIGURES
from netstat.errors import ModelError
from netstat.records.formula import Formula

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional  # noqa: E402

pytestmark = pytest.mark.torch


class Body(nn.Module):
    """A strided convolution, and then whatever is to be looked at."""

    def __init__(self, rest: Callable[[Tensor], Any], channels: int = 6) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, channels, 3, stride=2, padding=1)
        self.rest = rest

    def forward(self, input: Tensor) -> Any:
        """Its output."""
        return self.rest(self.conv(input))


def assert_profiled(model: nn.Module, found: Formula, sizes: int, seed: int = 0, most: int = 90) -> None:
    """At sizes of no pattern, batches above one among them, and at the least one, the profile says the same."""
    random = Random(seed)
    least = {letter.name: letter.least for letter in found.letters}
    drawn = (
        {"N": random.randint(1, 9), **{n: random.randint(least[n], least[n] + most) for n in "HW"}}
        for _ in range(sizes)
    )
    for chosen in (least, *drawn):
        totals = netstat.profile(model, (3, chosen["H"], chosen["W"]), batch=chosen["N"]).totals
        assert found.at(**chosen) == {figure: getattr(totals, figure) for figure in FIGURES}, chosen


FOLLOWED: dict[str, Callable[[Tensor], Any]] = {
    "view of the batch and the rest": lambda x: x.view(x.size(0), -1),
    "reshape to sizes read off": lambda x: x.reshape(x.shape[0], x.shape[1], x.shape[2] * x.shape[3]).transpose(1, 2),
    "flatten of positions": lambda x: x.flatten(2).softmax(-1),
    "attention among positions": lambda x: x.flatten(2).transpose(1, 2) @ x.flatten(2),
    "mean over positions": lambda x: x.mean((2, 3)),
    "pooling whose windows overhang": lambda x: functional.max_pool2d(x, 3, 2, ceil_mode=True),
    "pooling with padding": lambda x: functional.avg_pool2d(functional.max_pool2d(x, 3, 2, 1), 5, 3, 2),
    "adaptive pooling": lambda x: functional.adaptive_avg_pool2d(x, (5, 7)).flatten(1).relu(),
    "sizes of the input again": lambda x: functional.interpolate(x, size=(x.shape[2] * 2, x.shape[3] * 2)),
    "sizes of a tensor before, halves rounded up": lambda x: functional.interpolate(
        x[:, :, ::2, ::2], size=x.shape[2:]
    ),
    "sizes of a tensor before, thirds": lambda x: functional.interpolate(x[:, :, ::3, ::3], size=x.shape[2:]),
    "scaled by a fraction": lambda x: functional.interpolate(x, scale_factor=(1.5, 0.75), mode="bilinear"),
    "padded with a reflection": lambda x: functional.pad(x, (3, 1, 0, 4), mode="reflect"),
    "padded with the other end": lambda x: functional.pad(x, (3, 1, 0, 4), mode="circular"),
    "split and concatenated": lambda x: torch.cat(x.chunk(2, 1)[::-1], 1) * x,
    "channels shuffled": lambda x: x.view(x.shape[0], 2, 3, *x.shape[2:]).transpose(1, 2).reshape(x.shape),
    "a tensor of its own": lambda x: x + torch.ones(x.shape[2], x.shape[3]),
    "one value per channel": lambda x: x * x.mean((2, 3), keepdim=True).sigmoid(),
    "positions turned": lambda x: x.permute(0, 2, 3, 1).contiguous() @ torch.ones(6, 4),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_a_formula_can_follow_is_the_profile_at_other_sizes(name: str) -> None:
    model = Body(FOLLOWED[name])
    assert_profiled(model, netstat.formula(model, (3, 40, 40)), 6)


def lopsided(x: Tensor) -> Tensor:
    """One call more for large inputs."""
    return x.relu() if x.shape[2] < 30 else x.relu().relu()


STOPPED: dict[str, tuple[Callable[[Tensor], Any], str]] = {
    "a number that depends on no size before": (
        lambda x: functional.pad(x, (0, (7 - x.shape[3] % 7) % 7)),
        r"pad in .* stops the formula: its pad is .* by no size",
    ),
    "a rule that takes numbers": (
        lambda x: functional.interpolate(x, scale_factor=1.1),
        r"upsample_nearest2d in .* stops the formula: its rule takes numbers, not sizes in letters",
    ),
    "a size that may be one or another": (
        lambda x: functional.interpolate(
            functional.avg_pool2d(functional.max_pool2d(x, 2), 2), size=functional.max_pool2d(x, 2).shape[2:]
        ),
        r"its output_size is 2\*\(\(H \+ 1\)//8\) or another size: 10, 16, 32",
    ),
    "a call that depends on the size": (lopsided, r"calls other operators at other sizes"),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPPED)
def test_what_a_formula_cannot_follow_is_named(name: str) -> None:
    rest, said = STOPPED[name]
    with pytest.raises(ModelError, match=said) as refused:
        netstat.formula(Body(rest), (3, 40, 40))
    assert "\n" not in str(refused.value)


def test_a_reshape_to_written_numbers_ends_at_the_first_other_size() -> None:
    model = Body(lambda x: x.view(-1, 6 * 20 * 20))
    with pytest.raises(ModelError, match=r"has no formula in N, H, W: at .* do not fill the shape"):
        netstat.formula(model, (3, 40, 40))
    found = netstat.formula(model, (3, 40, 40), letters="N")
    assert found.at(N=7)["macs"] == netstat.profile(model, (3, 40, 40), batch=7).totals.macs


def test_equal_sizes_at_all_samples_that_are_not_the_same_stop_it() -> None:
    """Twice the half of an even size is the size; of an odd one it is not, and both further samples are odd."""
    model = Body(lambda x: x + functional.interpolate(x[:, :, ::2, ::2], scale_factor=2))
    with pytest.raises(ModelError, match=r"add in the model's forward stops the formula: .* meets "):
        netstat.formula(model, (3, 64, 64))


def test_an_operator_without_a_formula_stops_it() -> None:
    model = Body(lambda x: torch.linalg.pinv(x))
    with pytest.raises(ModelError, match=r"in the model's forward stops the formula: it has no formula at all"):
        netstat.formula(model, (3, 40, 40))


def test_sequences_have_a_letter_for_their_length() -> None:
    model = nn.Sequential(nn.Embedding(50, 16), nn.TransformerEncoderLayer(16, 2, 32, batch_first=True))
    found = netstat.formula(model, [((12,), "int64", "")])  # type: ignore[list-item]
    assert found.native == {"N": 1, "T": 12}
    for batch, length in ((1, 5), (3, 31)):
        totals = netstat.profile(model, [((length,), "int64", "")], batch=batch).totals  # type: ignore[list-item]
        assert found.at(N=batch, T=length) == {figure: getattr(totals, figure) for figure in FIGURES}
    assert max(layer.degree for layer in found.layers) == 2


def test_signals_have_channels_that_stay_and_a_length() -> None:
    model = nn.Sequential(nn.Conv1d(2, 4, 9, stride=4, padding=4), nn.GELU(), nn.ConvTranspose1d(4, 2, 8, 4, 2))
    found = netstat.formula(model, (2, 64))
    assert found.native == {"N": 1, "T": 64}
    for batch, length in ((1, 5), (3, 131)):
        totals = netstat.profile(model, (2, length), batch=batch).totals
        assert found.at(N=batch, T=length) == {figure: getattr(totals, figure) for figure in FIGURES}


class TwoImages(nn.Module):
    """Images of two sizes, each by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.other = nn.Conv2d(3, 4, 3), nn.Conv2d(1, 4, 3)

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        """The sum of their means."""
        return self.one(one).mean((2, 3)) + self.other(other).mean((2, 3))


def test_inputs_of_several_sizes_have_letters_each() -> None:
    found = netstat.formula(TwoImages(), [(3, 64, 48), (1, 32, 24)])
    assert found.native == {"N": 1, "H": 64, "W": 48, "H2": 32, "W2": 24}
    totals = netstat.profile(TwoImages(), [(3, 50, 41), (1, 9, 30)], batch=2).totals
    assert found.at(N=2, H=50, W=41, H2=9, W2=30)["flops"] == totals.flops


def test_films_have_a_length_that_stays_where_height_and_width_grow() -> None:
    model = nn.Sequential(nn.Conv3d(3, 4, 3, stride=2), nn.MaxPool3d(2))
    found = netstat.formula(model, (3, 9, 40, 40))
    assert found.native == {"N": 1, "T": 9, "H": 40, "W": 40}
    solution = found.solve("macs < 10M")
    assert solution.sizes == {"N": 1, "T": 9, "H": solution.side, "W": solution.side}
    counted = [netstat.profile(model, (3, 9, side, side)).totals.macs for side in (solution.side, solution.side + 1)]
    assert counted == [solution.value, solution.next_value]
    assert counted[0] < 10_000_000 <= counted[1]
    points = netstat.scaling(model, (3, 9, 40, 40), sizes=[20, (30, 60)]).of_batch(1)
    assert [point.shapes for point in points] == [((1, 3, 9, 20, 20),), ((1, 3, 9, 30, 60),)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet50", "mobilenet_v2"])
def test_torchvision_models_are_the_profile_at_fifty_sizes(name: str) -> None:
    import torchvision

    model = getattr(torchvision.models, name)().eval()
    found = netstat.formula(name)
    assert_profiled(model, found, 50, most=400)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["googlenet", "squeezenet1_0", "densenet121", "inception_v3", "efficientnet_b0", "shufflenet_v2_x1_0",
     "convnext_tiny", "regnet_y_400mf", "mobilenet_v3_small", "resnext50_32x4d", "mnasnet0_5"],
)  # fmt: skip
def test_other_families_are_the_profile_at_some_sizes(name: str) -> None:
    import torchvision

    model = getattr(torchvision.models, name)().eval()
    assert_profiled(model, netstat.formula(model, (3, 224, 224)), 4, most=300)
