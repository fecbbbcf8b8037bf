"""Where a peer is installed: beside netstat, or in a folder of its own."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from netstat.records.cache_folder import cache_folder

if TYPE_CHECKING:
    from netstat.peers._peer import Peer


class Place(NamedTuple):
    """An installed peer.

    Attributes:
        version: of its package.
        folder: its own, None where it is installed beside netstat.
    """

    version: str
    folder: Path | None = None


def find(peer: "Peer") -> Place | None:
    """Where the peer is installed, None where it is not. Its own folder counts where the environment has none."""
    from importlib.metadata import PackageNotFoundError, distributions, version

    if not peer.alone:
        with suppress(PackageNotFoundError):
            return Place(version(peer.package))
    place = folder(peer)
    found = next(iter(distributions(name=peer.package, path=[str(place)])), None)
    return None if found is None else Place(found.version, place)


def folder(peer: "Peer") -> Path:
    """The peer's own folder, there or not: named as its package, in $NETSTAT_PEERS or the user's cache."""
    return _folders() / peer.package


def _folders() -> Path:
    if chosen := os.environ.get("NETSTAT_PEERS"):
        return Path(chosen).absolute()
    return cache_folder("peers")


def missing(peer: "Peer") -> str:
    """One line on how to get a peer that is not there."""
    pip = "" if peer.alone else f"pip install {(peer.requirements or (peer.package,))[0]}"
    own = f"python -m netstat.peers {peer.name}" if peer.requirements else ""
    return f"{peer.package} is not installed: {' or '.join(filter(None, (pip, own)))}"


def note(peer: "Peer", version: str) -> str:
    """What to know of a figure of this version, "" where the convention was written for it."""
    if not peer.known or version in peer.known:
        return ""
    return f"written for {' and '.join(peer.known)}; {version} is predicted by the same rules"


@contextmanager
def importable(peer: "Peer", place: Place) -> Iterator[None]:
    """Within, the peer's import names lead to its own folder, also where another package of that name was imported."""
    if place.folder is None:
        yield
        return
    path, others = sys.path[:], _forgotten(peer)
    sys.path.insert(0, str(place.folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = path
        _forgotten(peer)
        sys.modules.update(others)


def _forgotten(peer: "Peer") -> dict[str, ModuleType]:
    """The peer's modules, taken out of those imported."""
    names = [name for name in sys.modules if name.partition(".")[0] in peer.import_names]
    return {name: sys.modules.pop(name) for name in names}
