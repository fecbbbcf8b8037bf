"""Equations as docstrings have them, y[r, o] = b[o] + Σ_i w[o, i] · x[r, i], as HTML with MathML in it.

What stands between two spaces outside of brackets is set by itself, so that a line may break at each of them, and so
that words stay words.
"""

import re
from collections.abc import Iterator
from html import escape

WORD = re.compile(r"[A-Za-z]{2,}(?:['’-][a-z]+)?")
PROSE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|[\"`]")
MATH = re.compile(r"[_^·√Σ⌊⌈⌋⌉¹²³⁴½±∓ΦσΓπθ\[|‖]|^[B-Zb-z]'?$|\d[/·]|[A-Za-z]/[A-Za-z(]|^−?\(|[a-z]\(")
SIGNS = frozenset("=+−·/<>≤≥≠≈→⊙∓±")
SPACED = re.compile(r" ?([=+−·/,<>≤≥≠≈→⊙]) ?")  # MathML has its own space around operators
PIECE = re.compile(r"`[^`]+`|[^`]+")
TOKEN = re.compile(r"\d+(?:\.\d+)?|[A-Za-zΑ-ωᵀ]+'*|[⁰¹²³⁴⁵⁶⁷⁸⁹]+| +|.", re.DOTALL)
CLOSING = {"(": ")", "[": "]", "⌊": "⌋", "⌈": "⌉"}
ABOVE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def html(text: str) -> str:
    """The text with its formulas set, code in backticks as such."""
    return "".join(
        f"<code>{escape(piece[1:-1])}</code>" if piece.startswith("`") else _set(piece) for piece in PIECE.findall(text)
    )


def _set(text: str) -> str:
    chunks = list(_chunks(text))
    beside = zip(["", *chunks], chunks, [*chunks[1:], ""], strict=False)
    return " ".join(_chunk(chunk, near_sign=before in SIGNS or after in SIGNS) for before, chunk, after in beside)


def _chunks(text: str) -> Iterator[str]:
    """What stands between spaces outside of brackets."""
    start = depth = 0
    for at, char in enumerate(text):
        depth = max(0, depth + (char in CLOSING) - (char in CLOSING.values()))
        if char == " " and not depth:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _chunk(chunk: str, *, near_sign: bool) -> str:
    """One of them: a formula, a word, or, where words stand in brackets, each by itself."""
    if " " in chunk and PROSE.search(chunk):
        return " ".join(_chunk(each, near_sign=False) for each in chunk.split(" "))
    body = chunk.rstrip(".,;:")
    if not body or body in SIGNS or WORD.fullmatch(body) or not (MATH.search(body) or near_sign):
        return escape(chunk)
    try:
        made = _Reader(SPACED.sub(r"\1", body)).all()
    except IndexError:  # brackets that are closed elsewhere
        return escape(chunk)
    return f"<math>{made}</math>{escape(chunk[len(body) :])}"


class _Reader:
    """Goes through the tokens of a formula; raises IndexError where it ends too early."""

    def __init__(self, text: str) -> None:
        self.tokens, self.at = TOKEN.findall(text), 0

    def all(self) -> str:
        made = []
        while self.at < len(self.tokens):
            made.append(self.scripted())
        return "".join(made)

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def next_is(self, *wanted: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] in wanted

    def scripted(self) -> str:
        """An atom with what stands below and above it."""
        made = self.atom()
        while self.at < len(self.tokens):
            if self.next_is("_"):
                self.take()
                made = f"<msub>{made}{self.atom()}</msub>"
            elif self.next_is("["):
                made = f"<msub>{made}<mrow>{self.within(self.take())}</mrow></msub>"
            elif self.next_is("^"):
                self.take()
                made = f"<msup>{made}<mrow>{self.exponent()}</mrow></msup>"
            elif self.tokens[self.at][0] in "⁰¹²³⁴⁵⁶⁷⁸⁹":
                made = f"<msup>{made}<mn>{self.take().translate(ABOVE)}</mn></msup>"
            else:
                break
        return made

    def exponent(self) -> str:
        sign = _sign(self.take()) if self.next_is("−", "+", "±", "∓") else ""
        return sign + (self.within(self.take()) if self.next_is("(") else self.scripted())

    def atom(self) -> str:
        token = self.take()
        if token == "√":
            inside = self.within(self.take()) if self.next_is("(") else self.scripted()
            return f"<msqrt>{inside}</msqrt>"
        if token in CLOSING:
            opening, closing = (f'<mo stretchy="false">{sign}</mo>' for sign in (token, CLOSING[token]))
            return f"<mrow>{opening}{self.within(token)}{closing}</mrow>"
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token in ("Σ", "Π"):
            return f"<mo>{'∑' if token == 'Σ' else '∏'}</mo>"
        return _name(token) if token[0].isalpha() else _sign(token)

    def within(self, opening: str) -> str:
        """What stands in a pair of brackets, whose first one was taken; takes the second."""
        made = []
        while not self.next_is(CLOSING[opening]):
            self.tokens[self.at]
            made.append(self.scripted())
        self.take()
        return "".join(made)


def _name(token: str) -> str:
    """A letter or a word, with its primes."""
    stem = token.rstrip("'")
    primes = "′" * (len(token) - len(stem))
    return f"<msup><mi>{stem}</mi><mo>{primes}</mo></msup>" if primes else f"<mi>{stem}</mi>"


def _sign(token: str) -> str:
    """An operator; a space between two things that stand beside one another."""
    if token.isspace():
        return '<mspace width="0.25em"/>'
    return '<mo lspace="0" rspace="0">/</mo>' if token == "/" else f"<mo>{escape(token)}</mo>"
