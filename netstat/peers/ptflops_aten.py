"""ptflops with its aten backend: multiply-accumulates of a few operators that the dispatcher runs, on a CPU."""

from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.conventions import MACS, Convention, GraphTerm, Scope, Term, register
from netstat.peers._peer import PEERS, Figures
from netstat.peers.ptflops import PEER
from netstat.peers.rules import ptflops_aten as rules
from netstat.peers.rules import torch as torch_rules

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "ptflops-aten",
        "macs",
        "multiply-accumulates of convolutions and matrix products, and biases that the same operator adds",
        (
            MACS,
            Term("bias of convolutions counted as 1 per output", rules.convolution_bias),
            Term("bias that a linear layer's product adds counted as 1 per output", rules.linear_bias),
            Term("biases of recurrent cells counted as 1 per gate", rules.cell_bias),
            Term("biases that a recurrent layer's products add counted as 1 per gate", rules.recurrent_bias),
            Term("added matrix of addmm counted as 1 per output", rules.added),
            Term("einsum without anything to sum but sizes of 1 not counted", rules.once(torch_rules.einsum)),
            Term("outer product by tensordot counted as a matrix product", rules.once(torch_rules.outer)),
            Term("defect: product with a vector not counted", rules.once(torch_rules.vectors)),
            Term("defect: product by an operator it does not know not counted", rules.unknown_product),
            Term("defect: product added in place not counted", rules.product_in_place),
            Term("defect: LSTM kernel of the CPU not counted", rules.once(torch_rules.lstm)),
            GraphTerm("defect: attention kernel of the CPU not counted", rules.attention),
        ),
        Scope(
            sees="operators that the dispatcher runs, functional calls included",
            mode="evaluation, which it switches to itself and leaves on",
        ),
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run its counter, gradients on as its users have it."""
    from netstat.peers._ptflops_run import by_dispatcher

    return by_dispatcher(module, inputs)


PEERS.add("ptflops-aten")(replace(PEER, name="ptflops-aten", convention=CONVENTION, needs_values=False, count=count))
