"""What is in print about the built-in models, read from published.toml."""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

# The built-in models that a text may mean by a name. A figure says which of them it is of.
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "alexnet": ("alexnet", "alexnet-paper", "alexnet-bvlc", "alexnet-d2l"),
    "lenet": ("lenet",),
    **{f"vgg{depth}{bn}": (f"vgg{depth}{bn}",) for depth in (11, 13, 16, 19) for bn in ("", "_bn")},
}


class Claim(NamedTuple):
    """A figure in print, and how it is to be read; published.toml explains the fields.

    Attributes:
        source: where it stands.
        model: the name that the source gives the model: a key of `VARIANTS`.
        figure: as printed.
        noun: what the source calls it.
        counted: what is counted, or by which convention.
        variant: the built-in model; "" for the one of the source's name.
        scope: of which part of it.
        batch: leading dimension of the input.
        digits: how many digits mean something, None for all.
        truncated: whether further digits were cut off.
        differences: reasons and amounts that lead from our figure to the printed one.
        why: a reason where no sum can be made of it.
        url: of the source, "" where it has none.
    """

    source: str
    model: str
    figure: str
    noun: str
    counted: str
    variant: str = ""
    scope: str = "whole model"
    batch: int = 1
    digits: int | None = None
    truncated: bool = False
    differences: tuple[tuple[str, int], ...] = ()
    why: str = ""
    url: str = ""


@cache
def claims() -> tuple[Claim, ...]:
    """All of them, in the order of the file."""
    import tomllib

    with open(f"{os.path.splitext(__file__)[0]}.toml", "rb") as file:  # noqa: PTH122, PTH123  pathlib is slow to load
        return tuple(claim for source in tomllib.load(file)["source"] for claim in _of(source))


def family(name: str) -> str | None:
    """The name in print that the built-in model `name` goes by, None where nothing is on record."""
    return next((known for known, variants in VARIANTS.items() if name in variants), None)


def _of(source: dict[str, Any]) -> Iterator[Claim]:
    common = {key: value for key, value in source.items() if key not in ("name", "figures")}
    for figure in source["figures"]:
        claim = Claim(source=source["name"], **(common | figure))
        differences = tuple((reason, amount) for reason, amount in claim.differences)
        yield claim._replace(variant=claim.variant or claim.model, differences=differences)
