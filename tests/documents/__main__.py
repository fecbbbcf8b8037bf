"""Write docs/documents.md anew; with --measure [NAME …], what it shows of time as well."""

import sys

from tests.documents.measured import measure
from tests.documents.page import PAGE, render

if sys.argv[1:2] == ["--measure"]:
    measure(sys.argv[2:])
PAGE.write_text(render(), encoding="utf-8")
