"""PNG: the record's chart, for documents and slides."""

from typing import Any, ClassVar

from netstat.records.base import Record
from netstat.registry import REPORTS


@REPORTS.add("png")
class Png:
    """One figure; no date in it, so equal records give equal files."""

    mark: ClassVar[bytes] = b"Software\x00netstat"

    @staticmethod
    def render(record: Record, view: Any = None) -> bytes:
        """The figure at 100 dots per inch."""
        from netstat.reports.charts._files import figure
        from netstat.reports.charts._style import png

        return png(lambda: figure(record))
