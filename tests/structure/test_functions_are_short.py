"""Half of the functions have fewer than ten lines, none has more than forty; docstrings are not counted."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines(function: Function) -> int:
    """Lines from `def` to the last statement; the docstring and decorators do not count."""
    first = function.body[0]
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    docstring = span(first) if is_docstring else 0
    return span(function) - docstring


def span(statement: ast.stmt) -> int:
    assert statement.end_lineno is not None
    return statement.end_lineno - statement.lineno + 1


def lengths(source: str) -> dict[str, int]:
    """Lines of each function by name and line; a nested function counts by itself and in the one around it."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))
    return {f"{function.name}:{function.lineno}": lines(function) for function in functions}


def package_lengths() -> dict[str, int]:
    files = sorted((ROOT / "netstat").rglob("*.py"))
    sources = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}
    return {f"{file}:{name}": length for file, text in sources.items() for name, length in lengths(text).items()}


def test_the_median_function_is_under_ten_lines() -> None:
    assert median(package_lengths().values()) < 10


def test_no_function_is_over_forty_lines() -> None:
    assert {name: length for name, length in package_lengths().items() if length > 40} == {}


def test_a_docstring_does_not_count_and_an_inner_function_counts_twice() -> None:
    source = "\n".join(
        [
            "@cache",
            "def outer():",
            '    """One.',
            "",
            '    Two."""',
            "    async def inner():",
            "        return 1",
            "    return inner",
        ]
    )
    assert lengths(source) == {"outer:2": 4, "inner:6": 2}
