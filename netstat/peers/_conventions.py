"""Every convention that is a tool's: imported once somebody asks for one that is not there yet, or for all names."""

from netstat.peers import PEERS, _torchinfo_main

for _peer in PEERS:
    assert _peer.convention
assert _torchinfo_main.CONVENTION
