"""Peers put into folders of their own."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from netstat.errors import InstallError
from netstat.peers._places import Place, find, folder

if TYPE_CHECKING:
    from netstat.peers._peer import Peer

_PIP = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--target")


def install(peer: "Peer") -> Place:
    """Put the peer into its own folder, all of it or nothing, in the place of what was there.

    Torch and whatever else is installed beside netstat is not installed a second time.

    Raises:
        InstallError: pip failed, which says why on stderr, or the folder cannot be written to.
    """
    place = folder(peer)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=place.parent, prefix=".") as temporary:
            new = Path(temporary, place.name)
            _pip(peer.package, new, wanted(peer.requirements))
            if place.exists():
                place.rename(Path(temporary, "old"))
            new.rename(place)
    except OSError as error:
        raise InstallError(f"cannot write '{error.filename or place}': {error.strerror}") from error
    installed = find(peer)
    if installed is None:
        rmtree(place)
        raise InstallError(f"what pip installed for {peer.package} is another package")
    return installed


def wanted(requirements: Sequence[str]) -> list[str]:
    """The first requirement, and those that the environment does not meet already."""
    return [*requirements[:1], *(one for one in requirements[1:] if not _installed(one))]


def _installed(requirement: str) -> bool:
    from importlib.metadata import distributions

    name, _, version = requirement.partition("==")
    found = next(iter(distributions(name=re.split(r"[^\w.-]", name)[0])), None)
    return found is not None and version in ("", found.version)


def _pip(package: str, target: Path, requirements: Sequence[str]) -> None:
    command = [sys.executable, *_PIP, str(target), *requirements]
    # Who has pip install for the user by default would be told that a target is something else.
    environment = {**os.environ, "PIP_USER": "0"}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise InstallError(f"pip could not install {package}; nothing was changed")
