"""`python -m netstat.peers`, run for real: pip puts packages made here into folders, without asking anybody."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from netstat.conventions import MACS, Convention
from netstat.peers import Figures, Peer, find, folder
from netstat.peers.__main__ import main
from netstat.registry import Registry

pytest.importorskip("pip")
pytestmark = [pytest.mark.peers]

ROOT = Path(__file__).parents[2]
CONVENTION = Convention("tiny", "macs", "for tests", (MACS,))


def wheel(place: Path, name: str, version: str, requires: str = "not-to-be-installed") -> None:
    info = f"{name}-{version}.dist-info"
    with ZipFile(place / f"{name}-{version}-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}/__init__.py", f"VERSION = {version!r}\n")
        file.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: {requires}\n"
        )
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")


def tiny(*more: str, version: str = "1.0", package: str = "tiny-counter") -> Peer:
    requirements = (f"{package}=={version}", *more)
    return Peer("tiny_counter", package, CONVENTION, False, lambda *_: Figures(0, {}), requirements=requirements)


def registry(*peers: Peer) -> Registry[Peer]:
    made: Registry[Peer] = Registry("peer")
    for peer in peers:
        made.add(peer.name)(peer)
    return made


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pip finds packages; the peers' folders and its own settings are of this test alone."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(shelf), "CONFIG_FILE": os.devnull, "USER": "1"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.setenv("NETSTAT_PEERS", str(tmp_path / "peers"))
    wheel(shelf, "tiny_counter", "1.0")
    wheel(shelf, "needed", "0.1")
    return shelf


def test_a_peer_is_put_into_its_folder_with_what_is_not_there_yet(capfd: pytest.CaptureFixture[str]) -> None:
    peer = tiny("needed", "pytest")  # pytest is installed, and not on the shelf
    assert main(["tiny-counter"], registry(peer)) == 0
    place = folder(peer)
    assert capfd.readouterr() == (f"netstat: tiny-counter 1.0 is in {place}\n", "")
    assert sorted(path.name for path in place.iterdir()) == [
        "needed", "needed-0.1.dist-info", "tiny_counter", "tiny_counter-1.0.dist-info",
    ]  # fmt: skip
    assert [path.name for path in place.parent.iterdir()] == ["tiny-counter"]
    assert find(peer) == ("1.0", place)


def test_without_a_name_it_is_all_that_are_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    installed, required = (Peer(name, name, CONVENTION, False, lambda *_: Figures(0, {})) for name in ("pytest", "x"))
    peers = registry(installed, required, tiny())
    assert main([], peers) == 0
    assert capfd.readouterr().out.count("\n") == 1
    assert main([], peers) == 0
    assert capfd.readouterr() == ("netstat: every peer is installed\n", "")


def test_another_version_takes_the_place_of_the_first(offline: Path) -> None:
    wheel(offline, "tiny_counter", "1.1")
    for version in ("1.0", "1.1"):
        peer = tiny(version=version)
        assert main(["tiny_counter"], registry(peer)) == 0
        assert find(peer) == (version, folder(peer))
    assert [path.name for path in folder(peer).parent.iterdir()] == ["tiny-counter"]


@pytest.mark.slow
def test_where_pip_fails_what_was_there_stays_and_the_others_are_installed(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["tiny-counter"], registry(tiny())) == 0
    other = Peer("needed", "needed", CONVENTION, False, lambda *_: Figures(0, {}), requirements=("needed==0.1",))
    capfd.readouterr()
    assert main(["tiny-counter", "needed"], registry(tiny(version="3.0"), other)) == 1
    said = capfd.readouterr()
    assert said.err.endswith("netstat: pip could not install tiny-counter; nothing was changed\n")
    assert "No matching distribution found for tiny-counter==3.0" in said.err
    assert find(tiny()) == ("1.0", folder(tiny()))
    assert find(other) == ("0.1", folder(other))
    assert {path.name for path in folder(other).parent.iterdir()} == {"needed", "tiny-counter"}


def test_a_folder_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NETSTAT_PEERS", str(tmp_path / "file"))
    assert main([], registry(tiny())) == 1
    assert capfd.readouterr() == ("", f"netstat: cannot write '{tmp_path / 'file'}': File exists\n")


def test_what_is_installed_beside_netstat_is_left_there(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["tiny_counter"], registry(tiny(package="pytest"))) == 0
    assert capfd.readouterr() == (f"netstat: pytest {pytest.__version__} is installed beside netstat\n", "")


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["nothing-like-it"], 2, "unknown peer 'nothing-like-it'; there is calflops, "),
        (["tops"], 2, "unknown peer 'tops'; did you mean "),
        (["thop"], 2, "thop comes with netstat; if it is missing: pip install thop"),
        (["--yes"], 2, "unrecognized arguments: --yes; see python -m netstat.peers --help"),
    ],
)
def test_what_cannot_be_installed_is_told_in_one_line(arguments: list[str], code: int, line: str) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert done.stderr.startswith(f"netstat: {line}")


def test_help_names_the_folders() -> None:
    done = command("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "$NETSTAT_PEERS" in done.stdout


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "netstat.peers", *arguments]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
