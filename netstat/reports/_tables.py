"""Any record as tables: what is said is decided here, how it looks in each format.

The tables of a record of kind `x` are made by `x_tables` of the module `_x`, which is imported when there is one. They
are made in English; `said` is where they get another language, on their way into any format.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from netstat.language import language
from netstat.records.base import Record
from netstat.records.view import View
from netstat.reports._table import Table


def tables(record: Record, view: View | None = None) -> list[Table]:
    """Everything `record` has to say, section by section, as `view` says, in the language that was asked for."""
    return list(said(sections(record, view)))


def sections(record: Record, view: View | None = None) -> list[Table]:
    """The same as it is made, in English."""
    module: Any = import_module(f"netstat.reports._{record.kind}")
    return list(getattr(module, f"{record.kind}_tables")(record, view or View()))


def said(pages: Iterable[Table]) -> Iterable[Table]:
    """Tables in the language that was asked for."""
    if language() == "en":
        return pages
    from netstat.reports._phrases import phrases, translated

    return [translated(page, phrases(language())) for page in pages]


def spoken(text: str, *places: str) -> str:
    """A text of netstat's in the language that was asked for; one that nobody wrote down stays as it is.

    Args:
        text: in English.
        places: sections of `words/` that it is looked up in besides sentences.
    """
    if language() == "en":
        return text
    from netstat.reports._phrases import phrases

    return phrases(language()).listed(text, *places)
