"""A page to work with: one file without a request, of one model or several.

Templates put the words and numbers there, so that it can be read and printed without scripts; these make the layers a
tree to search and sort, and draw the charts, from the record that the page has in it.
"""

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from netstat import __version__
from netstat.language import language
from netstat.records.profile import Profile
from netstat.records.report import Report, Reported, side_by_side
from netstat.records.view import View
from netstat.registry import REPORTS
from netstat.reports._page import typeset
from netstat.reports._table import Formula, place, printable
from netstat.reports._tables import said, spoken
from netstat.reports.page import _facts as facts
from netstat.reports.page import _files as files
from netstat.reports.page._rows import given
from netstat.reports.page._words import Words, words
from netstat.units import deviation, duration, exact, mebibytes, percent, scaled, shape, signed

if TYPE_CHECKING:
    from jinja2 import Environment

CHARTS = ("icicle", "time-macs", "roofline", "memory")
MOST_IN_TABLE = 400  # layers of the table that stands in for the tree on paper and where no script runs
LEVELS = 2  # of a larger model's
_FILTERS = (deviation, duration, exact, mebibytes, percent, scaled, shape, signed, place, spoken)


def rendered(record: Profile | Report, view: View | None = None) -> str:
    """The page of a report, or of a profile by itself, in the language that was asked for.

    Args:
        record: what is on it, and in it as JSON.
        view: the columns, order and filters that the layers begin with.
    """
    report = record if isinstance(record, Report) else side_by_side([record])
    word, view = words(language()), view or View()
    page = _environment().get_template("report.html.j2")
    return page.render(
        word=word,
        language=language(),
        version=__version__,
        files=files,
        facts=facts,
        report=report,
        names=[facts.private(model.profile.model) for model in report.models],
        charts=CHARTS,
        table=partial(_table, view=view),
        record=_inside(REPORTS["json"].render(record).decode()),
        given=_inside(json.dumps(_given(report, view, word))),
    )


def _given(report: Report, view: View, word: Words) -> dict[str, Any]:
    """What scripts need besides the record."""
    query = " | ".join(" ".join(filter.replace("*", " ").split()) for filter in view.filters)
    chosen = {"columns": view.columns, "sort": view.sort, "query": query}
    return {"words": word, "view": chosen, "models": [given(model) for model in report.models]}


def _inside(text: str) -> str:
    """JSON that may stand between tags: no markup begins in it."""
    return text.strip().replace("<", "\\u003c")


def _table(model: Reported, view: View) -> str:
    """The layers as a table; of a large model the outer levels of its tree."""
    from netstat.reports._layers import layer_tables
    from netstat.reports.html import grid

    if len(model.profile.layers) > MOST_IN_TABLE:
        view = view._replace(tree=True, depth=LEVELS)
    table, *_ = said(layer_tables(model.profile, view))
    return "\n".join(grid(table.columns, table.groups))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        loader=FileSystemLoader(files.FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    made.filters.update({each.__name__: each for each in _FILTERS})
    made.filters["typeset"] = lambda text: Markup(typeset(text))
    made.filters["formula"] = lambda text: Markup(typeset(Formula(text)))
    made.filters["markup"] = Markup
    return made
