"""thop (pytorch-OpCounter): multiply-accumulates, by forward hooks on the modules whose class it knows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from netstat.conventions import MACS, Convention, GraphTerm, Scope, Term, register
from netstat.peers._paths import first_paths
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules import thop as rules

if TYPE_CHECKING:
    from torch import Tensor, nn

CALLED = (
    MACS,
    Term("functional call not seen by module hooks", rules.functional),
    Term("module of a class without a rule, subclasses included, counted as nothing", rules.unknown_class),
    Term(
        "defect: transposed convolution counted per output instead of per input position", rules.transposed, "thop#93"
    ),
    Term("defect: input without a batch, its first size taken for the channels", rules.misread_channels),
    Term("batch, layer and instance normalisation counted as 4 per element", rules.norm),
    Term("batch, layer and instance normalisation without weights counted as 2 per element", rules.plain_norm),
    Term("average pooling counted as 1 per output", rules.average_pooling),
    Term("adaptive average pooling counted as (window+1) per output", rules.adaptive_average_pooling),
    Term("softmax counted as 3 per element, less 1 per row", rules.softmax),
    Term("parametric relu counted as 1 per element", rules.prelu),
    Term("upsampling counted as 1, 5, 11 or 259 per output, by its mode", rules.upsampling),
    Term("recurrent biases counted as 2 per gate", rules.recurrent_biases),
    Term("recurrent gates and states counted as 1 per hidden value, in a GRU 7, in an LSTM 8", rules.gates),
    Term("defect: projection of an LSTM ignored, its hidden state counted as before it", rules.projection),
    Term("defect: packed sequences all counted as long as the longest", rules.packed),
)
CONVENTION = register(
    Convention(
        "thop",
        "macs",
        "multiply-accumulates of the torch.nn layers that module hooks see; pooling, norms and softmax in operations",
        (
            *CALLED,
            GraphTerm(
                "defect: module under several parents hooked once for each, and summed once for each",
                rules.under_several_parents(CALLED),
                "thop#163",
            ),
        ),
        Scope(
            sees="calls of modules, by hooks on the very classes of torch.nn it has a rule for",
            mode="evaluation, which it switches to itself",
            shared="each call; one under several parents the square of their number as often",
            subclassed="nothing",
        ),
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run thop; it leaves buffers behind, and after an error hooks."""
    import thop

    total, params, tree = thop.profile(module, inputs, verbose=False, ret_layer_info=True)
    paths = first_paths(module)
    by_path: defaultdict[str, float] = defaultdict(float)
    for path, figure in _leaves(tree) if tree else [("", total)]:
        by_path[paths[path]] += figure
    return Figures(total, by_path, params)


def _leaves(tree: Mapping[str, tuple[float, float, Any]], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Path and figure of the modules at the ends of thop's tree: name to (operations, parameters, subtree)."""
    for name, (figure, _, subtree) in tree.items():
        if subtree:
            yield from _leaves(subtree, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", figure


PEERS.add("thop")(Peer("thop", "thop", CONVENTION, needs_values=False, count=count, known=("0.1.1-2209072238",)))
