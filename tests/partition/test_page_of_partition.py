"""docs/partition.md says what is worked out now; what was counted when models ran is what is worked out."""

import pytest

import netstat
from netstat.units import exact
from tests.partition.page import PAGE, RUNS, SIZES, _named, peaks, worked_out

pytestmark = pytest.mark.torch


def test_the_page_is_what_is_worked_out_now() -> None:
    assert PAGE.read_text(encoding="utf-8").partition("## The largest batch that fits")[0] == worked_out() + "\n"


@pytest.mark.slow
@pytest.mark.parametrize(("card", "words"), list(enumerate(("one, all of it", "each of two"))))
def test_each_largest_batch_on_the_page_fits_and_one_more_does_not(card: int, words: str) -> None:
    (row,) = [line for line in _largest().splitlines() if line.startswith(f"| {words} |")]
    batches = [int(cell.replace(",", "")) for cell in row.split("|")[2:6:2]]
    assert [exact(peaks(batch)[card]) for batch in batches] == [cell.strip() for cell in row.split("|")[3:7:2]]
    for batch, limit in zip(batches, SIZES.values(), strict=True):
        assert peaks(batch)[card] <= limit < peaks(batch + 1)[card]


def _largest() -> str:
    return PAGE.read_text(encoding="utf-8").partition("## The largest batch that fits")[2].partition("\n## ")[0]


@pytest.mark.parametrize("given", RUNS, ids=lambda given: f"{given['model']}-{given.get('ways', 2)}-{given['batch']}")
def test_every_run_on_the_page_sent_what_is_worked_out_now(given: dict[str, object]) -> None:
    record = netstat.partition(dtype="fp64", training=False, **given)  # type: ignore[arg-type]
    said = [exact(record.forward_bytes)] * 2 + [exact(record.backward_bytes)] * 2
    row = " | ".join([_named(given), str(record.ways), str(record.batch), *said, "same"])
    assert f"| {row} |\n" in PAGE.read_text(encoding="utf-8")
