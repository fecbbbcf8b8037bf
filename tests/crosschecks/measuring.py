"""Every counter on every one of the ten models, by netstat's own cross-check."""

import sys
import warnings
from typing import Any

import netstat
from netstat.graph import plain
from netstat.peers import PEERS
from netstat.records.crosscheck import CrossCheck
from tests.benchmarks.machine import installed
from tests.ten_models import TEN_MODELS, outlined


def measure() -> dict[str, Any]:
    """Figures only: nothing here depends on the machine."""
    warnings.simplefilter("ignore")
    packages = {name: installed(name) for name in ("netstat", "torch", "torchvision")}
    return {"packages": packages, "models": {name: of_model(name) for name in TEN_MODELS}}


def of_model(name: str) -> list[dict[str, Any]]:
    """One row per counter."""
    module, input = outlined(name)
    rows = []
    for peer in PEERS.names():
        sys.stderr.write(f"{name}: {peer}\n")
        rows.append(kept(netstat.crosscheck(module, tuple(input.shape[1:]), against=[peer])[0]))
    return rows


def kept(check: CrossCheck) -> dict[str, Any]:
    """What is kept of a check: of its terms how many layers, and of its layers those that stay unexplained."""
    terms = [{"reason": t.reason, "issue": t.issue, "amount": t.amount, "layers": len(t.paths)} for t in check.terms]
    off = [plain(layer) for layer in check.layers if layer.unexplained]
    row: dict[str, Any] = plain(check)
    del row["reported_params"]
    return row | {"terms": terms, "layers": len(check.layers), "layers_off": off, "off": check.off}
