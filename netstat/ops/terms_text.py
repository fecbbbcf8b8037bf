"""Expressions as text: Python's integer arithmetic, which anybody can read back."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from netstat.ops.terms import ONE, Atom, Book, Product, Terms, items

LAST = 10**9  # where functions stand among floors, which are in the order of their divisors: that of the layers


def text(book: Book, terms: Terms, front: Sequence[str] = ()) -> str:
    """Python's integer arithmetic: N*(64*((H - 7)//4 + 1) + 10).

    Args:
        book: of the atoms.
        terms: the sum of products.
        front: letters, each of which is taken out of the products it is in.
    """
    for name in front:
        number = book.number(Atom("letter", name))
        inside = {_without(product, number): count for product, count in terms.items() if number in product}
        if len(inside) > 1:
            rest = {product: count for product, count in terms.items() if number not in product}
            return f"{name}*({_sum(book, inside)})" + (f" + {_sum(book, rest)}" if rest else "")
    return _sum(book, terms)


def _without(product: Product, number: int) -> Product:
    at = product.index(number)
    return product[:at] + product[at + 1 :]


def _sum(book: Book, terms: Terms) -> str:
    """Products of most factors first, those of early layers first among them, the number last."""
    ordered = sorted(items(terms), key=lambda item: (-len(item[0]), sorted(_place(book, number) for number in item[0])))
    ordered.sort(key=lambda item: item[1] < 0 and len(ordered) <= 3)  # 2 − s, not −s + 2
    written = "".join(f" {'-' if count < 0 else '+'} {_product(book, item, abs(count))}" for item, count in ordered)
    return f"-{written[3:]}" if written.startswith(" -") else written[3:] or "0"


def _place(book: Book, number: int) -> tuple[int, int, int]:
    atom = book.atoms[number]
    return (atom.divisor if atom.kind in ("letter", "floor") else LAST, _first(book, number), number)


def _first(book: Book, number: int) -> int:
    """The number of the first letter in it."""
    return min((book.number(Atom("letter", name)) for name in book.letters({(number,): 1})), default=LAST)


def _product(book: Book, product: Product, count: int) -> str:
    ordered = sorted(product, key=lambda number: (_first(book, number), number))
    powers = [(number, len(list(run))) for number, run in groupby(ordered)]
    factors = [_atom(book, book.atoms[number]) + (f"**{power}" if power > 1 else "") for number, power in powers]
    return "*".join([*([str(count)] if count > 1 or not factors else []), *factors])


def _atom(book: Book, atom: Atom) -> str:
    if atom.kind == "letter":
        return atom.name
    inside = [_sum(book, dict(argument)) for argument in atom.arguments]
    inside.sort(key=str.isdecimal)  # gcd(H, 6): the number last
    if atom.kind == "sum":
        return f"({inside[0]})"
    if atom.kind != "floor":
        return f"{atom.kind}({', '.join(inside)})"
    above = inside[0] if _is_single(atom.arguments[0]) else f"({inside[0]})"
    return f"({above}//{atom.divisor})"


def _is_single(argument: Iterable[tuple[Product, int]]) -> bool:
    return [(product != ONE, len(product), count) for product, count in argument] == [(True, 1, 1)]
