"""Write docs/formulas.md anew."""

from tests.formulas.page import PAGE, render

PAGE.write_text(render(), encoding="utf-8")
