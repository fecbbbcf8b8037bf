"""Two environments are the same, or the keys say in what they differ."""

from hypothesis import given
from hypothesis import strategies as st

from netstat.records.environment import differences

HERE = {
    "argv": ["netstat"], "date": "2026-01-01", "load_avg_1min": 0.1, "cuda_clock_mhz": 1980, "cpu_model_name": "A",
    "torch_version": "2.9", "environment_variables": {},
}  # fmt: skip
KEYS = st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8), max_size=5)


def test_another_day_load_and_call_make_no_other_machine() -> None:
    later = HERE | {"argv": ["x"], "date": "2027-01-01", "load_avg_1min": 9.0, "cuda_clock_mhz": 1410}
    assert differences(HERE, later) == ()


def test_what_differs_is_named() -> None:
    other = HERE | {"torch_version": "2.10", "environment_variables": {"OMP_NUM_THREADS": "1"}}
    assert differences(HERE, other) == ("environment_variables", "torch_version")


def test_what_only_one_says_is_a_difference_even_if_it_says_nothing() -> None:
    assert differences(HERE, HERE | {"cpu_limit": None}) == ("cpu_limit",)


@given(KEYS, KEYS)
def test_differences_do_not_depend_on_the_order_and_nothing_differs_from_itself(one: dict, other: dict) -> None:  # type: ignore[type-arg]
    assert differences(one, other) == differences(other, one)
    assert differences(one, one) == ()
