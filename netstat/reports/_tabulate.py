"""tabulate, imported at a fifth of its price.

Most of what `import tabulate` costs is `importlib.metadata`, which it asks for its own version, and `wcwidth` where
that is installed, of which it uses one function. That is more time than netstat takes for a built-in model's table, so
both are stood in for while tabulate is imported. A process that has them loaded already has paid, and keeps them.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from netstat.reports._table import cells

_STAND_INS: dict[str, Any] = {
    "importlib.metadata": SimpleNamespace(version=lambda package: "", PackageNotFoundError=ImportError),
    "wcwidth": SimpleNamespace(wcswidth=cells),
}


def _import() -> Any:
    stand_ins = {name: module for name, module in _STAND_INS.items() if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        with suppress(ImportError, AttributeError):  # a tabulate that wants more of them gets the real ones
            return import_module("tabulate")
    finally:
        for name in stand_ins:
            del sys.modules[name]
    return import_module("tabulate")


_tabulate = _import()
tabulate: Callable[..., str] = _tabulate.tabulate
SEPARATING_LINE: str = _tabulate.SEPARATING_LINE

# As "simple", but with headings as the first row: tabulate pads what it is told are headings by two cells.
_ROW = _tabulate.DataRow("", "  ", "")
_RULE = _tabulate.Line("", "-", "  ", "")
RULED = _tabulate.TableFormat(
    lineabove=None,
    linebelowheader=_RULE,
    linebetweenrows=None,
    linebelow=None,
    headerrow=_ROW,
    datarow=_ROW,
    padding=0,
    with_header_hide=None,
)
