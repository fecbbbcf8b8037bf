"""ultralytics-thop: a fork of thop under the same import name, with rules of its own.

Its convention is written from what version 2.2.3 returns.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from netstat.conventions import MACS, Convention, GraphTerm, Scope, register
from netstat.peers._paths import first_paths
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules import ultralytics_thop as rules

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "ultralytics-thop",
        "macs",
        "multiply-accumulates of layers and products it has rules for; pooling, norms and softmax in operations",
        (
            MACS,
            GraphTerm(
                "call in no module with a rule, and of no function it replaces, counted as nothing", rules.outside
            ),
            GraphTerm("call inside a module whose rule is not about it counted as nothing", rules.within),
            GraphTerm("subclass counted by its shapes like its parent, whatever its forward runs", rules.subclassed),
            GraphTerm(
                "einsum of two operands counted as all sizes it keeps or shares, of one or three as nothing",
                rules.einsum,
            ),
            GraphTerm(
                "batch, layer, group, instance and rms normalisation counted as 4 per element",
                rules.norm(4, weights=True),
            ),
            GraphTerm("normalisation without weights counted as 2 per element", rules.norm(2, weights=False)),
            GraphTerm("average pooling counted as its window and 1 per output", rules.average_pooling),
            GraphTerm(
                "adaptive average pooling counted as its window, in whole inputs, and 1 per output",
                rules.adaptive_average_pooling,
            ),
            GraphTerm("softmax counted as 3 per element, less 1 per row", rules.softmax),
            GraphTerm("logarithm of a softmax counted as 1 per row more", rules.log_softmax),
            GraphTerm("negation before a softmax counted as 1 per element more", rules.softmin),
            GraphTerm("softmax of multi-head attention counted as 3 per weight, less 1 per query", rules.attention),
            GraphTerm("parametric relu counted as 1 per element", rules.prelu),
            GraphTerm("upsampling counted as 5, 11, 31 or 259 per output, by its mode", rules.upsampling),
            GraphTerm("recurrent biases counted as 2 per gate", rules.recurrent_biases),
            GraphTerm(
                "recurrent gates and states counted as 1 per hidden value, in a GRU 7, in an LSTM 8", rules.gates
            ),
        ),
        Scope(
            sees="calls of modules, by hooks; products outside all modules with a rule, by functions replaced",
            mode="evaluation, which it switches to itself",
        ),
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run it. Of modules without a rule it has no figure that is theirs: functions are added to the total alone."""
    import thop

    total, params, tree = thop.profile(module, inputs, verbose=False, ret_layer_info=True)
    ruled = set(_ruled(module))
    own = dict(_own(tree, first_paths(module)))
    own[""] = total - sum(own.values())
    return Figures(total, {path: figure for path, figure in own.items() if path in ruled}, params)


def _ruled(module: "nn.Module") -> Iterator[str]:
    """Paths of the modules that have a rule which counts."""
    from thop.profile import register_hooks, zero_ops

    for path, child in module.named_modules():
        rule = next((register_hooks[kind] for kind in type(child).__mro__ if kind in register_hooks), zero_ops)
        if rule is not zero_ops:
            yield path


def _own(
    tree: Mapping[str, tuple[float, float, Any]], first: Mapping[str, str], prefix: str = ""
) -> Iterator[tuple[str, float]]:
    """First path and figure of every module; a node of the tree is name to (operations, parameters, subtree)."""
    for name, (figure, _, subtree) in tree.items():
        path = f"{prefix}{name}"
        if first[path] == path:
            added = (child[0] for name, child in subtree.items() if first[f"{path}.{name}"] == f"{path}.{name}")
            yield path, figure - sum(added)
            yield from _own(subtree, first, f"{path}.")


PEERS.add("ultralytics-thop")(
    Peer(
        "ultralytics-thop",
        "ultralytics-thop",
        CONVENTION,
        needs_values=False,
        count=count,
        apart=True,
        requirements=("ultralytics-thop==2.2.3",),
        modules=("thop",),
        alone=True,
        known=("2.2.3",),
    )
)
