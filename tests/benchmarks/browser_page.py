"""What a reader of a large page waits for, as a section of docs/benchmarks.md."""

from typing import Any

from tests.benchmarks.browser import LOAD
from tests.benchmarks.tables import judged, megabytes, spread, table

WAIT = 0.2  # seconds
SIZE = 1.5  # megabytes


def browser(found: dict[str, Any]) -> str:
    """Every action with its times, the slowest of sorting and searching, and the size of AlexNet's page."""
    rows, size = {row["name"]: row for row in found["rows"]}, found["bytes"]
    waits = max(row["median"] for name, row in rows.items() if name.startswith(("sort", "search")))
    return "\n".join(
        [
            "## Page of a report in the browser\n",
            f"The report of a model of {found['layers']:,} layers, {megabytes(size['large'])}, opened from its file in",
            f"headless Chromium {found['chromium']}, {len(rows[LOAD]['samples'])} times: from the click until the next",
            "frame is on the screen, which by itself takes up to 16.7 ms.\n",
            table(["", "time", "samples"], ([name, *spread(row)] for name, row in rows.items())),
            judged("The slowest of sorting and searching, in seconds", waits, WAIT),
            judged("The page of AlexNet with every section, in MB", size["alexnet"] / 1e6, SIZE),
        ]
    )
