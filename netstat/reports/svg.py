"""SVG: the record's chart, sharp at any size."""

from typing import Any, ClassVar

from netstat.records.base import Record
from netstat.registry import REPORTS


@REPORTS.add("svg")
class Svg:
    """One figure; no date and no random names in it, so equal records give equal files."""

    mark: ClassVar[bytes] = b"<dc:title>netstat"

    @staticmethod
    def render(record: Record, view: Any = None) -> bytes:
        """The figure with its text as shapes, so that it needs no font."""
        from netstat.reports.charts._files import figure
        from netstat.reports.charts._style import svg

        return svg(lambda: figure(record))
