"""calflops: operations, by functions of torch that are replaced while the model runs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.conventions import Convention, Term, register
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules import replaced_elements as elements
from netstat.peers.rules import replaced_products as products
from netstat.peers.rules.replaced_terms import (
    ONLY_REPLACED,
    PRODUCTS,
    SCOPE,
    again_per_parent,
    in_operations,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

AGAIN = replace(SCOPE, shared="each call, again for every further parent")
_BY_FUNCTION = products.EVERYWHERE
_KNOWN = _BY_FUNCTION | products.SIGN | products.MM | products.ATTENTION
TWICE_REACHED = "defect: module of several parents counted once more for each further one"

PRODUCT_RULES: tuple[Term, ...] = (
    Term(
        "defect: attention function counted as nothing",
        products.not_replaced(products.ATTENTION, _BY_FUNCTION),
        "calflops#48",
    ),
    Term(
        "defect: matrix product by its sign @ counted as nothing",
        products.not_replaced(products.SIGN, _BY_FUNCTION),
        "calflops#48",
    ),
    Term(
        "defect: matrix products mm and bmm counted as nothing",
        products.not_replaced(products.MM, _BY_FUNCTION),
        "calflops#26",
    ),
    Term(ONLY_REPLACED, products.unknown(_KNOWN)),
    Term(
        "defect: matrix product counted as elements of the first by the last size of the second",
        products.matmul(products.MATMUL),
    ),
    Term("defect: grouped transposed convolution, its filters divided by the groups again", products.grouped_twice),
    *PRODUCTS,
)
CONVENTION = register(
    Convention(
        "calflops",
        "flops",
        "operations of the functions it replaces: two per multiply-accumulate, one or more per element of the rest",
        again_per_parent(
            TWICE_REACHED,
            in_operations(
                PRODUCT_RULES,
                (
                    Term(
                        "defect: bias of a transposed convolution counted at the outputs of one forward",
                        elements.forward_bias,
                    ),
                    Term("defect: larger size of dimensions counted from the first, not the last", elements.misaligned),
                    Term("defect: upsampling by a factor counted as its input elements", elements.by_factor),
                ),
            ),
        ),
        AGAIN,
        evaluates=True,
    )
)


def measured(module: "nn.Module", inputs: "tuple[Tensor, ...]", attribute: str) -> Figures:
    """Run calflops, and read what it notes at each module, "__flops__" or "__macs__".

    Its own front end reports text, forgets the modules, and refuses a model without parameters.
    """
    from calflops.calculate_pipline import CalFlopsPipline

    pipeline = CalFlopsPipline(module, include_backPropagation=False, compute_bp_factor=2.0)
    pipeline.start_flops_calculate()
    try:
        module(*inputs)
        paths = {id(child): path for path, child in module.named_modules()}
        by_path: Counter[str] = Counter()
        for met in _walk(module):
            by_path[paths[id(met)]] += getattr(met, attribute)
        total = pipeline.get_total_flops() if attribute == "__flops__" else pipeline.get_total_macs()
        return Figures(total, by_path, pipeline.get_total_params())
    finally:
        pipeline.end_flops_calculate()


def _walk(module: "nn.Module") -> "Iterator[nn.Module]":
    """A module as often as one of its parents is met."""
    yield module
    for child in module.children():
        yield from _walk(child)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Its operations."""
    return measured(module, inputs, "__flops__")


PEER = PEERS.add("calflops")(
    Peer(
        "calflops",
        "calflops",
        CONVENTION,
        needs_values=True,
        count=count,
        apart=True,
        before=("transformers",),
        requirements=("calflops==0.3.2", "accelerate"),
        known=("0.3.2",),
    )
)
