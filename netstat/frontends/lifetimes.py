"""Pieces of memory and how long each lives, from a graph or from a run on empty tensors. Imports no torch."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

# What a piece of memory is; the first three and the optimizer's state are there before anything runs.
KINDS = ("params", "buffers", "inputs", "optimizer", "activations", "saved", "gradients")
BEFORE = -1  # the event before the first


class Event(NamedTuple):
    """One operator call that may make or free memory: in which phase, where, its name, and how many came before."""

    phase: str
    path: str
    op: str
    call: int


class Span(NamedTuple):
    """One piece of memory.

    Attributes:
        nbytes: its size.
        kind: one of `KINDS`.
        born: index of the event that makes it, `BEFORE` where it is there already.
        last: index of the last event during which it is alive.
        path: of the module that saved it for the backward pass, where one did.
    """

    nbytes: int
    kind: str
    born: int
    last: int
    path: str = ""


class Lifetimes(NamedTuple):
    """All events of a pass and every piece of memory in it."""

    events: tuple[Event, ...]
    spans: tuple[Span, ...]


def changes(spans: Sequence[Span], events: int) -> tuple[list[int], list[int]]:
    """Bytes made at each event, and bytes freed between it and the one before."""
    made, gone = [0] * events, [0] * (events + 1)
    for span in spans:
        if span.born > BEFORE:
            made[span.born] += span.nbytes
        gone[span.last + 1] += span.nbytes
    return made, gone[:events]


def levels(spans: Sequence[Span], events: int) -> list[int]:
    """Bytes alive during each event."""
    made, gone = changes(spans, events)
    before = sum(span.nbytes for span in spans if span.born == BEFORE)
    return list(accumulate((m - g for m, g in zip(made, gone, strict=True)), initial=before))[1:]
