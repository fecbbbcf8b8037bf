"""Style and scripts of the page, and the policy that lets in these and nothing else."""

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent
_STYLES = ("style.css", "charts/*.css")
_SCRIPTS = ("vendor/*.js", "scripts/page.js", "scripts/numbers.js", "scripts/*.js", "charts/*.js")


@cache
def style() -> str:
    """All of it as one."""
    return "\n".join(_texts(_STYLES))


@cache
def scripts() -> tuple[str, ...]:
    """Each by itself, so that an error in one stops no other."""
    return tuple(_texts(_SCRIPTS))


def policy() -> str:
    """The page's Content-Security-Policy: its own style and scripts by their digests, and no request at all."""
    allowed = " ".join(map(_digest, scripts()))
    rest = "img-src data: blob:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {allowed}; style-src {_digest(style())}; {rest}"


def _texts(patterns: Iterable[str]) -> list[str]:
    files = dict.fromkeys(file for pattern in patterns for file in sorted(FOLDER.glob(pattern)))
    return [_lines(file) for file in files]


def _lines(file: Path) -> str:
    """A file as it is put between tags, the same on every system."""
    lines = file.read_text(encoding="utf-8").split("\n")
    return "\n" + "\n".join(line.rstrip().replace("\t", " ") for line in lines) + "\n"


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
