"""Many models for one peer in one process of its own, which it may pollute."""

import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from netstat.analysis.crosscheck import crosscheck
from netstat.graph import Graph
from netstat.ops import node_cost
from netstat.peers import PEERS, consult, find
from netstat.peers._places import importable
from netstat.records.crosscheck import CrossCheck, PeerCount

Model = tuple[Any, tuple[Any, ...]]  # a module and its positional inputs


def counts(peer: str, models: Sequence[Model]) -> list[PeerCount]:
    """What `peer` says of each, one after the other."""
    return in_its_place(peer, partial(consult, replace(PEERS[peer], apart=False, alone=False)), models)


def in_its_place(peer: str, function: Callable[..., Any], models: Sequence[Model]) -> list[Any]:
    """What `function` makes of each, in a process that imports the peer."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_each, args=(peer, function, models, there))
    child.start()
    there.close()
    try:
        return [here.recv() for _ in models]
    finally:
        child.join()
        here.close()


def _each(peer: str, function: Callable[..., Any], models: Sequence[Model], there: Connection) -> None:
    import torch

    torch.set_num_threads(1)  # the parent's pool of threads does not survive a fork
    chosen = PEERS[peer]
    place = find(chosen)
    # Once for all models: imported anew for each, some take seconds.
    with importable(chosen, place) if place else nullcontext():
        for module, inputs in models:
            there.send(function(module, inputs))
    there.close()


def checks(peer: str, models: Sequence[Model], graphs: Sequence[Graph]) -> list[CrossCheck]:
    """Each against what is predicted from its graph."""
    convention = PEERS[peer].convention
    return [
        crosscheck(graph, convention, count, [node_cost(node) for node in graph.nodes])
        for graph, count in zip(graphs, counts(peer, models), strict=True)
    ]
