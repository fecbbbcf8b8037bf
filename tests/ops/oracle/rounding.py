"""Whole numbers near a number, and what is left."""

import math

from hypothesis import strategies as st

from oracle.broadcasting import SPECS, chosen, inputs, mapped, unary
from oracle.cases import ORACLES, Oracle
from oracle.counted import Counted


def round_(input: Counted, decimals: int = 0) -> Counted:
    if not decimals:
        return input.special(round)
    return (input * 10**decimals).special(round) / 10**decimals


WAYS = {"floor": math.floor, "ceil": math.ceil, "trunc": math.trunc}
DECIMALS = chosen(inputs(SPECS[:2]), inplace=[False, True], decimals=[0, 1, -1, 2])
ORACLES |= {name: Oracle(mapped(lambda input, way=way: input.special(way)), unary()) for name, way in WAYS.items()}
ORACLES |= {
    "round": Oracle(mapped(round_), st.sampled_from(DECIMALS)),
    "frac": Oracle(mapped(lambda input: input - input.special(math.trunc)), unary()),
}
