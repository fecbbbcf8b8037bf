"""Write docs/documents.md anew; with --measure, what it shows of time as well."""

import sys

from tests.documents.measured import measure
from tests.documents.page import PAGE, render

if "--measure" in sys.argv[1:]:
    measure()
PAGE.write_text(render(), encoding="utf-8")
