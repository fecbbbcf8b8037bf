"""Write docs/published.md anew."""

from tests.published.page import PAGE, render

PAGE.write_text(render(), encoding="utf-8")
