"""The words of the page, from a file per language."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "words"


class Words(dict[str, str]):
    """Texts by their keys ("chart.icicle.title"); called, one of them with values put in.

    A text that has `one` and `many` is chosen from by the value of `count`.
    """

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key`; raises KeyError where there is none."""
        form = key if key in self else f"{key}.{'one' if values.get('count') in (1, '1') else 'many'}"
        return self[form].format_map(values)


@cache
def words(language: str = "en") -> Words:
    """The words of a language, named as in BCP 47."""
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return Words(_flat(tomllib.load(file)))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, str):
            yield f"{prefix}{name}", value
        else:
            yield from _flat(value, f"{prefix}{name}.")
