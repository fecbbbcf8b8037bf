"""Numbers to text and back. The only place where a number becomes text.

Inside netstat a figure is an int count, seconds (float) or bytes (int); prefixes, rates and percentages exist on paper
only.
"""

from typing import TYPE_CHECKING

from netstat.errors import UsageError

if TYPE_CHECKING:
    from fractions import Fraction

_PREFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
DIGITS_ABOVE = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = str.maketrans("0123456789", DIGITS_ABOVE)
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_DTYPE_BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1,
    "complex128": 16, "complex64": 8, "complex32": 4,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint64": 8, "uint32": 4, "uint16": 2, "uint8": 1, "bool": 1,
}  # fmt: skip


def dtype_bytes(dtype: str) -> int:
    """Bytes of one element of `dtype`, torch's spelling without the `torch.`."""
    try:
        return _DTYPE_BYTES[dtype]
    except KeyError:
        raise UsageError(f"unknown dtype '{dtype}'; known: {', '.join(_DTYPE_BYTES)}") from None


def exact(count: int) -> str:
    """All digits, in groups of three: 714188480 -> '714,188,480'."""
    return f"{count:,}"


def scaled(number: float, unit: str = "") -> str:
    """Four digits and an SI prefix: 714188480 -> '714.2 M'."""
    for factor, prefix in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if abs(number) >= factor:
            return f"{number / factor:.4g} {prefix}{unit}"
    return f"{number:.4g} {unit}".rstrip()


def mebibytes(count: int) -> str:
    """Bytes with a binary prefix: 244403360 -> '233.08 MiB'."""
    for factor, prefix in ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if abs(count) >= factor:
            return f"{count / factor:.2f} {prefix}"
    return f"{count} B"


def duration(seconds: float) -> str:
    """Seconds at four digits in the unit a person would use: 0.01234 -> '12.34 ms'."""
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if abs(seconds) >= factor:
            return f"{seconds / factor:.4g} {unit}"
    return f"{seconds / 1e-9:.4g} ns"


def span(seconds: float) -> str:
    """A long time in the two units a person would say it in: 723 -> '12 min 3 s'; under two minutes as `duration`."""
    if seconds < 119.5:
        return duration(seconds)
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    at = next(i for i, (factor, _) in enumerate(units) if seconds >= factor)
    (large, name), (small, rest) = units[at], units[at + 1]
    whole, parts = divmod(round(seconds / small), large // small)
    return f"{whole:,} {name} {parts} {rest}" if parts else f"{whole:,} {name}"


def percent(part: float, whole: float, decimals: int = 2) -> str:
    """`part` of `whole` as a percentage: (1, 8) -> '12.50 %'; '-' where there is no whole."""
    return f"{100 * part / whole:.{decimals}f} %" if whole else "-"


def rounded_percent(part: float, whole: float) -> str:
    """A whole percentage that says neither nothing of something nor all of less: '62 %', '<1 %', '>99 %'."""
    said = percent(part, whole, 0)
    if part > 0 and said == "0 %":
        return "<1 %"
    return ">99 %" if part < whole and said == "100 %" else said


def signed(count: int) -> str:
    """A difference with its sign: 18432 -> '+18,432'."""
    return f"{count:+,}" if count else "0"


def deviation(share: float) -> str:
    """A difference as a percentage with its sign: 0.0000258 -> '+0.00258 %'; '=' where there is none."""
    return f"{100 * share:+.3g} %" if share else "="


def power(number: float) -> str:
    """A very small number by its power of ten: 0.00000012 -> '1.2e-07'; '0' for none."""
    return f"{number:.1e}" if number else "0"


def rate(per_second: float, noun: str) -> str:
    """How often in a second: (1234.56, 'examples') -> '1,235 examples/s'."""
    return f"{often(per_second)} {noun}/s"


def often(per_second: float) -> str:
    """A rate without its unit: 1234.56 -> '1,235'."""
    return f"{per_second:,.0f}" if per_second >= 1000 else f"{per_second:.4g}"


def give_or_take(value: float, ends: tuple[float, float]) -> str:
    """A figure and how far it may be off: (1.93, (1.88, 1.97)) -> '1.93 ± 0.05'; both ends of a lopsided interval."""
    below, above = value - ends[0], ends[1] - value
    if max(below, above) > 1.5 * min(below, above):
        return f"{value:.2f} ({ends[0]:.2f} to {ends[1]:.2f})"
    return f"{value:.2f} ± {max(below, above):.2f}"


def ratio(times: float) -> str:
    """So many times as much: 2.26438 -> '2.264×'; '=' where there is no difference."""
    return "=" if times == 1 else f"{times:.4g}×"


def bar(part: float, whole: float, cells: int = 8, *, unicode: bool = True) -> str:
    """A share as a bar of at most `cells` characters: (5, 16) -> '██▌'; what is not zero is never invisible."""
    full = 8 * cells
    eighths = min(full, max(1, round(full * part / whole))) if whole and part > 0 else 0
    if unicode:
        return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
    return "#" * round(eighths / 8) or "." * (eighths > 0)


def decimals(number: float) -> str:
    """A number with the decimals it has, at most four: 55.25 -> '55.25', 37.0 -> '37'."""
    return f"{number:,.4f}".rstrip("0").rstrip(".")


def shape(sizes: tuple[int | str, ...], times: str = "×") -> str:
    """A shape: (1, 64, 55, 55) -> '1×64×55×55'; a scalar is '()'."""
    return times.join(map(str, sizes)) if sizes else "()"


def each(share: "Fraction") -> str:
    """A count per element, at six digits: 474/96 -> '4.9375'."""
    return f"{float(share):.6g}"


def between(ends: tuple[float, float]) -> str:
    """An interval: (-4.58, 4.58) -> '-4.58 … 4.58'."""
    return f"{ends[0]:.4g} … {ends[1]:.4g}"


def superscript(number: int) -> str:
    """2 as ²: an exponent of 0 or more."""
    return str(number).translate(_RAISED)


def plural(number: int, noun: str) -> str:
    """'1 layer', '2 layers'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def parse_number(text: str) -> int:
    """A count as users type it: '70M', '1.5G', '4k', '128', '2Gi'.

    Raises:
        UsageError: it is not a number, or not a whole one.
    """
    digits = text.strip().rstrip("kKmMgGtTiIbB")
    prefix = text.strip()[len(digits) :].lower().removesuffix("b")
    try:
        factor = _PREFIXES[prefix]
        return int(digits) * factor if digits.lstrip("+-").isdecimal() else _whole(float(digits) * factor)
    except (ValueError, KeyError, OverflowError):
        raise UsageError(f"'{text}' is not a whole number; write for example 128, 70M or 1.5G") from None


def _whole(value: float) -> int:
    """0.07 × 10⁹ is 70000000.00000001 to a float."""
    nearest = round(value)
    if abs(value - nearest) > 1e-15 * abs(value):
        raise ValueError
    return nearest


def parse_seconds(text: str) -> float:
    """A time as users type it: '20ms' -> 0.02; s, ms, us, µs and ns.

    Raises:
        UsageError: it is no time, or none that can pass.
    """
    import re

    found = re.fullmatch(r"(\d+\.?\d*|\.\d+) ?([munµμ]?s)", text.strip())
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if not seconds:
        raise UsageError(f"'{text}' is no time; write for example 20ms, 1.5s or 300us")
    return seconds


def parse_printed(text: str, digits: int | None = None) -> "tuple[Fraction, Fraction]":
    """A figure as texts print it, and what one more of its last digit would be: '62.3 M' -> (62300000, 100000).

    Args:
        text: '0.77 G', '122,304', '6 %', '93 MB'; prefixes are decimal.
        digits: how many of the digits mean something; all of them by default.

    Raises:
        UsageError: it is no such figure.
    """
    from fractions import Fraction

    number, _, prefix = text.replace(",", "").partition(" ")
    written, _, decimals = number.partition(".")
    try:
        factor = Fraction(_PREFIXES[prefix.lower().strip("%b")], 10 ** len(decimals))
        value, cut = int(written + decimals), 0 if digits is None else len((written + decimals).lstrip("0")) - digits
    except (ValueError, KeyError):
        raise UsageError(f"'{text}' is no figure; write for example 62.3 M, 122,304 or 6 %") from None
    return value * factor, 10**cut * factor


def parse_shape(text: str) -> tuple[int, ...]:
    """A shape as users type it: '3x224x224' -> (3, 224, 224). '×', ',' and '*' separate as well.

    Raises:
        UsageError: a size is not a positive whole number.
    """
    parts = text.lower().replace("×", "x").replace(",", "x").replace("*", "x").split("x")
    try:
        sizes = tuple(map(parse_number, parts))
    except UsageError:
        sizes = ()
    if not sizes or min(sizes) < 1:
        raise UsageError(f"input shape '{text}' needs positive whole sizes, such as 3x224x224")
    return sizes
