"""ptflops, both backends: what its hooks, its replaced functions and its dispatcher make of one thing at a time."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812  the field's name for it

from netstat.peers import PEERS  # noqa: E402
from netstat.records.crosscheck import CrossCheck  # noqa: E402
from tests.one_operator import IMAGE, RECORDED, SEQUENCE, VECTORS, Calls, attention, conv, encoder_layer, functional  # noqa: E402
from tests.peers.settled import said, settled  # noqa: E402
from tests.peers.test_single_operators import ON_A_LINE, UNRECORDED, Doubled  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

NAME, POSITION, ATEN = "ptflops", "ptflops-by-position", "ptflops-aten"
BACKENDS = (NAME, POSITION, ATEN)
FAILS = {"lstm of packed sequences", "gru of packed sequences"}  # in a hook: a packed sequence has no shape


def checked(peer: str, module: nn.Module, *inputs: Tensor) -> CrossCheck:
    check = settled(peer, module, *inputs)
    if "not installed" in check.error:
        pytest.skip(check.error)
    return check


class OwnReLU(nn.ReLU):
    """A class of one's own."""


class Attends(nn.Module):
    """Attention to keys and values cut from its input."""

    def __init__(self, *, keys: int = 16, values: int = 16, need_weights: bool = False, **options: Any) -> None:
        super().__init__()
        self.keys, self.values, self.need_weights = keys, values, need_weights
        self.layer = nn.MultiheadAttention(16, 4, kdim=keys, vdim=values, **options)

    def forward(self, x: Tensor) -> Any:
        key, value = x[:, :7, : self.keys], x[:, :7, : self.values]
        return self.layer(x, key, value, need_weights=self.need_weights)[0]


def masked(**options: Any) -> nn.Module:
    layer = nn.MultiheadAttention(16, 4, batch_first=True)
    return Calls(lambda m, x: m.layer(x, x, x, attn_mask=torch.zeros(10, 10), **options)[0], layer=layer)


def deformable(**options: Any) -> nn.Module:
    """With a mask, and without a bias."""
    layer = torchvision.ops.DeformConv2d(4, 6, 3, padding=1, **options)
    offset, mask = torch.zeros(2, 18, 8, 8), torch.zeros(2, 9, 8, 8)
    return Calls(lambda m, x: m.layer(x, m.offset, m.mask), layer=layer, offset=offset, mask=mask)


def under_two_parents() -> nn.Module:
    block = nn.Sequential(nn.Linear(16, 16), nn.GELU())
    return Calls(
        lambda m, x: m.b(m.a(x)) + m.c(x), a=nn.Sequential(block), b=nn.Sequential(block), c=nn.Sequential(block[0])
    )


def held_by_a_closure() -> nn.Module:
    layer = nn.Sequential(nn.Linear(16, 16), nn.ReLU())
    return functional(lambda m, x: layer(x))


def decoder_layer() -> nn.Module:
    layer = nn.TransformerDecoderLayer(16, 4, 32, batch_first=True, activation="gelu")
    return Calls(lambda m, x: m.layer(x, x), layer=layer)


EDGES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "relu layer of a class of one's own": (lambda: nn.Sequential(OwnReLU()), IMAGE),
    "relu6, which calls hardtanh": (nn.ReLU6, IMAGE),
    "elu": (nn.ELU, IMAGE),
    "silu in place": (lambda: nn.SiLU(inplace=True), IMAGE),
    "prelu in a container": (lambda: nn.Sequential(nn.PReLU(4), nn.Softmax2d()), IMAGE),
    "relu as a method": (lambda: functional(lambda m, x: x.relu().softmax(1)), IMAGE),
    "torch.relu": (lambda: functional(lambda m, x: torch.relu(x)), IMAGE),
    "upsampling to a size": (lambda: nn.Upsample((5, 3)), IMAGE),
    "upsampling by one factor and a half": (lambda: nn.Upsample(scale_factor=1.5), IMAGE),
    "upsampling by several factors": (lambda: nn.Upsample(scale_factor=(1.5, 2.0)), IMAGE),
    "interpolation of areas": (lambda: functional(lambda m, x: F.interpolate(x, 5, mode="area")), IMAGE),
    "interpolation on a line": (lambda: functional(lambda m, x: F.interpolate(x, scale_factor=3)), ON_A_LINE),
    "max pool with indices": (
        lambda: Calls(lambda m, x: m.pool(x)[0], pool=nn.MaxPool2d(2, return_indices=True)),
        IMAGE,
    ),
    "adaptive max pool with indices": (
        lambda: Calls(lambda m, x: m.pool(x)[0], pool=nn.AdaptiveMaxPool2d(2, return_indices=True)),
        IMAGE,
    ),
    "lp pool": (lambda: nn.LPPool2d(2, 2), IMAGE),
    "torch.max_pool2d": (lambda: functional(lambda m, x: torch.max_pool2d(x, 2)), IMAGE),
    "local response norm of even size": (lambda: nn.LocalResponseNorm(4), IMAGE),
    "layer norm in a batch norm's company": (
        lambda: nn.Sequential(nn.BatchNorm2d(4), nn.LayerNorm(8), nn.GroupNorm(2, 4, affine=False)),
        IMAGE,
    ),
    "added with fewer dimensions": (lambda: functional(lambda m, x: torch.add(x, m.weight), 16), SEQUENCE),
    "multiplied by a number": (lambda: functional(lambda m, x: torch.mul(x, 2).add(1)), IMAGE),
    "multiplied by a column": (lambda: functional(lambda m, x: x[:, :1].mul(x)), SEQUENCE),
    "signs": (lambda: functional(lambda m, x: (x + x) * x - x), IMAGE),
    "matmul by a vector": (lambda: functional(lambda m, x: x.matmul(m.weight), 16), SEQUENCE),
    "matmul of a repeated matrix": (lambda: functional(lambda m, x: torch.matmul(m.weight, x), 3, 10), SEQUENCE),
    "addmm of a matrix, without it": (
        lambda: functional(lambda m, x: torch.addmm(m.weight, x, x.T, beta=0), 2, 2),
        VECTORS,
    ),
    "addmm as a method": (lambda: functional(lambda m, x: m.weight.addmm(x, x.T), 2, 2), VECTORS),
    "baddbmm of a row": (lambda: functional(lambda m, x: torch.baddbmm(m.weight, x, x.mT), 1, 1, 10), SEQUENCE),
    "baddbmm as a method": (lambda: functional(lambda m, x: x.baddbmm(x, m.weight), 2, 16, 16), SEQUENCE),
    "conv without a batch, biased": (conv, (4, 8, 8)),
    "conv with the old weight norm": (lambda: nn.utils.weight_norm(conv()), IMAGE),
    "conv with the new weight norm": (lambda: nn.utils.parametrizations.weight_norm(conv()), IMAGE),
    "linear, input turned over": (lambda: Calls(lambda m, x: m.fc(x.transpose(0, 1)), fc=nn.Linear(16, 8)), SEQUENCE),
    "linear, matrix turned over": (lambda: Calls(lambda m, x: m.fc(x.T), fc=nn.Linear(2, 8)), VECTORS),
    "linear, input cut": (lambda: Calls(lambda m, x: m.fc(x[..., :9]), fc=nn.Linear(9, 8)), SEQUENCE),
    "linear in the last of four": (lambda: Calls(lambda m, x: m.fc(x.mT), fc=nn.Linear(8, 5)), IMAGE),
    "rnn without a batch": (lambda: nn.RNN(16, 8), (10, 16)),
    "gru, one sequence, batch first": (lambda: nn.GRU(16, 8, batch_first=True), (1, 10, 16)),
    "gru, one step, batch first": (lambda: nn.GRU(16, 8, 2, bidirectional=True, batch_first=True), (3, 1, 16)),
    "rnn of 2 layers, batch first": (lambda: nn.RNN(16, 8, 2, bidirectional=True, batch_first=True), SEQUENCE),
    "lstm in double precision, batch first": (lambda: Doubled(nn.LSTM(16, 8, 2, batch_first=True)), SEQUENCE),
    "lstm, projected both ways": (lambda: nn.LSTM(16, 8, 2, proj_size=3, bidirectional=True), SEQUENCE),
    "keys and values of other sizes": (lambda: Attends(keys=12, values=10, batch_first=True), SEQUENCE),
    "keys and values of other sizes, with weights": (
        lambda: Attends(keys=12, values=10, batch_first=True, need_weights=True),
        SEQUENCE,
    ),
    "attention without biases": (lambda: attention(need_weights=False, bias=False), SEQUENCE),
    "attention to appended rows": (lambda: attention(need_weights=False, add_bias_kv=True), SEQUENCE),
    "attention with a mask": (masked, SEQUENCE),
    "attention with a mask, without weights": (lambda: masked(need_weights=False), SEQUENCE),
    "scaled products with a mask": (
        lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x, x, torch.zeros(10, 10))),
        (2, 2, 10, 16),
    ),
    "scaled products with a mask of 3 dimensions": (
        lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x, x, torch.zeros(2, 10, 10))),
        (2, 2, 10, 16),
    ),
    "scaled products with a learned mask": (
        lambda: Calls(lambda m, x: F.scaled_dot_product_attention(x, x, x, m.bias * 2), bias=torch.zeros(10, 10)),
        (2, 2, 10, 16),
    ),
    "scaled products of fewer keys' heads": (
        lambda: functional(lambda m, x: F.scaled_dot_product_attention(x, x[:, :2], x[:, :2], enable_gqa=True)),
        (2, 4, 10, 16),
    ),
    "encoder layer with gelu": (lambda: encoder_layer(activation="gelu"), SEQUENCE),
    "encoder layer with an activation layer": (lambda: encoder_layer(activation=nn.GELU()), SEQUENCE),
    "decoder layer": (decoder_layer, SEQUENCE),
    "deformable conv with a mask": (deformable, IMAGE),
    "deformable conv in 2 groups, no bias": (lambda: deformable(groups=2, bias=False), IMAGE),
    "layers under two parents": (under_two_parents, VECTORS),
    "layers of a closure": (held_by_a_closure, VECTORS),
    "linear on a vector, its features not divided by themselves": (lambda: nn.Linear(16, 7), (16,)),
    "nothing": (nn.Identity, IMAGE),
}


@pytest.mark.slow
@pytest.mark.parametrize("peer", BACKENDS)
@pytest.mark.parametrize("case", UNRECORDED)
def test_an_operator_is_predicted_as_ptflops_counts_it(case: str, peer: str) -> None:
    make, shape = UNRECORDED[case]
    check = checked(peer, make(), torch.zeros(shape))
    if case in FAILS and peer != ATEN:
        assert "'PackedSequence' object has no attribute 'shape'" in check.error
        return
    assert check.closed, said(check)


@pytest.mark.slow
@pytest.mark.parametrize("peer", BACKENDS)
@pytest.mark.parametrize(("make", "shape"), EDGES.values(), ids=EDGES)
def test_an_edge_of_a_rule_is_predicted_as_ptflops_counts_it(
    make: Callable[[], nn.Module], shape: tuple[int, ...], peer: str
) -> None:
    check = checked(peer, make(), torch.zeros(shape))
    assert check.closed, said(check)


@pytest.mark.parametrize("peer", [NAME, POSITION])
@pytest.mark.parametrize(
    ("module", "shape", "error"),
    [
        (nn.LSTMCell(16, 8), (16,), "tuple index out of range"),
        (Calls(lambda m, x: m.fc(input=x), fc=nn.Linear(16, 8)), VECTORS, "tuple index out of range"),
        (attention(need_weights=False), (10, 16), "tuple index out of range"),
    ],
    ids=["cell without a batch", "layer called by name", "attention without a batch"],
)
def test_where_a_hook_fails_its_own_words_are_the_error(
    module: nn.Module, shape: tuple[int, ...], error: str, peer: str
) -> None:
    check = checked(peer, module, torch.zeros(shape))
    assert check.reported is None
    assert error in check.error


@pytest.mark.parametrize("case", sorted({*RECORDED, *UNRECORDED, *EDGES} - FAILS))  # packing needs values
def test_the_aten_backend_counts_tensors_without_values_as_it_counts_real_ones(case: str) -> None:
    pytest.importorskip("ptflops")
    from netstat.peers._stand_ins import with_values, without_values

    if case in RECORDED:
        model = RECORDED[case].make().eval(), (RECORDED[case].input,)
    else:
        make, shape = (UNRECORDED | EDGES)[case]
        model = make().eval(), (torch.zeros(shape),)
    assert PEERS[ATEN].count(*without_values(*model)) == PEERS[ATEN].count(*with_values(*model))


@pytest.mark.parametrize(
    ("peer", "case", "reason", "amount"),
    [
        (NAME, "relu", "activation layer counted as 1 per output by its hook", 512),
        (NAME, "relu", "defect: activation layer counted again by the function it calls", 512),
        (NAME, "max pool 2", "defect: pooling layer counted again by the function it calls", 512),
        (NAME, "nearest upsampling", "defect: upsampling layer counted as 1 per output of one sample on top", 1024),
        (NAME, "subclassed conv", "product neither by a torch.nn layer with a hook nor by a replaced function", -27648),
        (NAME, "x @ w", "product neither by a torch.nn layer with a hook nor by a replaced function", -3200),
        (NAME, "torch.addmm", "added matrix of a replaced addmm or baddbmm counted as its elements", 10),
        (NAME, "attention with its weights", "defect: attention counted again by the functions it calls", 7200),
        (NAME, "lstm, projected", "defect: products that project the hidden state of an LSTM not counted", -640),
        (NAME, "conv without a batch", "defect: convolution without a batch, its channels taken for the batch", -6912),
        (POSITION, "linear, bias", "defect: what hooks count, and nothing else, divided by the batch", -170),
        (ATEN, "attention", "bias that a linear layer's product adds counted as 1 per output", 320),
        (ATEN, "F.scaled_dot_product_attention", "defect: attention kernel of the CPU not counted", -12800),
        (ATEN, "lstm, batch first", "defect: LSTM kernel of the CPU not counted", -15360),
        (ATEN, "torch.addmm", "added matrix of addmm counted as 1 per output", 20),
    ],
)
def test_a_difference_is_billed_under_its_name(peer: str, case: str, reason: str, amount: int) -> None:
    terms = checked(peer, RECORDED[case].make(), RECORDED[case].input).terms
    assert [term.amount for term in terms if term.reason.startswith(reason)] == [amount]


def test_a_layer_under_several_parents_is_added_up_for_each() -> None:
    check = checked(NAME, under_two_parents(), torch.zeros(VECTORS))
    (term,) = (term for term in check.terms if "several parents" in term.reason)
    linear, gelu = 3 * 2 * (16 * 16 + 16), 2 * 2 * 16  # three calls and two
    assert term.amount == 2 * linear + gelu
    assert set(term.paths) == {"a.0.0", "a.0.1"}


def test_several_inputs_go_to_the_model_as_they_are() -> None:
    pair = Calls(lambda m, x: x)
    pair.forward = lambda x, y: F.relu(x) + y  # type: ignore[method-assign]
    inputs = torch.zeros(2, 3), torch.zeros(2, 3)
    assert [checked(peer, pair, *inputs).reported for peer in BACKENDS] == [6, 6, 0]


def test_parameters_are_the_trainable_ones() -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2).requires_grad_(False))
    assert {checked(peer, model, torch.zeros(1, 4)).reported_params for peer in BACKENDS} == {15}


@pytest.mark.parametrize("peer", BACKENDS)
def test_functions_of_torch_are_what_they_were_once_ptflops_has_run(peer: str) -> None:
    before = F.relu, F.interpolate, torch.matmul, torch.Tensor.add
    checked(peer, nn.Sequential(nn.ReLU()), torch.zeros(2, 3))
    checked(peer, nn.LSTMCell(16, 8), torch.zeros(16))  # which fails
    assert before == (F.relu, F.interpolate, torch.matmul, torch.Tensor.add)
