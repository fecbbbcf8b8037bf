"""Every operator by its definition, as plain loops over numbers that count what is done to them.

Nothing here knows netstat's formulas: sizes, windows and paddings are enumerated, operations are counted where they
happen, and what was decided about them stands in docs/conventions.md. `ORACLES` holds one case per operator.
"""

from oracle import contractions, layout, normalization, pointwise, pooling  # noqa: F401  each registers its cases
from oracle.cases import ORACLES, Call, Oracle, Outcome

__all__ = ["ORACLES", "Call", "Oracle", "Outcome"]
