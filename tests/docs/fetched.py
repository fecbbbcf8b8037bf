"""What a built site would fetch from elsewhere when a page is opened: nothing.

`python tests/docs/fetched.py FOLDER` looks at every page and style of a site, and fails where there is something.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ELSEWHERE = re.compile(r"(?:https?:)?//")
IN_STYLE = re.compile(r"(?:url\(|@import) *[\"']?((?:https?:)?//[^\"')]+)")
PLACES = {"src", "srcset", "data", "poster"}  # of any element; and href, of what is no link to follow
FOLLOWED = {"canonical", "prev", "next", "alternate"}


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = PLACES | ({"href"} if tag in ("link", "use", "image") and given.get("rel") not in FOLLOWED else set())
        self.found += [value for name, value in given.items() if name in names and ELSEWHERE.match(value)]
        self.found += IN_STYLE.findall(given.get("style", ""))


def loads(page: str) -> list[str]:
    """Addresses on other machines that a browser asks for when it opens the page."""
    parser = _Loads()
    parser.feed(page)
    styles = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    return parser.found + [found for style in styles for found in IN_STYLE.findall(style)]


def of_site(folder: Path) -> Iterator[str]:
    """What any file of a site loads, with the file."""
    for file in sorted(folder.rglob("*.*")):
        if file.suffix in (".html", ".css"):
            text = file.read_text(encoding="utf-8")
            yield from (
                f"{file.relative_to(folder)}: {found}"
                for found in (loads(text) if file.suffix == ".html" else IN_STYLE.findall(text))
            )


if __name__ == "__main__":
    if not (Path(sys.argv[1]) / "index.html").is_file():
        sys.exit(f"{sys.argv[1]} holds no site")
    sys.exit("\n".join(of_site(Path(sys.argv[1]))) or 0)
