"""Recurrent layers: a step per row and time, forwards and backwards, layer upon layer."""

from collections.abc import Callable
from itertools import chain
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.cells import GATES, STEPS, Vector, row
from oracle.counted import Counted, contraction
from oracle.draws import DTYPES
from oracle.tensors import Index, Tensor

Sequences = list[list[Vector]]  # per sequence, per time step


def layers(kind: str) -> Callable[..., tuple[Tensor, ...]]:
    """All layers of one kind of cell."""

    def loops(
        input: Tensor,
        hx: Any,
        params: list[Tensor],
        has_biases: bool,
        num_layers: int,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool = False,
        batch_sizes: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        places = where(input.shape, batch_first, None if batch_sizes is None else lengths(batch_sizes))
        before = hx if kind == "lstm" else [hx]
        after = [input.like(state.shape) for state in before]
        runs = num_layers * (2 if bidirectional else 1)
        held = [[row(input, *at) for at in sequence] for sequence in places]
        for layer in range(num_layers):
            if layer and train and dropout:
                held = [[list(map(drop, x)) for x in sequence] for sequence in held]
            made = []
            for run in range(layer * runs // num_layers, (layer + 1) * runs // num_layers):
                own = params[run * len(params) // runs : (run + 1) * len(params) // runs]
                backwards = bidirectional and run % 2 == 1
                made.append(pass_over(kind, own, has_biases, held, before, after, run, backwards))
            held = [[list(chain(*xs)) for xs in zip(*sequences, strict=True)] for sequences in zip(*made, strict=True)]
        output = input.like((*input.shape[:-1], len(held[0][0])))
        for sequence, vectors in zip(places, held, strict=True):
            for at, vector in zip(sequence, vectors, strict=True):
                for i, value in enumerate(vector):
                    output[*at, i] = value
        return output, *after

    return loops


def pass_over(
    kind: str,
    own: list[Tensor],
    has_biases: bool,
    held: Sequences,
    before: list[Tensor],
    after: list[Tensor],
    run: int,
    backwards: bool,
) -> Sequences:
    """One layer in one direction over every sequence, from the state handed in to the state handed back."""
    biases = own[2:4] if has_biases else [None, None]
    w_hr = own[2 + 2 * has_biases] if len(own) > 2 + 2 * has_biases else None
    made = []
    for number, sequence in enumerate(held):
        state = tuple(row(tensor, run, number) for tensor in before)
        outputs = []
        for x in reversed(sequence) if backwards else sequence:
            state = STEPS[kind]((*own[:2], *biases), x, *state)
            if w_hr is not None:
                state = project(w_hr, state[0]), state[1]
            outputs.append(state[0])
        made.append(outputs[::-1] if backwards else outputs)
        for tensor, values in zip(after, state, strict=True):
            for i, value in enumerate(values):
                tensor[run, number, i] = value
    return made


def project(w_hr: Tensor, h: Vector) -> Vector:
    outs, hidden = w_hr.shape
    return [contraction((w_hr[out, i], h[i]) for i in range(hidden)) for out in range(outs)]


def drop(x: Counted) -> Counted:
    """Only p = 1 is drawn: nothing survives."""
    survives = Counted(0.0, x.tally) > 1.0
    return x * float(survives)


def lengths(batch_sizes: Tensor) -> list[int]:
    """How many sequences there are at each time step."""
    return [int(batch_sizes[t,].value) for t in range(batch_sizes.shape[0])]


def where(shape: Index, batch_first: bool, counts: list[int] | None) -> list[list[Index]]:
    """Per sequence, where its time steps lie in the input."""
    if counts is None:
        steps, batch = (shape[1], shape[0]) if batch_first else shape[:2]
        return [[(n, t) if batch_first else (t, n) for t in range(steps)] for n in range(batch)]
    begins = [sum(counts[:t]) for t in range(len(counts))]
    return [[(begins[t] + n,) for t in range(len(counts)) if counts[t] > n] for n in range(counts[0])]


@st.composite
def recurrents(draw: DrawFn, kind: str) -> Call:
    steps, batch, features, hidden = (draw(st.integers(1, 2 + (i == 0))) for i in range(4))
    layers, directions = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    biases, dtype = draw(st.booleans()), draw(DTYPES)
    projected = hidden - 1 if kind == "lstm" and draw(st.booleans()) else 0
    width, gates = projected or hidden, GATES[kind] * hidden
    states = [(layers * directions, batch, width), (layers * directions, batch, hidden)]
    params: list[Index] = []
    for layer in range(layers):
        own = [(gates, width * directions if layer else features), (gates, width)]
        own += [(gates,), (gates,)] if biases else []
        params += ([*own, (projected, hidden)] if projected else own) * directions
    packed, batch_first = draw(st.sampled_from([(True, False), (False, False), (False, True)]))
    rows = (steps * batch,) if packed else (batch, steps) if batch_first else (steps, batch)
    dropout, train = draw(st.sampled_from([(0.0, True), (0.0, False), (0.5, False), (1.0, True)]))
    hx = [TensorSpec(state, dtype) for state in states]
    return Call(
        {
            "input": TensorSpec((*rows, features), dtype),
            "hx": hx if kind == "lstm" else hx[0],
            "params": [TensorSpec(shape, dtype) for shape in params],
            "batch_sizes": TensorSpec((steps,), "int64") if packed else None,
        },
        {
            "has_biases": biases,
            "num_layers": layers,
            "dropout": dropout,
            "train": train,
            "bidirectional": directions == 2,
            "batch_first": batch_first,
        },
        ranges={"batch_sizes": (batch, batch)},
    )


ORACLES |= {kind: Oracle(layers(kind), recurrents(kind)) for kind in GATES}
