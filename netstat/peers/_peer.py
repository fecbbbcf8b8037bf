"""What a peer is, and how one is run without a trace."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from netstat.conventions import Convention
from netstat.errors import said
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
    """

    name: str
    package: str
    convention: Convention
    needs_values: bool
    count: "Callable[[nn.Module, tuple[Tensor, ...]], Figures]"

    @property
    def unit(self) -> str:
        """What it calls its figure: "macs" or "flops"."""
        return self.convention.unit

    def training(self) -> "Peer":
        """The same, of a module in training mode; of one in evaluation mode where the tool sees to that itself."""
        if self.convention.evaluates:
            return self
        return replace(self, count=lambda module, inputs: self.count(module.train(), inputs))


PEERS: Registry[Peer] = Registry("peer", "netstat.peers")


def run(name: str, module: "nn.Module", inputs: "Sequence[Tensor]", *, training: bool = False) -> PeerCount:
    """What the peer `name` reports for `module(*inputs)`.

    The peer gets a copy on the CPU; the module, the inputs and the process stay as they are, whatever it does.

    Args:
        name: a name in `PEERS`.
        module: the model, on any device, meta included: weights that hold no data are zeros to a peer that needs some.
        inputs: its positional inputs, likewise; without data, they are drawn by `example_inputs`.
        training: whether the copy is in training mode, and not in evaluation mode.

    Raises:
        UsageError: there is no such peer. One that is not installed, or fails, is a `PeerCount` that says so.
    """
    return consult(PEERS[name].training() if training else PEERS[name], module, inputs)


def consult(peer: Peer, module: "nn.Module", inputs: "Sequence[Tensor]") -> PeerCount:
    """What `peer` reports; see `run`."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version(peer.package)
    except PackageNotFoundError:
        return PeerCount(peer.name, "", error=f"{peer.package} is not installed: pip install {peer.package}")
    try:
        total, by_path, params = _figures(peer, module, tuple(inputs))
        return PeerCount(
            peer.name,
            installed,
            _whole(total),
            {path: _whole(figure) for path, figure in by_path.items()},
            None if params is None else _whole(params),
        )
    except Exception as error:  # noqa: BLE001  a peer may fail in any way; it is told, and the other peers go on
        return PeerCount(peer.name, installed, error=said(error))


def _figures(peer: Peer, module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    from torch.nn import Module

    from netstat.peers._stand_ins import with_values, without_values
    from netstat.peers._undisturbed import undisturbed

    if not isinstance(module, Module):
        raise TypeError(f"it takes a torch.nn.Module, not a {type(module).__name__}")
    with undisturbed():
        if not peer.needs_values:
            try:
                return peer.count(*without_values(module, inputs))
            except Exception:  # noqa: BLE001  a model that looks at its data says so in many ways; the run below has data
                pass
        return peer.count(*with_values(module, inputs))


def _whole(figure: float) -> int:
    """A count that a peer keeps as a float."""
    if figure != int(figure):
        raise ValueError(f"it reports {figure}, which is no whole number of operations")
    return int(figure)
