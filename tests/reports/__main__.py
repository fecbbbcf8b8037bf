"""`python -m tests.reports` writes the layouts in `golden/` anew, for a change that is meant to alter them."""

import sys

from tests.reports.layouts import outdated

for path, text in sorted({**outdated(torch=False), **outdated(torch=True)}.items()):
    if text:
        path.write_text(text, encoding="utf-8")
    else:
        path.unlink()
    sys.stdout.write(f"{path.name}\n")
