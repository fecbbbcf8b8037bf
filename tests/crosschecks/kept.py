"""Where the figures are kept, and the page and the chart that show them."""

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
RAW, PAGE, CHART = DOCS / "measurements" / "crosscheck.json", DOCS / "crosscheck.md", DOCS / "images" / "crosscheck.png"
