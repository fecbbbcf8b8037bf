"""Write docs/memory.md anew."""

from tests.memory.page import PAGE, render

PAGE.write_text(render(), encoding="utf-8")
