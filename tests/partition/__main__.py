"""Write docs/partition.md anew."""

from tests.partition.page import PAGE, render

PAGE.write_text(render(), encoding="utf-8")
