"""What ptflops makes of a whole graph: the bill of its default backend, for what the tool is handed by name."""

from collections.abc import Callable, Iterator

from netstat.conventions import MACS, Called, Counted, GraphTerm, ModuleTerm, Share, Term
from netstat.cost import ZERO
from netstat.graph import TORCH
from netstat.peers.rules import ptflops_attention as attention
from netstat.peers.rules import ptflops_functions as functions
from netstat.peers.rules import ptflops_hooks as hooks
from netstat.peers.rules.visits import chains

TWICE = "ptflops#143"
PARTS: tuple[hooks.Part, ...] = (
    *(hooks.convolution_products, hooks.convolution_bias, hooks.linear_products, hooks.linear_bias),
    *(hooks.recurrent_products, hooks.recurrent_biases, hooks.gates),
    *(hooks.activations, hooks.pools, hooks.norms, hooks.affine_norms, hooks.upsampling),
    *attention.PARTS,
)
_LAYERS = frozenset({"TransformerEncoderLayer", "TransformerDecoderLayer"})


def _hooked(called: Called) -> int:
    """All that the hook of a call writes down."""
    return sum(part(called) for part in PARTS)


def _times_added(counted: Counted) -> dict[str, int]:
    """By module: from how many parents its figure is added up.

    The sum goes from parents to children, and no further than a module with a hook. A module that a closure holds is
    nobody's child, and has no hook.
    """
    modules = counted.graph.modules
    ends = {module.path for module in modules if not module.leaf and _has_hook(module.kind, module.home)}
    return {
        path: sum(path == "" or ends.isdisjoint(("", *chain[:-1])) for chain in found)
        for path, found in chains(counted.graph).items()
    }


def _has_hook(kind: str, home: str) -> bool:
    """Of a class with children."""
    return kind == attention.ATTENTION if home == TORCH else kind == "Attention" and home in attention.TIMM


def _by_times(weight: Callable[[int], int]) -> Callable[[Counted], Iterator[Share]]:
    """The figures of hooks, each as many times as `weight` makes of how often it is added up."""

    def amounts(counted: Counted) -> Iterator[Share]:
        times = _times_added(counted)
        for share in ModuleTerm("all that its hook writes down", _hooked).shares(counted):
            yield share._replace(amount=weight(times.get(share.path, 0)) * share.amount)

    return amounts


def held(called: Called) -> int:
    """A transformer layer holds its activation function since it was built, and calls it past the replacement."""
    module = called.call.module
    if module.base not in _LAYERS:
        return 0
    own = (node for node in called.nodes if node.path == module.path)
    return -sum(functions.activation(node, ZERO) for node in own)


def divided(counted: Counted) -> Iterator[Share]:
    """The sum of all hooks by the size of the batch, cut to a whole number."""
    total = sum(share.amount for share in _by_times(lambda times: times)(counted))
    batch = next((spec.shape[0] for _, spec in counted.graph.inputs if spec.shape), 1)
    yield Share(total // (batch or 1) - total, "", len(counted.graph.nodes) - 1)


TERMS: tuple[Term | ModuleTerm | GraphTerm, ...] = (
    MACS,
    Term("product neither by a torch.nn layer with a hook nor by a replaced function, not counted", functions.unseen),
    Term("defect: product of a vector or a repeated matrix by a replaced function misread", functions.misread_product),
    Term("added matrix of a replaced addmm or baddbmm counted as its elements", functions.added),
    ModuleTerm("bias of convolutions counted as 1 per output", hooks.convolution_bias),
    ModuleTerm("bias of linear layers counted as 1 per output", hooks.linear_bias),
    ModuleTerm("defect: convolution without a batch, its channels taken for the batch", hooks.misread_batch),
    ModuleTerm("recurrent biases counted as 2 per gate", hooks.recurrent_biases),
    ModuleTerm("recurrent gates and states counted as 1 per hidden value, in a GRU 7, in an LSTM 10", hooks.gates),
    ModuleTerm("defect: products that project the hidden state of an LSTM not counted", hooks.projection),
    ModuleTerm("defect: sequence without a batch, its features taken for steps", hooks.misread_rows),
    ModuleTerm("biases of attention counted as 1 per output, that of its output always", attention.attention_bias),
    ModuleTerm("scaling and softmax of attention counted as 1 per query value and score", attention.scores),
    ModuleTerm("defect: keys and values not of the size of the queries misread", attention.misread_sizes),
    ModuleTerm("defect: bias or zeros appended to keys and values not counted", attention.appended),
    Term("defect: attention counted again by the functions it calls", functions.attention_again, TWICE),
    ModuleTerm("attention of timm counted as products, scaling and softmax", attention.timm_attention),
    ModuleTerm(
        "deformable convolution counted as products, bias and 24 per kernel position, 25 with a mask",
        attention.deformable_convolution,
    ),
    ModuleTerm("activation layer counted as 1 per output by its hook", hooks.activations),
    Term("defect: activation layer counted again by the function it calls", functions.activation_again, TWICE),
    Term("activation function counted as 1 per input", functions.activation),
    ModuleTerm("function that a transformer layer holds since it was built, not replaced", held),
    ModuleTerm("pooling layer counted as its input elements by its hook", hooks.pools),
    Term("defect: pooling layer counted again by the function it calls", functions.pool_again, TWICE),
    Term("pooling function counted as its input elements", functions.pool),
    ModuleTerm("batch, layer, group and instance normalisation counted as 1 per element", hooks.norms),
    ModuleTerm("weights of batch, group and instance normalisation counted as 1 per element", hooks.affine_norms),
    Term("softmax counted as 1 per element", functions.softmax),
    Term("local response normalisation counted as 4 per element and 1 per padded one", functions.local_response_norm),
    Term("interpolation counted as 1 per output", functions.interpolation),
    ModuleTerm("defect: upsampling layer counted as 1 per output of one sample on top", hooks.upsampling, TWICE),
    Term("torch.add and torch.mul, also as methods, counted as 1 per output", functions.elementwise),
    Term("defect: operands of different dimensions aligned at the first", functions.misaligned),
    GraphTerm(
        "layer inside one with a hook of its own, or held by a closure, not added up",
        _by_times(lambda times: -1 if times == 0 else 0),
    ),
    GraphTerm("defect: layer under several parents added up for each", _by_times(lambda times: max(times - 1, 0))),
)
