"""Every operator by its definition, as plain loops over numbers that count what is done to them.

Nothing here knows netstat's formulas: sizes, windows and paddings are enumerated, operations are counted where they
happen, and what was decided about them stands in docs/conventions.md. `ORACLES` holds one case per operator.
"""

from importlib import import_module
from pathlib import Path

from oracle.cases import ORACLES, Call, Oracle, Outcome

SUPPORT = {"__init__", "cases", "counted", "draws", "nodes", "reference", "sliding", "tensors"}
for file in sorted(Path(__file__).parent.glob("*.py")):  # each registers its cases; torch_*.py need torch
    if file.stem not in SUPPORT and not file.stem.startswith("torch_"):
        import_module(f"oracle.{file.stem}")

__all__ = ["ORACLES", "Call", "Oracle", "Outcome"]
