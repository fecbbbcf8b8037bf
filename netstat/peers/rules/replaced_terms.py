"""The rules that calflops and DeepSpeed share, as terms of a bill."""

from collections.abc import Iterator
from dataclasses import dataclass

from netstat.conventions import DOUBLED, MACS, Counted, ModuleTerm, Scope, Share, Term
from netstat.graph import Graph
from netstat.peers.rules import hooked_recurrent as recurrent
from netstat.peers.rules import replaced_elements as elements
from netstat.peers.rules import replaced_products as products

Terms = tuple[Term | ModuleTerm, ...]
SCOPE = Scope(
    sees="functions and methods of torch replaced by ones that count; hooks on recurrent layers",
    mode="evaluation, which it switches to",
    subclassed="like its parent; a recurrent layer as nothing",
)
ONLY_REPLACED = "product by a function that is not replaced, counted as nothing"

# As differences in multiply-accumulates, which are as many in MACs and twice as many in operations.
PRODUCTS: tuple[Term, ...] = (
    Term(
        "defect: linear layer with a vector for a weight, its input features taken for output features",
        products.vector_weight,
    ),
    Term("defect: even kernel padded to the same size, its padding rounded down on both sides", products.same_padding),
    Term("defect: input without a batch, its channels taken for the batch", products.without_batch),
)


def in_macs(rules: Terms) -> Terms:
    """The bill of multiply-accumulates alone; recurrent layers and einsum have none."""
    return (
        MACS,
        *rules,
        Term("einsum counted in operations, and not in multiply-accumulates", products.einsum),
        Term("recurrent layer counted in operations, and not in multiply-accumulates", products.recurrent),
    )


def in_operations(rules: tuple[Term, ...], rest: Terms) -> Terms:
    """The bill of operations."""
    return (MACS, DOUBLED, *map(_twice, rules), *ELEMENTS, *rest)


def _twice(rule: Term) -> Term:
    return Term(rule.reason, lambda node, cost: 2 * rule.amount(node, cost), rule.issue)


def _norms() -> Iterator[Term]:
    yield Term("batch normalisation counted as 2 per element", elements.batch_norm(2, training=False, weights=True))
    yield Term(
        "batch normalisation without weights counted as 1 per element",
        elements.batch_norm(1, training=False, weights=False),
    )
    yield Term(
        "batch normalisation over the batch's own statistics counted as 5 per element",
        elements.batch_norm(5, training=True, weights=True),
    )
    yield Term(
        "batch normalisation over the batch's own statistics, without weights, counted as 4 per element",
        elements.batch_norm(4, training=True, weights=False),
    )
    yield Term("layer, group and instance normalisation counted as 5 per element", elements.norm(5, weights=True))
    yield Term(
        "layer, group and instance normalisation without weights counted as 4 per element",
        elements.norm(4, weights=False),
    )
    yield Term(
        "local response normalisation counted as 3 per element and 1 per pooled element, padding included",
        elements.response_norm,
    )


def _recurrent() -> Iterator[Term | ModuleTerm]:
    yield Term("recurrent layer without a hook, subclasses included, counted as nothing", recurrent.not_hooked)
    yield ModuleTerm("recurrent products counted as one sum less per gate and product", recurrent.less_one)
    yield ModuleTerm("recurrent biases counted as 2 per gate", recurrent.biases)
    yield ModuleTerm(
        "recurrent gates and states counted as 1 per hidden value, in a GRU 7, in an LSTM 10", recurrent.states
    )
    yield ModuleTerm("defect: projection of an LSTM counted as nothing", recurrent.projection)
    yield ModuleTerm(
        "defect: recurrent layer's input without a batch, its features taken for time steps", recurrent.without_batch
    )


ELEMENTS: Terms = (
    Term("einsum counted as numpy's figure for the best order, in 4 digits", elements.einsum),
    Term("convolution bias counted as 1 per output; that of a linear layer is not", elements.bias),
    Term("defect: convolution bias counted at the output size taken for granted", elements.misplaced_bias),
    Term("sum with a product counted as 1 per element before it is repeated", elements.added),
    Term("activation by its function counted as 1 per element", elements.per_input(elements.ACTIVATION)),
    ModuleTerm("transformer layer's activation, which it keeps a function for, not seen", elements.held_activation),
    Term("pooling counted as its input elements", elements.per_input(elements.POOL)),
    Term("softmax counted as 1 per element", elements.per_input(elements.SOFTMAX)),
    *_norms(),
    Term("addition and multiplication by name counted as 1 per output; by sign they are not", elements.elementwise),
    Term("defect: upsampling to a size counted as its positions, without batch and channels", elements.to_size),
    *_recurrent(),
)


@dataclass(frozen=True, slots=True)
class AgainPerParent(Term):
    """What all other terms add in a module that several parents have, once more for each further one.

    Attributes:
        terms: the other terms.
    """

    terms: Terms = ()

    def shares(self, counted: Counted) -> Iterator[Share]:
        """Their shares, as often as the module is met again."""
        visits = _visits(counted.graph)
        for term in self.terms:
            for share in term.shares(counted):
                if again := visits.get(share.path, 1) - 1:
                    yield share._replace(amount=again * share.amount)


def again_per_parent(reason: str, terms: Terms) -> Terms:
    """`terms`, and those of them that a walk from parents to children meets again."""
    return (*terms, AgainPerParent(reason, lambda node, cost: 0, terms=terms))


def _visits(graph: Graph) -> dict[str, int]:
    """How often a walk from parents to children comes by a module: once per parent, each time it comes by that."""
    first = dict(graph.aliases)
    parents: dict[str, set[str]] = {}
    for path in (*(module.path for module in graph.modules if module.path), *first):
        parent = path.rpartition(".")[0]
        parents.setdefault(first.get(path, path), set()).add(first.get(parent, parent))
    visits = {"": 1}

    def visited(path: str) -> int:
        if path not in visits:
            visits[path] = sum(map(visited, parents[path]))
        return visits[path]

    return {path: visited(path) for path in parents} | visits
