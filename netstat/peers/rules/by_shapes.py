"""Layers that a counter knows by their class and counts by their shapes, whatever their forward runs."""

from collections.abc import Callable, Iterator
from math import prod

from netstat.conventions import Called, Counted, Share, calls


def kind(called: Called) -> str:
    """The layer that a module is: `nn.MultiheadAttention` has a class of its own for the last one it is made of."""
    base = called.call.module.base
    return "Linear" if base == "NonDynamicallyQuantizableLinear" else base


def products(called: Called) -> int:
    """Multiply-accumulates: per output, or per input of a transposed convolution, one for each weight that it meets."""
    weight = weight_of(called)
    if kind(called).startswith("ConvTranspose"):
        return called.call.inputs[0].numel * prod(weight[1:])
    if kind(called) == "Bilinear":
        return called.call.outputs[0].numel * (weight[1] + 1) * weight[2]
    return called.call.outputs[0].numel * prod(weight[1:])


def weight_of(called: Called) -> tuple[int, ...]:
    """Shape of the weight; one that is made anew in each call is no parameter. Empty where there is none at all."""
    own = [called.params["weight"].spec] if "weight" in called.params else []
    met = (spec for node in called.nodes if (spec := node.argument("weight")))
    return next((spec.shape for spec in (*own, *met)), ())


def by_shapes(applies: Callable[[Called], bool], times: int = 1) -> Callable[[Counted], Iterator[Share]]:
    """Products by shapes less those that ran, `times` each: nothing but in a subclass with a forward of its own."""

    def amounts(counted: Counted) -> Iterator[Share]:
        for called in filter(applies, calls(counted.graph)):
            call, path = called.call, called.call.module.path
            inside = range(call.start, call.stop)
            ran = sum(counted.costs[i].macs for i in inside if counted.graph.nodes[i].path == path)
            if weight_of(called):
                yield Share(times * (products(called) - ran), path, max(call.stop - 1, 0))

    return amounts
