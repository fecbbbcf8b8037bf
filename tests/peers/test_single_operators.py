"""Operators one by one: the real peers return what is on record for them, and their conventions predict it.

Each rule of a convention has to hold here before it may explain anything in a model.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.peers.settled import ALL, said, settled

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812  the field's name for it

from tests.one_operator import (  # noqa: E402
    IMAGE,
    RECORDED,
    SEQUENCE,
    VECTORS,
    Calls,
    Case,
    SubclassedConv2d,
    attention,
    conv,
    encoder_layer,
    functional,
    recurrent,
    transposed,
)

pytestmark = [
    pytest.mark.torch,
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:Using padding='same'", "ignore:Implicit dimension choice"),
]


class SubclassedLstm(nn.LSTM):
    """Its class has no rule of its own."""


class Packed(nn.Module):
    """A recurrent layer on two sequences, the second shorter than the first."""

    def __init__(self, layer: nn.RNNBase) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        lengths = [x.shape[1], x.shape[1] - 3]
        return self.layer(nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True))[0].data


class Doubled(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer.double()

    def forward(self, x: Tensor) -> Any:
        return self.layer(x.double())


ON_A_LINE, IN_A_CUBE = (2, 4, 8), (2, 4, 5, 7, 6)
UNRECORDED: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "conv 3x3, padding same": (lambda: conv(padding="same"), IMAGE),
    "conv, padding valid": (lambda: conv(padding="valid"), IMAGE),
    "conv 1d, padding same": (lambda: nn.Conv1d(4, 6, 4, padding="same"), ON_A_LINE),
    "conv 3d, padding same": (lambda: nn.Conv3d(4, 6, 3, padding="same"), IN_A_CUBE),
    "conv, reflecting padding": (lambda: conv(padding_mode="reflect"), IMAGE),
    "conv, padding same and circular": (lambda: conv(padding="same", padding_mode="circular"), IMAGE),
    "F.conv2d, padding same": (
        lambda: functional(lambda m, x: F.conv2d(x, m.weight, padding="same"), 6, 4, 3, 3),
        IMAGE,
    ),
    "conv 1d without a batch": (lambda: nn.Conv1d(4, 6, 3), (4, 9)),
    "conv 3d without a batch": (lambda: nn.Conv3d(4, 6, 3), (4, 5, 6, 7)),
    "conv in 2 groups without a batch": (lambda: conv(groups=2), (4, 9, 8)),
    "subclassed conv, not the whole model": (lambda: nn.Sequential(conv(kind=SubclassedConv2d), nn.ReLU()), IMAGE),
    "F.conv2d in a leaf module": (
        lambda: nn.Sequential(functional(lambda m, x: F.conv2d(x, m.weight), 6, 4, 3, 3)),
        IMAGE,
    ),
    "F.linear between modules": (
        lambda: nn.Sequential(Calls(lambda m, x: F.linear(m.fc(x), m.w), fc=nn.Linear(16, 16), w=torch.zeros(7, 16))),
        (2, 16),
    ),
    "F.linear, vector weight": (lambda: functional(lambda m, x: F.linear(x, m.weight), 16), (2, 3, 16)),
    "F.linear, vector weight and input": (lambda: functional(lambda m, x: F.linear(x, m.weight), 16), (16,)),
    "linear on a vector": (lambda: nn.Linear(16, 10), (16,)),
    "linear on a vector, no bias": (lambda: nn.Linear(16, 10, bias=False), (16,)),
    "linear, forward called past the hooks": (
        lambda: Calls(lambda m, x: m.fc.forward(x), fc=nn.Linear(16, 10)),
        (2, 16),
    ),
    "linear called by its parent and its grandparent": (
        lambda: Calls(lambda m, x: m.block[0](x) + m.block(x), block=nn.Sequential(nn.Linear(16, 16))),
        (2, 16),
    ),
    "batch norm of vectors": (lambda: nn.BatchNorm1d(4), (3, 4)),
    "batch norm 1d": (lambda: nn.BatchNorm1d(4), ON_A_LINE),
    "batch norm 3d": (lambda: nn.BatchNorm3d(4), IN_A_CUBE),
    "batch norm without running statistics": (lambda: nn.BatchNorm2d(4, track_running_stats=False), IMAGE),
    "batch norm without anything": (lambda: nn.BatchNorm2d(4, affine=False, track_running_stats=False), IMAGE),
    "F.batch_norm": (lambda: functional(lambda m, x: F.batch_norm(x, None, None, training=True)), IMAGE),
    "local response norm 1d": (lambda: nn.LocalResponseNorm(3), ON_A_LINE),
    "softmax over the last dimension": (lambda: nn.Softmax(-1), (2, 3, 16)),
    "softmax over the first dimension": (lambda: nn.Softmax(0), (2, 3, 16)),
    "softmax over channels": (nn.Softmax2d, IMAGE),
    "max pool 1d": (lambda: nn.MaxPool1d(2), ON_A_LINE),
    "max pool 3d": (lambda: nn.MaxPool3d(2), IN_A_CUBE),
    "max pool with indices": (lambda: functional(lambda m, x: F.max_pool2d(x, 2, return_indices=True)[0]), IMAGE),
    "average pool 1d": (lambda: nn.AvgPool1d(2), ON_A_LINE),
    "average pool 3d": (lambda: nn.AvgPool3d(2), IN_A_CUBE),
    "average pool without a batch, padded": (lambda: nn.AvgPool2d(2, padding=1, ceil_mode=True), (4, 7, 7)),
    "F.avg_pool2d": (lambda: functional(lambda m, x: F.avg_pool2d(x, 2)), IMAGE),
    "adaptive average pool 1d": (lambda: nn.AdaptiveAvgPool1d(3), ON_A_LINE),
    "adaptive average pool 3d": (lambda: nn.AdaptiveAvgPool3d((2, 3, 1)), IN_A_CUBE),
    "adaptive average pool without a batch": (lambda: nn.AdaptiveAvgPool2d(3), (4, 8, 7)),
    "adaptive average pool 1d without a batch": (lambda: nn.AdaptiveAvgPool1d(3), (4, 8)),
    "adaptive average pool where sizes do not divide": (lambda: nn.AdaptiveAvgPool2d(6), (1, 7, 13, 13)),
    "adaptive average pool of one dimension": (lambda: nn.AdaptiveAvgPool2d((None, 2)), IMAGE),
    "adaptive average pool to a larger size": (lambda: nn.AdaptiveAvgPool2d(7), (2, 4, 2, 2)),
    "F.adaptive_avg_pool2d": (lambda: functional(lambda m, x: F.adaptive_avg_pool2d(x, 3)), IMAGE),
    "adaptive max pool 1d": (lambda: nn.AdaptiveMaxPool1d(2), ON_A_LINE),
    "adaptive max pool 3d": (lambda: nn.AdaptiveMaxPool3d(2), IN_A_CUBE),
    "flatten, view, reshape": (lambda: functional(lambda m, x: x.flatten(1).view(2, -1, 4).reshape(-1)), IMAGE),
    "permute, transpose": (lambda: functional(lambda m, x: x.permute(0, 2, 3, 1).transpose(1, 2)), IMAGE),
    "squeeze, unsqueeze": (lambda: functional(lambda m, x: x.unsqueeze(0).squeeze(0)), IMAGE),
    "clone, contiguous": (lambda: functional(lambda m, x: x.clone().contiguous()), IMAGE),
    "pad": (lambda: functional(lambda m, x: F.pad(x, (1, 2))), IMAGE),
    "transposed conv 1d": (lambda: nn.ConvTranspose1d(4, 6, 3, stride=2), ON_A_LINE),
    "transposed conv 3d, dilated": (lambda: nn.ConvTranspose3d(4, 6, 3, dilation=2), IN_A_CUBE),
    "transposed conv without a batch": (transposed, (4, 7, 9)),
    "transposed conv in 2 groups without a batch": (lambda: transposed(groups=2), (4, 7, 9)),
    "F.conv_transpose2d": (lambda: functional(lambda m, x: F.conv_transpose2d(x, m.weight), 4, 6, 3, 3), IMAGE),
    "layer norm over three dimensions": (lambda: nn.LayerNorm((4, 8, 8)), IMAGE),
    "layer norm, not affine": (lambda: nn.LayerNorm(16, elementwise_affine=False), SEQUENCE),
    "layer norm without a bias": (lambda: nn.LayerNorm(16, bias=False), SEQUENCE),
    "F.layer_norm": (lambda: functional(lambda m, x: F.layer_norm(x, (16,), m.weight), 16), SEQUENCE),
    "group norm, not affine": (lambda: nn.GroupNorm(2, 4, affine=False), IMAGE),
    "instance norm, not affine": (lambda: nn.InstanceNorm2d(4), IMAGE),
    "instance norm 1d": (lambda: nn.InstanceNorm1d(4, affine=True), ON_A_LINE),
    "instance norm 3d with running statistics": (lambda: nn.InstanceNorm3d(4, track_running_stats=True), IN_A_CUBE),
    "instance norm without a batch": (lambda: nn.InstanceNorm2d(4, affine=True), (4, 8, 7)),
    "prelu with a slope per channel": (lambda: nn.PReLU(4), IMAGE),
    "F.prelu": (lambda: functional(lambda m, x: F.prelu(x, m.weight), 1), IMAGE),
    "linear upsampling": (lambda: nn.Upsample(scale_factor=2, mode="linear"), ON_A_LINE),
    "bicubic upsampling": (lambda: nn.Upsample(scale_factor=2, mode="bicubic"), IMAGE),
    "trilinear upsampling": (lambda: nn.Upsample(scale_factor=2, mode="trilinear"), IN_A_CUBE),
    "nearest upsampling 1d": (lambda: nn.Upsample(5), ON_A_LINE),
    "nearest upsampling 3d": (lambda: nn.Upsample(5), IN_A_CUBE),
    "nearest-exact upsampling": (lambda: nn.Upsample(5, mode="nearest-exact"), IMAGE),
    "upsampling, nearest by name": (lambda: nn.UpsamplingNearest2d(5), IMAGE),
    "upsampling, bilinear by name": (lambda: nn.UpsamplingBilinear2d(5), IMAGE),
    "F.interpolate, antialiased": (
        lambda: functional(lambda m, x: F.interpolate(x, 5, mode="bilinear", antialias=True)),
        IMAGE,
    ),
    "F.interpolate, nearest": (lambda: functional(lambda m, x: F.interpolate(x, 5)), IMAGE),
    "grid sampling, nearest": (
        lambda: functional(lambda m, x: F.grid_sample(x, m.weight, "nearest", align_corners=False), 2, 3, 5, 2),
        IMAGE,
    ),
    "rnn with relu, no bias": (recurrent(nn.RNN, nonlinearity="relu", bias=False), SEQUENCE),
    "gru of 3 layers in both directions": (recurrent(nn.GRU, num_layers=3, bidirectional=True), SEQUENCE),
    "lstm without biases": (recurrent(nn.LSTM, bias=False), SEQUENCE),
    "lstm of 2 layers, projected": (recurrent(nn.LSTM, num_layers=2, proj_size=3, bidirectional=True), SEQUENCE),
    "lstm in double precision": (lambda: Doubled(nn.LSTM(16, 8)), SEQUENCE),
    "lstm of packed sequences": (lambda: Packed(nn.LSTM(16, 8, num_layers=2)), SEQUENCE),
    "gru of packed sequences": (lambda: Packed(nn.GRU(16, 8, bidirectional=True)), SEQUENCE),
    "subclassed lstm": (lambda: SubclassedLstm(16, 8), SEQUENCE),
    "gru cell": (lambda: nn.GRUCell(16, 8), VECTORS),
    "rnn cell without biases": (lambda: nn.RNNCell(16, 8, bias=False), VECTORS),
    "rnn cell with relu": (lambda: nn.RNNCell(16, 8, nonlinearity="relu"), VECTORS),
    "attention, sequence first": (lambda: attention(need_weights=False, batch_first=False), SEQUENCE),
    "attention with bias and zeros appended": (
        lambda: attention(need_weights=True, add_bias_kv=True, add_zero_attn=True),
        SEQUENCE,
    ),
    "attention, frozen": (lambda: attention(need_weights=False).requires_grad_(False), SEQUENCE),
    "transformer encoder layer, sequence first": (lambda: encoder_layer(batch_first=False, norm_first=True), SEQUENCE),
    "transformer encoder": (lambda: nn.TransformerEncoder(encoder_layer(), 2), SEQUENCE),
    "transformer": (
        lambda: Calls(lambda m, x: m.all(x, x), all=nn.Transformer(16, 4, 1, 1, 32, batch_first=True)),
        SEQUENCE,
    ),
    "attention of values of another size": (
        lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x, x[..., :5])),
        (2, 3, 10, 16),
    ),
    "attention without a batch": (lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x, x)), (10, 16)),
    "matrix by vector": (lambda: functional(lambda m, x: torch.mv(x, m.weight), 16), VECTORS),
    "vector @ w": (lambda: functional(lambda m, x: x @ m.weight, 16, 10), (16,)),
    "vector @ several w": (lambda: functional(lambda m, x: x @ m.weight, 3, 16, 10), (16,)),
    "parameter @ several matrices": (lambda: functional(lambda m, x: m.weight @ x, 10), SEQUENCE),
    "one w for a batch, w first": (lambda: functional(lambda m, x: m.weight @ x, 5, 10), SEQUENCE),
    "heads @ heads of another batch": (lambda: functional(lambda m, x: x[:1] @ x.mT), (3, 2, 5, 4)),
    "vector by vector": (lambda: functional(lambda m, x: torch.dot(x, m.weight), 16), (16,)),
    "inner product": (lambda: functional(lambda m, x: torch.inner(x, m.weight), 5, 16), SEQUENCE),
    "tensordot": (lambda: functional(lambda m, x: torch.tensordot(x, m.weight, 1), 16, 3), SEQUENCE),
    "tensordot over nothing": (lambda: functional(lambda m, x: torch.tensordot(x, m.weight, 0), 3), VECTORS),
    "chain of matrices": (
        lambda: functional(lambda m, x: torch.linalg.multi_dot((x, m.weight, x.T, x)), 16, 16),
        VECTORS,
    ),
    "baddbmm": (lambda: functional(lambda m, x: torch.baddbmm(m.weight, x, x.mT), 2, 10, 10), SEQUENCE),
    "addbmm": (lambda: functional(lambda m, x: torch.addbmm(m.weight, x, x.mT), 10, 10), SEQUENCE),
    "addmm in place": (lambda: functional(lambda m, x: x.clone().addmm_(x, m.weight), 16, 16), VECTORS),
    "addmv": (lambda: functional(lambda m, x: torch.addmv(x[:, 0], x, m.weight), 16), VECTORS),
    "products of vectors": (lambda: functional(lambda m, x: torch.linalg.vecdot(x, m.weight), 16), SEQUENCE),
    "deformable conv": (
        lambda: Calls(
            lambda m, x: m.conv(x, m.offset.expand(2, 18, 8, 8)),
            conv=torchvision.ops.DeformConv2d(4, 6, 3, padding=1),
            offset=torch.zeros(18, 1, 1),
        ),
        IMAGE,
    ),
    "vector @ a column each": (lambda: functional(lambda m, x: x @ m.weight, 3, 16, 1), (16,)),
    "vector @ a batch of one": (lambda: functional(lambda m, x: x @ m.weight, 1, 16, 10), (16,)),
    "torchvision.ops.deform_conv2d": (
        lambda: Calls(
            lambda m, x: torchvision.ops.deform_conv2d(x, m.offset, m.weight),
            weight=torch.zeros(6, 4, 3, 3),
            offset=torch.zeros(2, 18, 6, 6),
        ),
        IMAGE,
    ),
    "einsum of three": (
        lambda: functional(lambda m, x: torch.einsum("bsi,io,bso->bs", x, m.weight, x), 16, 16),
        SEQUENCE,
    ),
    "einsum of one": (lambda: functional(lambda m, x: torch.einsum("bsi->bi", x)), SEQUENCE),
    "einsum of a batch of matrices": (lambda: functional(lambda m, x: torch.einsum("bij,bik->bjk", x, x)), SEQUENCE),
    "einsum of many numbers": (lambda: functional(lambda m, x: torch.einsum("ij,kj->ik", x, x)), (123, 457)),
    "einsum over a size of 1": (lambda: functional(lambda m, x: torch.einsum("i,j,i->j", x, m.weight, x), 5), (1,)),
    "one module under two names of one parent": (lambda: nn.Sequential(*[nn.Linear(16, 16)] * 2), (2, 16)),
    "one block under two names of one parent": (
        lambda: nn.Sequential(*[nn.Sequential(nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4), nn.ReLU())] * 2),
        IMAGE,
    ),
}


@pytest.mark.parametrize("peer", ALL)
@pytest.mark.parametrize("case", RECORDED.values(), ids=RECORDED)
def test_a_peer_returns_its_recorded_figure_and_its_convention_predicts_it(case: Case, peer: str) -> None:
    check = settled(peer, case.make(), case.input)
    assert check.reported == case.figure(peer)
    assert check.closed, said(check)


@pytest.mark.parametrize("peer", ALL)
@pytest.mark.parametrize(("make", "shape"), UNRECORDED.values(), ids=UNRECORDED)
def test_a_convention_predicts_what_the_peer_returns(
    make: Callable[[], nn.Module], shape: tuple[int, ...], peer: str
) -> None:
    check = settled(peer, make(), torch.zeros(shape))
    assert check.closed, said(check)


def test_string_padding_is_named_as_a_defect_of_fvcore() -> None:
    (term,) = settled("fvcore", conv(padding="same"), torch.zeros(IMAGE)).terms
    assert term.reason.startswith("defect: string padding")
    assert term.amount == -27648


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("F.linear between modules", "functional call not seen by module hooks"),
        ("F.conv2d in a leaf module", "module of a class without a rule"),
        ("subclassed conv, not the whole model", "module of a class without a rule"),
        ("conv 1d without a batch", "defect: input without a batch"),
    ],
)
def test_what_thop_does_not_see_or_misreads_is_billed_with_the_reason(case: str, reason: str) -> None:
    make, shape = UNRECORDED[case]
    (term,) = settled("thop", make(), torch.zeros(shape)).terms
    assert term.reason.startswith(reason)


@pytest.mark.parametrize(
    ("peer", "case", "reason", "amount"),
    [
        ("thop", "transposed conv, bias", "defect: transposed convolution counted per output", 49152 - 12288),
        ("thop", "lstm, projected", "defect: projection of an LSTM ignored", 15360 - 13440),
        ("thop", "lstm, projected", "recurrent biases counted as 2 per gate", 20 * 4 * 8 * 2),
        ("thop", "lstm, projected", "recurrent gates and states counted", 20 * 8 * 8),
        ("thop", "attention", "functional call not seen by module hooks", -26880),
        ("fvcore", "lstm, batch first", "defect: recurrent layer without a handle", -15360),
        ("fvcore", "attention", "defect: attention without a handle", -6400),
        ("fvcore", "bilinear", "defect: matrix product without a handle", -5440),
        ("torch", "lstm, batch first", "defect: LSTM kernel of the CPU without a formula", -2 * 15360),
        ("torch", "bilinear", "defect: product without a formula", -2 * 5440),
    ],
)
def test_a_defect_is_billed_under_its_name(peer: str, case: str, reason: str, amount: int) -> None:
    terms = settled(peer, RECORDED[case].make(), RECORDED[case].input).terms
    assert [term.amount for term in terms if term.reason.startswith(reason)] == [amount]


def test_softmax_without_a_dimension_fails_in_thop_and_nowhere_else() -> None:
    module, input = nn.Softmax(dim=None), torch.zeros(2, 16)
    assert settled("thop", module, input).error.startswith("TypeError")
    assert settled("thop", module, input).reported is None
    assert all(settled(peer, module, input).closed for peer in ("fvcore", "torch"))


def test_a_product_by_a_vector_fails_in_fvcore_and_nowhere_else() -> None:
    module, input = functional(lambda m, x: x @ m.weight, 16), torch.zeros(VECTORS)
    assert settled("fvcore", module, input).error.startswith("IndexError")
    assert all(settled(peer, module, input).closed for peer in ("thop", "torch"))


@pytest.mark.parametrize("peer", ALL)
@pytest.mark.parametrize("case", ["conv 3x3, bias", "average pool 2", "batch norm", "adaptive average pool to 6"])
def test_eight_images_are_eight_times_one(case: str, peer: str) -> None:
    one, eight = (settled(peer, RECORDED[case].make(), torch.zeros(batch, 4, 8, 8)) for batch in (1, 8))
    assert eight.closed
    assert eight.reported == 8 * one.reported
