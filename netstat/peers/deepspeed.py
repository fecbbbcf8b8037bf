"""DeepSpeed's profiler: operations, by functions of torch that are replaced while the model runs."""

from typing import TYPE_CHECKING

from netstat.conventions import Convention, Term, register
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules import replaced_elements as elements
from netstat.peers.rules import replaced_products as products
from netstat.peers.rules.replaced_terms import ONLY_REPLACED, PRODUCTS, SCOPE, in_operations

if TYPE_CHECKING:
    from torch import Tensor, nn

_MATMUL = products.MATMUL | products.SIGN | products.MM

PRODUCT_RULES: tuple[Term, ...] = (
    Term(ONLY_REPLACED, products.unknown(products.EVERYWHERE | _MATMUL | products.ATTENTION)),
    Term(
        "defect: matrix product counted as elements of the first by the last size of the second",
        products.matmul(_MATMUL),
    ),
    Term("defect: attention counted for the batch and heads of the query", products.attention),
    *PRODUCTS,
)
CONVENTION = register(
    Convention(
        "deepspeed",
        "flops",
        "operations of the functions it replaces: two per multiply-accumulate, one or more per element of the rest",
        in_operations(
            PRODUCT_RULES,
            (
                Term(
                    "defect: bias of a transposed convolution of an input without a batch, its channels taken for it",
                    elements.transposed_bias_without_batch,
                ),
                Term("upsampling by a factor counted as 1 per output", elements.by_factor_to_outputs),
            ),
        ),
        SCOPE,
        evaluates=True,
    )
)


def measured(module: "nn.Module", inputs: "tuple[Tensor, ...]", attribute: str) -> Figures:
    """Run its profiler, and read what it notes at each module, "__flops__" or "__macs__"."""
    from deepspeed.profiling.flops_profiler import FlopsProfiler

    profiler = FlopsProfiler(module)
    profiler.start_profile()
    try:
        module(*inputs)
        by_path = {path: getattr(child, attribute) for path, child in module.named_modules()}
        total = profiler.get_total_flops() if attribute == "__flops__" else profiler.get_total_macs()
        return Figures(total, by_path, profiler.get_total_params())
    finally:
        profiler.end_profile()


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Its operations."""
    return measured(module, inputs, "__flops__")


# What it imports, and what that imports. It is built from source, which compiles nothing.
_REQUIREMENTS = (
    *("deepspeed==0.19.8", "hjson", "einops", "msgpack", "psutil", "packaging", "tqdm"),
    *("pydantic==2.14.3", "pydantic-core==2.50.4", "annotated-types", "typing-inspection", "typing-extensions"),
)
PEER = PEERS.add("deepspeed")(
    Peer(
        "deepspeed",
        "deepspeed",
        CONVENTION,
        needs_values=True,
        count=count,
        apart=True,
        requirements=_REQUIREMENTS,
        known=("0.19.8",),
    )
)
