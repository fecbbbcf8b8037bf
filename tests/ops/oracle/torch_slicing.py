"""Torch's `x[…]` and `x[…] = y`."""

from typing import Any

from oracle.reference import REFERENCES


def between_brackets(index: Any, indices: Any) -> tuple[Any, ...]:
    """An index as torch code writes it."""
    given = iter(indices)

    def item(one: Any) -> Any:
        if one == "tensor":
            return next(given)
        if one == "...":
            return ...
        if isinstance(one, tuple):
            return list(one[1:]) if one[0] == "list" else slice(*one)
        return one

    return tuple(map(item, index))


def setitem(input: Any, index: Any, value: Any, indices: Any = ()) -> Any:
    input[between_brackets(index, indices)] = value
    return input


REFERENCES["getitem"] = lambda input, index, indices=(): input[between_brackets(index, indices)]
REFERENCES["setitem"] = setitem
