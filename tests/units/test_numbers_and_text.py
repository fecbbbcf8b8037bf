"""Numbers become text, and text numbers, in one place."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat import units
from netstat.errors import UsageError


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("128", 128),
        (" 128 ", 128),
        ("+5", 5),
        ("-3", -3),
        ("4k", 4_000),
        ("70M", 70_000_000),
        ("70m", 70_000_000),
        ("1.5G", 1_500_000_000),
        ("0.07G", 70_000_000),
        ("2T", 2 * 10**12),
        ("2Gi", 2**31),
        ("1GiB", 2**30),
        ("3kB", 3_000),
        ("1e3", 1_000),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("9007199254740993k", 9007199254740993000),
    ],
)
def test_a_count_is_read_as_people_write_it(text: str, number: int) -> None:
    assert units.parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "k", "1.5", "0.0001k", "many", "4kk", "1 000", "nan", "inf", "1e400", "²", "+-3", "0x10", "9" * 5000]
)
def test_what_is_no_whole_number_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a whole number; write for example 128, 70M or 1\.5G$") as caught:
        units.parse_number(text)
    assert "\n" not in str(caught.value)


@given(st.integers(), st.sampled_from([("", 1), ("k", 10**3), ("M", 10**6), ("Gi", 2**30)]))
def test_every_whole_number_is_read_exactly(number: int, prefix: tuple[str, int]) -> None:
    assert units.parse_number(f"{number}{prefix[0]}") == number * prefix[1]


@given(st.integers(1, 10**12), st.integers(0, 3))
def test_tenths_of_a_prefix_are_read_exactly(thousandths: int, decimals: int) -> None:
    text = f"{thousandths // 10**decimals}.{thousandths % 10**decimals:0{decimals}}" if decimals else str(thousandths)
    assert units.parse_number(f"{text}k") == thousandths * 10 ** (3 - decimals)


@given(st.text(max_size=8))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    with suppress(UsageError):
        assert isinstance(units.parse_number(text), int)


@given(st.lists(st.integers(1), min_size=1), st.sampled_from(["x", "X", "×", ",", "*", " x "]))
def test_a_shape_is_read_back_as_it_was_written(sizes: list[int], times: str) -> None:
    assert units.parse_shape(times.join(map(str, sizes))) == tuple(sizes)
    assert units.parse_shape(units.shape(tuple(sizes))) == tuple(sizes)


@given(st.text("0123456789x,-+.kMGe²× ", max_size=10))
def test_any_text_is_a_shape_of_positive_sizes_or_a_refusal(text: str) -> None:
    with suppress(UsageError):
        assert min(units.parse_shape(text)) >= 1


def test_a_shape_takes_prefixes() -> None:
    assert units.parse_shape("3x1kx1.5G") == (3, 1_000, 1_500_000_000)


@pytest.mark.parametrize(
    ("dtype", "size"), [("float32", 4), ("bfloat16", 2), ("float64", 8), ("int8", 1), ("bool", 1), ("complex64", 8)]
)
def test_a_dtype_has_a_size(dtype: str, size: int) -> None:
    assert units.dtype_bytes(dtype) == size


def test_a_dtype_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="unknown dtype 'float31'; known: float64, float32, float16"):
        units.dtype_bytes("float31")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (units.exact(714_188_480), "714,188,480"),
        (units.exact(0), "0"),
        (units.scaled(714_188_480), "714.2 M"),
        (units.scaled(61_100_840, "B"), "61.1 MB"),
        (units.scaled(999), "999"),
        (units.scaled(0.125), "0.125"),
        (units.scaled(-1500), "-1.5 k"),
        (units.scaled(2 * 10**12), "2 T"),
        (units.mebibytes(244_403_360), "233.08 MiB"),
        (units.mebibytes(1023), "1023 B"),
        (units.mebibytes(1024), "1.00 KiB"),
        (units.mebibytes(3 * 2**40), "3.00 TiB"),
        (units.duration(0.01234), "12.34 ms"),
        (units.duration(2.5), "2.5 s"),
        (units.duration(1.5e-5), "15 µs"),
        (units.duration(2e-9), "2 ns"),
        (units.duration(0), "0 ns"),
        (units.percent(1, 8), "12.50 %"),
        (units.percent(1, 0), "-"),
        (units.rounded_percent(617, 1000), "62 %"),
        (units.rounded_percent(4, 1000), "<1 %"),
        (units.rounded_percent(5, 1000), "<1 %"),
        (units.rounded_percent(999, 1000), ">99 %"),
        (units.rounded_percent(1, 1), "100 %"),
        (units.rounded_percent(0, 5), "0 %"),
        (units.rounded_percent(1, 0), "-"),
        (units.give_or_take(1.93, (1.88, 1.97)), "1.93 ± 0.05"),
        (units.give_or_take(3.77, (1.02, 23.11)), "3.77 (1.02 to 23.11)"),
        (units.signed(18_432), "+18,432"),
        (units.signed(-5), "-5"),
        (units.signed(0), "0"),
        (units.rate(1234.56, "examples"), "1,235 examples/s"),
        (units.rate(0.25, "examples"), "0.25 examples/s"),
        (units.ratio(2.26438), "2.264×"),
        (units.ratio(1), "="),
        (units.shape((1, 64, 55, 55)), "1×64×55×55"),
        (units.shape((1, 64), "x"), "1x64"),
        (units.shape(()), "()"),
        (units.plural(1, "layer"), "1 layer"),
        (units.plural(2000, "layer"), "2,000 layers"),
        (units.bar(5, 16), "██▌"),
        (units.bar(0, 16), ""),
        (units.bar(1, 10**9), "▏"),
        (units.bar(16, 16), "████████"),
        (units.bar(5, 16, unicode=False), "##"),
        (units.bar(1, 10**9, unicode=False), "."),
        (units.bar(1, 0), ""),
    ],
)
def test_a_number_as_text(said: str, expected: str) -> None:
    assert said == expected


@given(st.floats(1e-9, 1e9), st.floats(1e-9, 1e9))
def test_a_bar_never_leaves_its_cells_and_shows_whatever_is_there(part: float, whole: float) -> None:
    for unicode in (True, False):
        assert 1 <= len(units.bar(part, whole, unicode=unicode)) <= 8


@given(st.integers(0, 10**15))
def test_a_scaled_number_has_four_digits_at_most_and_is_that_number(number: int) -> None:
    text, _, prefix = units.scaled(number).partition(" ")
    factor = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}[prefix]
    assert len(re.sub(r"e.*|\D", "", text)) <= 4
    assert float(text) * factor == pytest.approx(number, rel=5e-4)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ns"),
        (59.5, "59.5 s"),
        (119.4, "119.4 s"),
        (119.6, "2 min"),
        (723, "12 min 3 s"),
        (723.4, "12 min 3 s"),
        (3599.9, "60 min"),
        (3600, "1 h"),
        (22_980, "6 h 23 min"),
        (86_400 * 3 + 7_300, "3 d 2 h"),
        (86_400 * 4000, "4,000 d"),
    ],
)
def test_a_long_time_is_said_in_two_units(seconds: float, text: str) -> None:
    assert units.span(seconds) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20ms", 0.02), ("1.5 s", 1.5), ("300us", 3e-4), ("3µs", 3e-6), (" .5s ", 0.5), ("7ns", 7e-9)],
)
def test_a_time_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert units.parse_seconds(text) == pytest.approx(seconds, rel=1e-15)


@pytest.mark.parametrize("text", ["20", "ms", "-3ms", "0s", "1e3s", "nan s", "3 min", "", "3m s"])
def test_what_is_no_time_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="is no time; write for example 20ms"):
        units.parse_seconds(text)
