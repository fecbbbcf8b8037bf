"""Many models for one peer in one process of its own, which it may pollute."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from netstat.analysis.crosscheck import crosscheck
from netstat.graph import Graph
from netstat.ops import node_cost
from netstat.peers import PEERS, run
from netstat.records.crosscheck import CrossCheck, PeerCount

Model = tuple[Any, tuple[Any, ...]]  # a module and its positional inputs


def counts(peer: str, models: Sequence[Model]) -> list[PeerCount]:
    """What `peer` says of each, one after the other."""
    return in_its_place(peer, partial(run, peer), models)


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


def folder(peer: str) -> Path:
    """Where a peer lies that cannot be installed beside another one."""
    return Path(os.environ.get("NETSTAT_PEERS") or Path.home() / ".cache" / "netstat" / "peers") / peer


def _each(peer: str, function: Callable[..., Any], models: Sequence[Model], there: Connection) -> None:
    import torch

    _import_from(folder(peer))
    torch.set_num_threads(1)  # the parent's pool of threads does not survive a fork
    for module, inputs in models:
        there.send(function(module, inputs))
    there.close()


def _import_from(place: Path) -> None:
    """What lies there comes before what else goes by its names, and is not what was imported under them."""
    if place.is_dir():
        sys.path.insert(0, str(place))
        names = {path.stem for path in place.iterdir()}
        for module in [name for name in sys.modules if name.partition(".")[0] in names]:
            del sys.modules[module]


def checks(peer: str, models: Sequence[Model], graphs: Sequence[Graph]) -> list[CrossCheck]:
    """Each against what is predicted from its graph."""
    convention = PEERS[peer].convention
    return [
        crosscheck(graph, convention, count, [node_cost(node) for node in graph.nodes])
        for graph, count in zip(graphs, counts(peer, models), strict=True)
    ]
