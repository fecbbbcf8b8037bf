"""`netstat stat`: the layer table, as torchstat printed it. The same as `netstat profile --fast`."""

from argparse import Namespace

from netstat.cli import profile

configure = profile.configure


def run(options: Namespace) -> int:
    """Layers only."""
    return profile.run(Namespace(**{**vars(options), "fast": True}))
