"""Stacks of layers drawn at random: a convention that holds only for the cases somebody thought of would break here."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.peers.settled import ALL, said, settled

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore:Using padding='same'")]

CHANNELS, SIDE = 4, 12
ACTIVATIONS = [nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Dropout, nn.GELU, nn.PReLU, nn.Hardswish]
sizes = st.integers(1, 7)


def convolutions(dims: int) -> st.SearchStrategy[nn.Module]:
    """From 4 channels to 4 and never to a smaller size than a kernel, so that any layer can follow."""
    return st.builds(
        getattr(nn, f"Conv{dims}d"),
        st.just(CHANNELS),
        st.just(CHANNELS),
        st.integers(1, 3),
        padding=st.sampled_from([1, "same"]),
        groups=st.sampled_from([1, 2, 4]),
        bias=st.booleans(),
    )


def norms(dims: int) -> st.SearchStrategy[nn.Module]:
    options = {"affine": st.booleans(), "track_running_stats": st.booleans()}
    return st.one_of(
        st.builds(getattr(nn, f"BatchNorm{dims}d"), st.just(CHANNELS), **options),
        st.builds(getattr(nn, f"InstanceNorm{dims}d"), st.just(CHANNELS), **options),
        st.builds(nn.GroupNorm, st.sampled_from([1, 2, 4]), st.just(CHANNELS), affine=st.booleans()),
    )


def transposed(dims: int) -> st.SearchStrategy[nn.Module]:
    """The sizes stay as they are."""
    kind = getattr(nn, f"ConvTranspose{dims}d")
    groups = st.sampled_from([1, 2, 4])
    return st.builds(lambda groups: kind(CHANNELS, CHANNELS, 3, padding=1, groups=groups), groups)


def upsampling(dims: int) -> st.SearchStrategy[nn.Module]:
    smooth = {1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}[dims]
    return st.builds(nn.Upsample, st.integers(7, 13), mode=st.sampled_from(["nearest", "nearest-exact", *smooth]))


def pools(dims: int) -> st.SearchStrategy[nn.Module]:
    adaptive = st.sampled_from([getattr(nn, f"Adaptive{kind}Pool{dims}d") for kind in ("Avg", "Max")])
    sliding = st.sampled_from([getattr(nn, f"{kind}Pool{dims}d") for kind in ("Avg", "Max")])
    return st.one_of(
        st.builds(lambda kind, out: kind(out), adaptive, st.tuples(*[sizes] * dims)),
        st.builds(lambda kind: kind(3, stride=2, padding=1), sliding),
    )


def others() -> st.SearchStrategy[nn.Module]:
    return st.one_of(
        st.sampled_from([nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Dropout, nn.GELU, nn.PReLU, nn.Hardswish]).map(
            lambda kind: kind()
        ),
        st.builds(nn.Softmax, st.integers(-1, 1)),
        st.builds(nn.LocalResponseNorm, st.integers(1, 6)),
    )


@st.composite
def stacks(draw: Any) -> tuple[nn.Module, tuple[int, ...]]:
    dims = draw(st.integers(1, 3))
    layer = st.one_of(convolutions(dims), transposed(dims), norms(dims), pools(dims), upsampling(dims), others())
    layers = draw(st.lists(layer, min_size=1, max_size=6))
    return nn.Sequential(*layers), (draw(st.integers(2, 3)), CHANNELS, *[SIDE] * dims)


def torch_takes(module: nn.Module, shape: tuple[int, ...]) -> bool:
    """AvgPool3d refuses inputs smaller than its kernel, padded or not, and InstanceNorm a single position."""
    try:
        module(torch.zeros(shape))
    except (RuntimeError, ValueError) as error:
        expected = ("smaller than kernel size", "more than 1 spatial element")
        assert any(text in str(error) for text in expected)  # noqa: PT017  else the stack is drawn wrongly
        return False
    return True


@pytest.mark.slow
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(stacks())
def test_every_peer_closes_on_any_stack(stack: tuple[nn.Module, tuple[int, ...]]) -> None:
    module, shape = stack
    assume(torch_takes(module.eval(), shape))
    for peer in ALL:
        check = settled(peer, module.eval(), torch.zeros(shape))
        assert check.closed, said(check)
