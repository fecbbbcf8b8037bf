"""A peer is installed beside netstat or in a folder of its own, which wins over a package of the same import name."""

import importlib
import os
import sys
from pathlib import Path

import pytest

from netstat.conventions import MACS, Convention
from netstat.peers import PEERS, Figures, Peer, consult, find, folder

pytestmark = [pytest.mark.peers]

CONVENTION = Convention("fake", "macs", "for tests", (MACS,))
REQUIREMENTS = ("other-counter==2.0",)


def imports(module: object, inputs: object) -> Figures:
    """The figure of whichever package is imported, and where it ran."""
    colliding, part = importlib.import_module("colliding"), importlib.import_module("colliding.part")
    return Figures(colliding.FIGURE, {"part": part.FIGURE, "process": os.getpid()})


def other(package: str = "other-counter", *, alone: bool = False, requirements: tuple[str, ...] = REQUIREMENTS) -> Peer:
    modules = ("colliding",)
    return Peer("other", package, CONVENTION, False, imports, requirements=requirements, modules=modules, alone=alone)


def put(place: Path, figure: int, version: str = "") -> None:
    """A package `colliding`, with its metadata where it has a version."""
    (place / "colliding").mkdir(parents=True)
    (place / "colliding/__init__.py").write_text(f"FIGURE = {figure}\n")
    (place / "colliding/part.py").write_text(f"FIGURE = {figure}\n")
    if version:
        (place / f"other_counter-{version}.dist-info").mkdir()
        metadata = f"Metadata-Version: 2.1\nName: other-counter\nVersion: {version}\n"
        (place / f"other_counter-{version}.dist-info/METADATA").write_text(metadata)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NETSTAT_PEERS", str(tmp_path / "peers"))
    return tmp_path / "peers"


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """The package of that import name which is installed beside netstat, and in use."""
    put(tmp_path / "site", 1)
    monkeypatch.syspath_prepend(tmp_path / "site")
    yield importlib.import_module("colliding")
    for name in ("colliding", "colliding.part"):
        sys.modules.pop(name, None)


@pytest.mark.torch
def test_a_peer_found_in_its_folder_only_runs_apart_and_from_there(folders: Path, imported: object) -> None:
    nn = pytest.importorskip("torch").nn
    put(folders / "other-counter", 2, "2.0")
    path = sys.path[:]
    count = consult(other(), nn.ReLU(), ())
    assert (count.total, count.version, count.error) == (2, "2.0", "")
    assert count.by_path is not None
    assert count.by_path["part"] == 2
    assert count.by_path["process"] != os.getpid()
    assert (sys.modules["colliding"], sys.path) == (imported, path)
    assert "colliding.part" not in sys.modules


@pytest.mark.torch
def test_where_processes_are_not_copied_the_package_in_use_is_put_back(
    folders: Path, imported: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    nn = pytest.importorskip("torch").nn
    put(folders / "other-counter", 2, "2.0")
    monkeypatch.delattr(os, "fork", raising=False)
    path = sys.path[:]
    assert consult(other(), nn.ReLU(), ()).by_path == {"part": 2, "process": os.getpid()}
    assert (sys.modules["colliding"], sys.path) == (imported, path)
    assert "colliding.part" not in sys.modules
    assert importlib.import_module("colliding.part").FIGURE == 1


def test_a_folder_that_is_made_while_netstat_runs_is_found(folders: Path) -> None:
    assert find(other()) is None
    put(folders / "other-counter", 2, "2.0")
    assert find(other()) == ("2.0", folders / "other-counter")


def test_what_is_installed_beside_netstat_goes_first_unless_the_peer_is_alone(folders: Path) -> None:
    put(folders / "pytest", 2, "2.0")
    assert find(other("pytest")) == (pytest.__version__, None)
    assert find(other("pytest", alone=True)) is None


def test_peers_of_one_package_share_a_folder(folders: Path) -> None:
    assert folder(other()) == folder(other(alone=True)) == folders / "other-counter"


def test_folders_lie_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NETSTAT_PEERS", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    home = Path.home()
    linux, windows = ("linux", "XDG_CACHE_HOME", ".cache"), ("win32", "LOCALAPPDATA", "AppData/Local")
    for platform, variable, cache in (linux, windows):
        monkeypatch.setattr(sys, "platform", platform)
        assert folder(other()) == home / cache / "netstat/peers/other-counter"
        monkeypatch.setenv(variable, str(home / "elsewhere"))
        assert folder(other()) == home / "elsewhere/netstat/peers/other-counter"


def test_a_relative_folder_is_meant_from_where_netstat_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETSTAT_PEERS", "peers")
    assert folder(other()) == Path.cwd() / "peers/other-counter"


@pytest.mark.parametrize(
    ("peer", "ways"),
    [
        (other(), "pip install other-counter==2.0 or python -m netstat.peers other"),
        (other(alone=True), "python -m netstat.peers other"),
        (other(requirements=()), "pip install other-counter"),
    ],
)
def test_a_missing_peer_says_how_it_is_installed(folders: Path, peer: Peer, ways: str) -> None:
    assert consult(peer, None, ()).error == f"other-counter is not installed: {ways}"  # type: ignore[arg-type]


def test_what_pip_is_to_install_begins_with_the_peer_itself_in_the_version_its_rules_are_for() -> None:
    for peer in PEERS:
        if peer.requirements:
            name, _, version = peer.requirements[0].partition("==")
            assert (name, version in peer.known) == (peer.package, True), peer.name
