"""Every convention that is a tool's: imported once somebody asks for one that is not there yet, or for all names."""

from netstat.peers import (
    PEERS,
    _readmes,  # two tools' READMEs say what the tools do not count now
)

assert _readmes.CONVENTIONS
for _peer in PEERS:
    assert _peer.convention
