"""Every convention that is a tool's: imported once somebody asks for one that is not there yet, or for all names."""

from netstat.peers import PEERS, _torch_2_14

for _peer in PEERS:
    assert _peer.convention

__all__ = ["_torch_2_14"]
