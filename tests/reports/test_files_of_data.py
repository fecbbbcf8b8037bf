"""JSON and CSV: for programs, so nothing may be lost or rounded."""

import csv
import io
import json
from dataclasses import replace
from math import fsum, inf, isclose

import pytest

from netstat import __version__
from netstat.records.base import Record
from netstat.records.reading import from_dict
from netstat.registry import REPORTS
from tests.reports.samples import (
    ALEXNET_PROFILE,
    BENCHMARKS,
    CHECKS,
    COMPARISON,
    CPU,
    FULL_PROFILE,
    HOSTILE,
    HOSTILE_PROFILE,
    RECORDS,
)


def text_of(record: Record, format: str) -> str:
    return REPORTS[format].render(record).decode()


def rows_of(record: Record) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(REPORTS["csv"].render(record).decode("utf-8-sig"), newline="")))


# JSON


@pytest.mark.parametrize("name", RECORDS)
def test_json_read_back_is_the_record(name: str) -> None:
    assert from_dict(json.loads(text_of(RECORDS[name], "json"))) == RECORDS[name]


def test_json_is_the_records_own_dict_with_its_keys_in_order() -> None:
    saved = json.loads(text_of(FULL_PROFILE, "json"))
    assert saved == FULL_PROFILE.to_dict()
    assert list(saved)[:4] == ["schema", "netstat", "kind", "model"]


def test_a_layer_is_one_line_of_json() -> None:
    lines = text_of(ALEXNET_PROFILE, "json").splitlines()
    assert sum(line.startswith('  {"path": ') for line in lines) == len(ALEXNET_PROFILE.layers)


def test_json_keeps_names_as_people_write_them() -> None:
    assert "层" in text_of(HOSTILE_PROFILE, "json")


def test_json_refuses_what_json_cannot_hold() -> None:
    endless = replace(BENCHMARKS, benchmarks=(replace(CPU, median_seconds=inf),))
    with pytest.raises(ValueError, match="not JSON compliant"):
        text_of(endless, "json")


# CSV


def test_csv_has_a_row_per_layer_with_raw_numbers_under_the_keys_of_json() -> None:
    rows = rows_of(ALEXNET_PROFILE)
    assert list(rows[0])[:-1] == list(ALEXNET_PROFILE.to_dict()["layers"][0])
    assert [int(row["macs"]) for row in rows] == [layer.macs for layer in ALEXNET_PROFILE.layers]
    assert [float(row["arithmetic_intensity"]) for row in rows] == [
        layer.arithmetic_intensity for layer in ALEXNET_PROFILE.layers
    ]


def test_csv_writes_shapes_as_users_type_them_and_nothing_for_what_is_not_known() -> None:
    row, unknown = rows_of(ALEXNET_PROFILE)[0], rows_of(HOSTILE_PROFILE)[1]
    assert (row["output_shapes"], row["receptive_field"]) == ("1x64x55x55", "11x11")
    assert (unknown["count"], unknown["receptive_field"]) == ("", "11x11")
    several = replace(ALEXNET_PROFILE.layers[0], input_shapes=((1, 2), (), (3,)), output_shapes=())
    assert rows_of(replace(ALEXNET_PROFILE, layers=(several,)))[0]["input_shapes"] == "1x2 () 3"
    assert rows_of(replace(ALEXNET_PROFILE, layers=(several,)))[0]["output_shapes"] == ""


@pytest.mark.parametrize("name", RECORDS)
def test_every_line_of_csv_has_as_many_cells_as_its_header_and_ends_as_rfc_4180_says(name: str) -> None:
    text = REPORTS["csv"].render(RECORDS[name]).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert {len(row) for row in rows} <= {len(header)}
    assert {row[-1] for row in rows} <= {__version__}
    assert text.count("\n") == text.count("\r\n") == 1 + len(rows)


def test_csv_says_that_it_is_utf_8_where_it_is_more_than_ascii() -> None:
    assert REPORTS["csv"].render(ALEXNET_PROFILE).startswith(b"path,op,")
    assert REPORTS["csv"].render(HOSTILE_PROFILE).startswith(b"\xef\xbb\xbfpath,op,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t=", "\r@", " -"])
def test_no_name_in_csv_is_a_formula(start: str) -> None:
    named = replace(ALEXNET_PROFILE.layers[0], path=f"{start}1+1")
    cell = rows_of(replace(ALEXNET_PROFILE, layers=(named,)))[0]["path"]
    assert cell == f"'{start.strip(chr(9) + chr(13))}1+1"


def test_a_shape_that_begins_with_a_sign_is_no_formula_either() -> None:
    assert {row["center"] for row in rows_of(ALEXNET_PROFILE)} == {"'-1/4x3", ""}


def test_a_negative_number_in_csv_stays_a_number() -> None:
    negative = replace(BENCHMARKS, benchmarks=(replace(CPU, unattributed_seconds=-1e-3),))
    assert rows_of(negative)[-1]["median_seconds"] == "-0.001"


def test_csv_of_a_benchmark_adds_up_to_the_whole() -> None:
    rows = [row for row in rows_of(BENCHMARKS) if row["device"] == "cpu"]
    assert (rows[-1]["path"], rows[-1]["netstat"]) == ("unattributed", __version__)
    assert isclose(fsum(float(row["median_seconds"]) for row in rows), CPU.median_seconds)


def test_csv_of_a_cross_check_has_a_row_per_peer_with_its_bill() -> None:
    thop, torch, fvcore = rows_of(CHECKS)
    assert (thop["peer"], thop["unexplained"], torch["unexplained"]) == ("thop", "0", "7")
    assert thop["terms"] == "adaptive average pooling counted as (window + 1) per output: +18,432"
    assert (fvcore["reported"], fvcore["error"]) == ("", "fvcore cannot be imported; pip install fvcore")


def test_csv_of_a_comparison_has_a_row_per_model_with_its_totals() -> None:
    rows = rows_of(COMPARISON)
    assert [int(row["params"]) for row in rows] == [model.totals.params for model in COMPARISON.models]
    assert [row["complete"] for row in rows] == ["True", "True", "False"]


def test_csv_without_rows_still_has_its_header_and_mark() -> None:
    assert text_of(replace(CHECKS, crosscheck=()), "csv") == "crosscheck,netstat\r\n"


def test_hostile_names_stay_in_their_cell_of_csv() -> None:
    rows = rows_of(HOSTILE_PROFILE)
    assert len(rows) == 2
    assert rows[0]["path"] == "'" + "".join(filter(str.isprintable, HOSTILE))
