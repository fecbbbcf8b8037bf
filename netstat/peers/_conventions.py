"""Every convention that is a tool's: imported once somebody asks for one that is not there yet, or for all names."""

from importlib import import_module

from netstat.peers import PEERS

# Of tools that cannot be run here: what their READMEs say, branches not released, versions not installed.
WITHOUT_A_PEER = ("readmes", "torch_2_14", "torchinfo_main")

for _peer in PEERS:
    assert _peer.convention
for _name in WITHOUT_A_PEER:
    import_module(f"netstat.peers.rules.{_name}")
