"""Figures on record that cannot be had today, each with the day that was found out and the reason.

`TODAY` is what has to hold: the record, but for these.
"""

from typing import NamedTuple

from tests.on_record import ON_RECORD


class Otherwise(NamedTuple):
    """What a tool gives instead of the figures on record.

    Attributes:
        day: when that was found out.
        why: what is different from the day of the record.
        figures: by case; None where the tool fails.
    """

    day: str
    why: str
    figures: dict[str, int | None]


_TORCHSTAT_FAILS = dict.fromkeys(
    [
        *("rnn", "gru", "lstm, batch first", "lstm, sequence first", "lstm of 2 layers in both directions"),
        *("lstm, projected", "lstm cell", "transformer encoder layer"),
    ]
)
_LINEARS = (
    "linear called three times",
    "linear beside an unused one",
    "linear in a module with a parameter of its own",
)
_BY_ONE_FUNCTION = (
    "recorded from the function torchstat has for one module, called on the outermost one, which has no rule and "
    "counts 0: the tool looks at the layers within (of three calls it keeps one), and fails where a layer without "
    "children returns more than a tensor, or a linear layer is given a sequence"
)
_CORRECTED = "recorded from a snapshot before transposed convolutions were corrected (DeepSpeed#8323)"

OTHERWISE: dict[str, tuple[Otherwise, ...]] = {
    "ultralytics-thop": (
        Otherwise(
            "2026-11-22",
            "recorded from 2.1.6: 2.2.3 also counts products by functions, outside modules that have a rule",
            {
                **{"F.linear": 320, "torch.matmul": 3200, "x @ w": 3200, "torch.bmm": 3200, "einsum": 3200},
                **{"F.scaled_dot_product_attention": 12800, "causal attention": 12800},
            },
        ),
    ),
    "deepspeed": (
        Otherwise("2026-11-22", _CORRECTED, {"transposed conv, bias": 27_648, "transposed conv in 2 groups": 12_288}),
    ),
    "deepspeed-macs": (Otherwise("2026-11-22", _CORRECTED, {"transposed conv in 2 groups": 6_144}),),
    "torchstat": (
        Otherwise("2026-11-22", _BY_ONE_FUNCTION, {**dict.fromkeys(_LINEARS, 2 * 16 * 16), **_TORCHSTAT_FAILS}),
    ),
    "torchstat-madd": (
        Otherwise("2026-11-22", _BY_ONE_FUNCTION, {**dict.fromkeys(_LINEARS, 16 * (2 * 16 - 1)), **_TORCHSTAT_FAILS}),
    ),
}


def _today(tool: str) -> dict[str, int]:
    figures: dict[str, int | None] = {**ON_RECORD[tool]}
    for other in OTHERWISE.get(tool, ()):
        figures |= other.figures
    return {case: figure for case, figure in figures.items() if figure is not None}


TODAY = {tool: _today(tool) for tool in ON_RECORD}
