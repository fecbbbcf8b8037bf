"""Links of the repository's Markdown that lead to another place in it, and the places there are."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^(```+)[^\n]*\n.*?^\1 *$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\((?!\w+:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def broken(page: Path) -> list[str]:
    """Targets of the page's links that are not there."""
    text = CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    return [target for target in LINK.findall(text) if not is_there(page, target)]


def is_there(page: Path, target: str) -> bool:
    """Whether a link of the page leads to a file, and to a heading of it where it names one."""
    name, _, anchor = target.partition("#")
    file = page.parent / name if name else page
    return file.exists() and (not anchor or anchor in anchors(file))


def anchors(page: Path) -> set[str]:
    """Where links to headings lead, as GitHub and MyST name them."""
    return set(_slugs(FENCE.sub("", page.read_text(encoding="utf-8"))))


def _slugs(text: str) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for heading in HEADING.findall(text):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        yield f"{slug}-{seen[slug]}" if seen[slug] else slug
        seen[slug] += 1
