"""`python -m netstat.peers`: counters that are not installed beside netstat, each put into a folder of its own."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import NoReturn

from netstat.errors import InstallError, NetstatError, UsageError
from netstat.peers import PEERS, Peer, find, folder
from netstat.peers._install import install
from netstat.registry import Registry

DESCRIPTION = "Put other counters, which netstat runs and does not depend on, into folders of their own."
EPILOG = """\
The folders lie in $NETSTAT_PEERS, by default in the user's cache. A peer that is installed beside netstat is run from
there. Exit codes: 0 ok, 1 pip failed, 2 usage.
"""


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Raise instead of printing usage."""
        raise UsageError(f"{message}; see python -m netstat.peers --help")


def main(argv: Sequence[str] | None = None, peers: Registry[Peer] = PEERS) -> int:
    """Install what is named and return the exit code."""
    try:
        chosen = _chosen(argv, peers)
        return max(map(_set_up, chosen)) if chosen else _say("every peer is installed")
    except KeyboardInterrupt:
        return _say("interrupted", 130)
    except NetstatError as error:
        return _say(str(error), error.exit_code)


def _chosen(argv: Sequence[str] | None, peers: Registry[Peer]) -> list[Peer]:
    optional = [peer for peer in peers if peer.requirements]
    parser = _Parser("python -m netstat.peers", description=DESCRIPTION, epilog=EPILOG)
    names = ", ".join(peer.name for peer in optional)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{names} (default: those not installed yet)")
    named = list(_named(parser.parse_args(argv).names, peers))
    chosen = named or [peer for peer in optional if find(peer) is None]
    return list({folder(peer): peer for peer in chosen}.values())  # peers may share a package


def _named(names: Sequence[str], peers: Registry[Peer]) -> Iterator[Peer]:
    """The peers of these names, with dashes as their packages have them or without.

    Raises:
        UsageError: there is no such peer, or it comes with netstat.
    """
    for name in names:
        underscored = name.replace("-", "_")
        peer = peers[underscored if underscored in peers else name]
        if not peer.requirements:
            raise UsageError(f"{peer.name} comes with netstat; if it is missing: pip install {peer.package}")
        yield peer


def _set_up(peer: Peer) -> int:
    place = find(peer)
    if place is not None and place.folder is None:
        return _say(f"{peer.package} {place.version} is installed beside netstat")
    try:
        place = install(peer)
    except InstallError as error:  # the others may go well
        return _say(str(error), error.exit_code)
    return _say(f"{peer.package} {place.version} is in {place.folder}")


def _say(line: str, code: int = 0) -> int:
    """One line, an error on stderr; returns the code."""
    (sys.stderr if code else sys.stdout).write(f"netstat: {line}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
