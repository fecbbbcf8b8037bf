"""docs/partition.md says what is worked out now; what was counted when models ran is what is worked out."""

import pytest

import netstat
from netstat.units import exact
from tests.partition.page import PAGE, RUNS, _named, worked_out

pytestmark = pytest.mark.torch


def test_the_page_is_what_is_worked_out_now() -> None:
    assert PAGE.read_text(encoding="utf-8").partition("## Run for real")[0] == worked_out() + "\n"


@pytest.mark.parametrize("given", RUNS, ids=lambda given: f"{given['model']}-{given.get('ways', 2)}-{given['batch']}")
def test_every_run_on_the_page_sent_what_is_worked_out_now(given: dict[str, object]) -> None:
    record = netstat.partition(dtype="fp64", training=False, **given)  # type: ignore[arg-type]
    said = [exact(record.forward_bytes)] * 2 + [exact(record.backward_bytes)] * 2
    row = " | ".join([_named(given), str(record.ways), str(record.batch), *said, "same"])
    assert f"| {row} |\n" in PAGE.read_text(encoding="utf-8")
