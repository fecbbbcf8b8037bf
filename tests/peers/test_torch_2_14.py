"""Layers and attention that are one kernel: stated for torch 2.14, held against the installed torch, too."""

from typing import Any

import pytest

from tests.peers.settled import captured

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402

from netstat.conventions import CONVENTIONS, Convention, Counted, Term  # noqa: E402
from netstat.ops import node_cost  # noqa: E402
from netstat.peers.rules import torch as rules  # noqa: E402
from netstat.peers.rules.torch_layers import whole_layers  # noqa: E402
from tests.one_operator import Calls  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

_TERMS = (*rules.PRODUCTS, Term("the kernel before 2.15", rules.before((2, 15), rules.cpu_attention)))
INSTALLED = Convention("installed", "flops", "as its users run it", (*_TERMS, *whole_layers(_TERMS)))
SEQUENCE = torch.zeros(2, 10, 16)
CAUSAL = torch.ones(10, 10).triu(1)
PADDED = torch.arange(10).expand(2, 10) > 7


def attention(**options: Any) -> nn.MultiheadAttention:
    return nn.MultiheadAttention(16, **{"num_heads": 4, "batch_first": True, **options})


def attends(layer: nn.Module | None = None, **options: Any) -> nn.Module:
    return Calls(lambda m, x: m.layer(x, x, x, **options)[0], layer=layer or attention())


def layer(**options: Any) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(16, dim_feedforward=32, **{"nhead": 4, "batch_first": True, **options})


def encodes(**options: Any) -> nn.Module:
    return Calls(lambda m, x: m.layer(x, **options), layer=layer())


def with_another_epsilon() -> nn.Module:
    made = layer()
    made.norm2.eps = 1e-6
    return made


LAYERS = {
    "attention": lambda: attends(),
    "attention without weights": lambda: attends(need_weights=False),
    "attention by name": lambda: Calls(lambda m, x: m.layer(query=x, key=x, value=x)[0], layer=attention()),
    "attention, sequence first": lambda: attends(attention(batch_first=False)),
    "attention without biases": lambda: attends(attention(bias=False)),
    "attention by three heads": lambda: Calls(
        lambda m, x: m.layer(x[..., :12], x[..., :12], x[..., :12])[0], layer=nn.MultiheadAttention(12, 3)
    ),
    "attention by one head": lambda: attends(attention(num_heads=1)),
    "attention by one head without weights": lambda: attends(attention(num_heads=1), need_weights=False),
    "attention by two heads": lambda: attends(attention(num_heads=2)),
    "attention with key and value appended": lambda: attends(attention(add_bias_kv=True)),
    "attention with zeros appended": lambda: attends(attention(add_zero_attn=True)),
    "attention to others": lambda: Calls(lambda m, x: m.layer(x, x + 1, x + 1)[0], layer=attention()),
    "attention to keys that are not the values": lambda: Calls(lambda m, x: m.layer(x, x, x + 1)[0], layer=attention()),
    "attention to values of another size": lambda: Calls(
        lambda m, x: m.layer(x, x, x[..., :4])[0], layer=attention(vdim=4)
    ),
    "attention without a batch": lambda: Calls(lambda m, x: m.layer(x[0], x[0], x[0])[0], layer=attention()),
    "attention, masked": lambda: attends(attn_mask=CAUSAL.bool()),
    "attention, masked by numbers": lambda: attends(attn_mask=CAUSAL),
    "attention, masked by numbers, without weights": lambda: attends(attn_mask=CAUSAL, need_weights=False),
    "attention, causal": lambda: attends(attn_mask=CAUSAL.bool(), is_causal=True, need_weights=False),
    "attention, causal by numbers": lambda: attends(attn_mask=CAUSAL, is_causal=True, need_weights=False),
    "attention, padded": lambda: attends(key_padding_mask=PADDED),
    "attention, padded, without weights": lambda: attends(key_padding_mask=PADDED, need_weights=False),
    "attention, padded by numbers": lambda: attends(key_padding_mask=PADDED.float()),
    "encoder layer": lambda: layer(),
    "encoder layer, norm first": lambda: layer(norm_first=True),
    "encoder layer with gelu": lambda: layer(activation="gelu"),
    "encoder layer with a module of gelu": lambda: layer(activation=nn.GELU()),
    "encoder layer with another activation": lambda: layer(activation=nn.SiLU()),
    "encoder layer, sequence first": lambda: layer(batch_first=False),
    "encoder layer without biases": lambda: layer(bias=False),
    "encoder layer of one head": lambda: layer(nhead=1),
    "encoder layer with another epsilon": with_another_epsilon,
    "encoder layer, masked": lambda: encodes(src_mask=CAUSAL.bool()),
    "encoder layer, masked by numbers": lambda: encodes(src_mask=CAUSAL),
    "encoder layer, padded": lambda: encodes(src_key_padding_mask=PADDED),
    "encoder": lambda: nn.TransformerEncoder(layer(), 2),
    "encoder, norm first": lambda: nn.TransformerEncoder(layer(norm_first=True), 2),
    "decoder layer": lambda: Calls(
        lambda m, x: m.layer(x, x + 1), layer=nn.TransformerDecoderLayer(16, 4, 32, batch_first=True)
    ),
    "decoder layer, causal": lambda: Calls(
        lambda m, x: m.layer(x, x + 1, tgt_mask=CAUSAL, tgt_is_causal=True),
        layer=nn.TransformerDecoderLayer(16, 4, 32, batch_first=True),
    ),
    "encoder and decoder": lambda: Calls(
        lambda m, x: m.layer(x, x + 1), layer=nn.Transformer(16, 4, 2, 2, 32, batch_first=True)
    ),
}


def attended(*shapes: tuple[int, ...], **options: Any) -> nn.Module:
    """Queries, keys and values of these shapes."""
    made = [torch.zeros(shape) for shape in (shapes if len(shapes) == 3 else shapes * 3)]
    return Calls(lambda m, x: nn.functional.scaled_dot_product_attention(*made, **options) + x[0, 0, 0])


IMAGES = (2, 4, 6, 5)
# The figure of torch 2.14.1, run on a CPU: without a formula for its kernel, what is not two products is nothing.
ATTENDED = {
    "attention": (attended(IMAGES), 0),
    "attention without a batch": (attended(IMAGES[1:]), 0),
    "attention of one head without a batch": (attended(IMAGES[2:]), 2 * 2 * 6 * 6 * 5),
    "attention of five dimensions": (attended((2, *IMAGES)), 2 * 2 * 2 * 8 * 6 * 6 * 5),
    "attention to longer keys": (attended(IMAGES, (2, 4, 9, 5), (2, 4, 9, 5)), 0),
    "attention to shared keys": (attended(IMAGES, (2, 2, 6, 5), (2, 2, 6, 5), enable_gqa=True), 0),
    "attention to one head of keys": (attended(IMAGES, (2, 1, 6, 5), (2, 1, 6, 5)), 0),
    "attention to keys and values by other heads": (
        attended(IMAGES, (2, 2, 6, 5), (2, 1, 6, 5), enable_gqa=True),
        2 * 2 * 8 * 6 * 6 * 5,
    ),
    "attention to keys for a whole batch": (attended(IMAGES, (1, 4, 6, 5), (1, 4, 6, 5)), 2 * 2 * 8 * 6 * 6 * 5),
    "attention to values of another size": (attended(IMAGES, IMAGES, (2, 4, 6, 7)), 2 * 8 * 6 * 6 * (5 + 7)),
    "attention with dropout": (attended(IMAGES, dropout_p=0.5), 2 * 2 * 8 * 6 * 6 * 5),
    "attention, masked": (attended(IMAGES, attn_mask=torch.zeros(6, 6)), 0),
    "attention, masked head by head": (attended(IMAGES, attn_mask=torch.zeros(4, 6, 6)), 2 * 2 * 8 * 6 * 6 * 5),
    "attention, masked image by image": (attended(IMAGES, attn_mask=torch.zeros(2, 4, 6, 6)), 0),
    "attention without a batch, masked head by head": (attended(IMAGES[1:], attn_mask=torch.zeros(4, 6, 6)), 0),
}


def counted(module: nn.Module, input: Tensor) -> int:
    """By the counter of the installed torch, as its users run it."""
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(input)
    return counter.get_total_flops()


def predicted(convention: Convention, module: nn.Module, input: Tensor) -> int:
    graph = captured(module, input)
    return convention.count(Counted.of(graph, [node_cost(node) for node in graph.nodes]))


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_a_layer_is_one_kernel_where_torch_makes_it_one(make: Any) -> None:
    module = make().eval()
    assert predicted(INSTALLED, module, SEQUENCE) == counted(module, SEQUENCE)


@pytest.mark.parametrize(("module", "figure"), ATTENDED.values(), ids=ATTENDED)
def test_attention_is_one_kernel_where_torch_2_14_made_it_one(module: nn.Module, figure: int) -> None:
    assert predicted(CONVENTIONS["torch-2.14"], module, SEQUENCE) == figure
    assert predicted(INSTALLED, module, SEQUENCE) == counted(module, SEQUENCE)


def test_a_whole_layer_is_billed_once_and_by_what_it_is() -> None:
    graph = captured(layer().eval(), SEQUENCE)
    shares = [
        (share.path, share.amount)
        for term in CONVENTIONS["torch-2.14"].terms[-2:]
        for share in term.shares(Counted.of(graph, [node_cost(node) for node in graph.nodes]))
    ]
    assert [path for path, _ in shares] == ["self_attn", ""]
    assert sum(amount for _, amount in shares) == -81_920  # what it would be but for these two rules


def test_in_training_layers_run_as_their_parts() -> None:
    from netstat.frontends.trying import capture_lightest

    graph = capture_lightest(layer(), (SEQUENCE,), {}, training=True)
    counted = Counted.of(graph, [node_cost(node) for node in graph.nodes])
    assert CONVENTIONS["torch-2.14"].count(counted) == 2 * 47_360
