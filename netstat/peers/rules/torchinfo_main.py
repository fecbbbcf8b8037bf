"""What torchinfo counts since its pull request 318, in no release yet: linear layers per row of their output."""

from netstat.conventions import Convention, Scope, register
from netstat.peers.rules.torchinfo import Rules
from netstat.peers.rules.torchinfo_terms import SEES, SUBCLASSED, terms

CONVENTION = register(
    Convention(
        "torchinfo-main",
        "macs",
        "as torchinfo, and linear layers per row: what its main branch counts, which no release has yet",
        terms(
            Rules(linear_by_row=True),
            "defect: linear layer without 'Linear' in its class name counted for the first dimension alone",
        ),
        Scope(SEES, mode="evaluation, which it sets itself", subclassed=SUBCLASSED),
    )
)
