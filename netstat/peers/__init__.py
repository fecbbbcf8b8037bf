"""Peers: other counters, run for real on a copy of the model. The only floor that imports them.

One file per peer, which registers a `Peer` and, as data, the convention that says what this peer must report. Neither
the peer's package nor torch is imported before a peer is run.
"""

from netstat.peers._inputs import example_inputs
from netstat.peers._peer import PEERS, TIME_LIMIT, Figures, Peer, consult, run
from netstat.peers._places import find, folder

STANDARD = ("thop", "fvcore", "torch")  # they come with netstat, and every profile is held against them

__all__ = ["PEERS", "STANDARD", "TIME_LIMIT", "Figures", "Peer", "consult", "example_inputs", "find", "folder", "run"]
