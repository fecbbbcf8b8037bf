"""What a peer is, and how one is run without a trace."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from netstat.conventions import Convention
from netstat.errors import said
from netstat.peers._deadline import OverrunError, deadline
from netstat.peers._places import Place, find, importable, missing, note
from netstat.peers._process import can_fork, forked
from netstat.records.crosscheck import PeerCount
from netstat.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor, nn


class Figures(NamedTuple):
    """What a peer says of a model, as it says it: some keep whole numbers as floats.

    Attributes:
        total: its figure for the whole model.
        by_path: its figure per module for what the module's own forward ran, children apart: for leaf modules, and for
            containers where the peer can tell.
        params: the parameters it reports, None where it reports none.
    """

    total: float
    by_path: Mapping[str, float]
    params: float | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """Another counter.

    Attributes:
        name: what `--against` takes.
        package: the distribution that has to be installed.
        convention: what it counts, stated as rules over our counts; their sum must be its figure.
        needs_values: whether it has to run the model's arithmetic. The others look at shapes alone, and are handed
            tensors that call themselves CPU tensors and hold no data.
        count: runs it on a module in evaluation mode that it may spoil.
        apart: whether it leaves traces in its process, and gets one of its own, on one thread.
        before: modules it imports that leave no traces and take long: imported before its process is split off, once.
        requirements: what pip has to put into a folder of its own, "NAME==VERSION", the package itself first, then
            small packages that it imports; () where it comes with netstat.
        modules: names it is imported by, where they are not that of the package.
        alone: whether it is looked for in its own folder only, its import name being another package's.
        known: versions of the package that the convention was written for; () where it follows all of them.
    """

    name: str
    package: str
    convention: Convention
    needs_values: bool
    count: "Callable[[nn.Module, tuple[Tensor, ...]], Figures]"
    apart: bool = False
    before: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    alone: bool = False
    known: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """What it calls its figure: "macs" or "flops"."""
        return self.convention.unit

    @property
    def import_names(self) -> tuple[str, ...]:
        """The top-level names of its modules."""
        return self.modules or (self.package.replace("-", "_"),)

    def training(self) -> "Peer":
        """The same, of a module in training mode; of one in evaluation mode where the tool sees to that itself."""
        if self.convention.evaluates:
            return self
        return replace(self, count=lambda module, inputs: self.count(module.train(), inputs))


PEERS: Registry[Peer] = Registry("peer", "netstat.peers")
TIME_LIMIT = 120.0  # seconds


def run(
    name: str,
    module: "nn.Module",
    inputs: "Sequence[Tensor]",
    *,
    training: bool = False,
    time_limit: float = TIME_LIMIT,
    light: bool = False,
) -> PeerCount:
    """What the peer `name` reports for `module(*inputs)`.

    The peer gets a copy on the CPU; the module, the inputs and the process stay as they are, whatever it does.

    Args:
        name: a name in `PEERS`.
        module: the model, on any device, meta included: weights that hold no data are zeros to a peer that needs some.
        inputs: its positional inputs, likewise; without data, they are drawn by `example_inputs`.
        training: whether the copy is in training mode, and not in evaluation mode.
        time_limit: seconds it may take. A peer in this process is stopped at the next call of a module.
        light: whether the model's arithmetic takes less time than it takes torch to import what tensors without values
            need; then peers that do not ask for values get them too.

    Raises:
        UsageError: there is no such peer. One that is not installed, fails or takes too long is a `PeerCount` that says
            so.
    """
    peer = PEERS[name].training() if training else PEERS[name]
    return consult(replace(peer, needs_values=peer.needs_values or light), module, inputs, time_limit=time_limit)


def consult(
    peer: Peer, module: "nn.Module", inputs: "Sequence[Tensor]", *, time_limit: float = TIME_LIMIT
) -> PeerCount:
    """What `peer` reports; see `run`."""
    place = find(peer)
    if place is None:
        return PeerCount(peer.name, "", error=missing(peer))
    figures, error = _outcome(peer, place, module, tuple(inputs), time_limit)
    total, by_path, params = figures or (None, None, None)
    return PeerCount(peer.name, place.version, total, by_path, params, error, note(peer, place.version))


class _Outcome(NamedTuple):
    """Whole numbers, or one line on why there are none."""

    figures: tuple[int, dict[str, int], int | None] | None
    error: str = ""


def _outcome(peer: Peer, place: Place, module: "nn.Module", inputs: "tuple[Tensor, ...]", limit: float) -> _Outcome:
    from torch.nn import Module

    if not isinstance(module, Module):
        return _Outcome(None, f"TypeError: it takes a torch.nn.Module, not a {type(module).__name__}")
    way = _apart if (peer.apart or place.folder) and can_fork() else _here
    try:
        return way(peer, place, module, inputs, limit)
    except OverrunError:
        return _Outcome(None, f"took longer than {limit:g} s; raise it by --time-limit")
    except (Exception, SystemExit) as error:  # noqa: BLE001  a peer may fail in any way; it is told, the others go on
        return _Outcome(None, said(error))


def _here(peer: Peer, place: Place, module: "nn.Module", inputs: "tuple[Tensor, ...]", limit: float) -> _Outcome:
    """Run it in this process, on a copy."""
    from netstat.peers._undisturbed import undisturbed

    with undisturbed(), importable(peer, place), deadline(limit):
        return _whole(_figures(peer, module, inputs))


def _apart(peer: Peer, place: Place, module: "nn.Module", inputs: "tuple[Tensor, ...]", limit: float) -> _Outcome:
    """Run it in a copy of this process."""
    from netstat.peers._stand_ins import off_devices
    from netstat.peers._undisturbed import undisturbed

    with undisturbed():
        module, inputs = off_devices(module, inputs)
        for name in peer.before:
            with suppress(ImportError):  # the peer will say so
                import_module(name)

    def work() -> _Outcome:
        import torch

        torch.set_num_threads(1)  # the threads of a pool are not copied, and would be waited for for ever
        try:
            return _here(peer, place, module, inputs, inf)
        except (Exception, SystemExit) as error:  # noqa: BLE001  told by the parent
            return _Outcome(None, said(error))

    try:
        return _Outcome(*forked(work, limit))
    except ChildProcessError as error:
        return _Outcome(None, str(error))


def _figures(peer: Peer, module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    from netstat.peers._stand_ins import with_values, without_values

    if not peer.needs_values:
        try:
            return peer.count(*without_values(module, inputs))
        except OverrunError:
            raise
        except Exception:  # noqa: BLE001  a model that looks at its data says so in many ways; the run below has data
            pass
    return peer.count(*with_values(module, inputs))


def _whole(figures: Figures) -> _Outcome:
    total, by_path, params = figures
    paths = {path: _integer(figure) for path, figure in by_path.items()}
    return _Outcome((_integer(total), paths, None if params is None else _integer(params)))


def _integer(figure: float) -> int:
    """A count that a peer keeps as a float."""
    if figure != int(figure):
        raise ValueError(f"it reports {figure}, which is no whole number of operations")
    return int(figure)
