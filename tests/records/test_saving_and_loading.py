"""A record, its JSON and its file: there and back again without a loss, and never half-way."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netstat
from netstat.errors import ModelError, UsageError
from netstat.records import SCHEMA, load
from netstat.records.activations import Activations
from netstat.records.base import Record, check_writable, write
from netstat.records.benchmark import Benchmark, Benchmarks
from netstat.records.ceilings import Ceiling, Ceilings
from netstat.records.check import Check
from netstat.records.comparison import Comparison
from netstat.records.crosscheck import CrossCheck, CrossChecks
from netstat.records.explanation import Explanations
from netstat.records.forecast import Forecast, Forecasts
from netstat.records.formula import Formula
from netstat.records.memory import Memory
from netstat.records.partition import Partition
from netstat.records.pipeline import Pipeline
from netstat.records.profile import Layer, Profile
from netstat.records.published import Published, PublishedFigure
from netstat.records.reading import KINDS, from_dict
from netstat.records.report import Report
from netstat.records.scaling import Scaling
from netstat.records.views import Views
from netstat.registry import REPORTS
from tests.records.strategies import of, records

MARK = b"made by netstat"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=8,
)
slow_to_draw = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(scope="module")
def profile() -> Profile:
    return netstat.profile("lenet")


@slow_to_draw
@given(records())
def test_a_record_comes_back_from_its_json_as_it_was(record: Record) -> None:
    saved = REPORTS["json"].render(record)
    again = from_dict(json.loads(saved))
    assert again == record
    assert type(again) is type(record)
    assert REPORTS["json"].render(again) == saved


@slow_to_draw
@given(records())
def test_a_record_says_first_what_it_is_and_leaves_out_what_it_has_not(record: Record) -> None:
    saved = record.to_dict()
    assert list(saved)[:3] == ["schema", "netstat", "kind"]
    assert (saved["schema"], saved["netstat"], saved["kind"]) == (SCHEMA, netstat.__version__, record.kind)
    assert None not in saved.values()


@slow_to_draw
@given(records(), st.data())
def test_a_record_with_anything_in_it_replaced_is_a_record_or_a_refusal(record: Record, data: st.DataObject) -> None:
    saved = json.loads(json.dumps(record.to_dict()))
    holder, key = data.draw(st.sampled_from(list(places(saved))))
    holder[key] = data.draw(ANY_JSON)
    try:
        again = from_dict(saved)
    except ValueError:
        return
    assert isinstance(again, Record)
    json.loads(REPORTS["json"].render(again))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Everything in a JSON value: what holds it, and under which key."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in inside for place in ((value, key), *places(item))]


@given(ANY_JSON)
def test_any_json_is_a_record_or_a_refusal(saved: Any) -> None:
    with pytest.raises(ValueError, match=r"is not an object|this netstat reads schema 1|is none of"):
        from_dict(saved)


def test_every_kind_of_record_can_be_read() -> None:
    kinds = dict(KINDS)
    assert kinds == {
        "profile": Profile,
        "report": Report,
        "crosscheck": CrossChecks,
        "benchmark": Benchmarks,
        "activations": Activations,
        "check": Check,
        "ceilings": Ceilings,
        "comparison": Comparison,
        "published": Published,
        "forecast": Forecasts,
        "formula": Formula,
        "memory": Memory,
        "partition": Partition,
        "explanation": Explanations,
        "pipeline": Pipeline,
        "scaling": Scaling,
        "views": Views,
    }


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (Benchmarks, Benchmark),
        (CrossChecks, CrossCheck),
        (Published, PublishedFigure),
        (Forecasts, Forecast),
        (Ceilings, Ceiling),
    ],
)
def test_a_record_of_several_behaves_as_a_sequence(kind: type[Any], part: type[Any]) -> None:
    @slow_to_draw
    @given(of(kind))
    def holds(record: Any) -> None:
        assert len(record) == len(list(record))
        assert all(type(item) is part for item in record)

    holds()


@slow_to_draw
@given(of(Layer))
def test_a_layers_shape_is_its_first(layer: Layer) -> None:
    assert layer.input_shape == (layer.input_shapes[0] if layer.input_shapes else ())
    assert layer.output_shape == (layer.output_shapes[0] if layer.output_shapes else ())


def test_a_saved_profile_is_loaded_as_it_was(profile: Profile, tmp_path: Path) -> None:
    profile.save(tmp_path / "a.json")
    for path in (tmp_path / "a.json", str(tmp_path / "a.json")):
        assert netstat.load(path) == profile
        assert netstat.profile(path) == profile


def test_what_a_later_netstat_adds_is_passed_over(profile: Profile) -> None:
    saved = profile.to_dict()
    saved["layers"][0]["colour"] = saved["colour"] = "blue"
    assert from_dict(saved) == profile


def test_what_a_default_exists_for_may_be_missing(profile: Profile) -> None:
    saved = profile.to_dict()
    assert not {"crosscheck", "benchmarks", "environment"} & saved.keys()
    del saved["layers"][3]["macs"]
    with pytest.raises(ValueError, match="no key 'macs' for Layer"):
        from_dict(saved)


def test_a_profile_of_the_first_netstat_is_still_read_and_shown(profile: Profile) -> None:
    saved = profile.to_dict()
    for name in ("modules", "captured"):
        del saved[name]
    for name in ("frozen_params", "shared_params", "buffers", "flops_at_most", "backward_macs"):
        del saved["totals"][name]
    for layer in saved["layers"]:
        for name in ("repeated_params", "complete", "backward_macs"):
            del layer[name]
    old = from_dict(saved)
    assert isinstance(old, Profile)
    assert old.layers == profile.layers
    assert old.table() == profile.table()
    assert [branch.layer.macs for branch in old.tree()] == [branch.layer.macs for branch in profile.tree()]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("model", 3, "3 is not str"),
        ("complete", 1, "1 is not bool"),
        ("layers", {}, "{} is not a list"),
        ("totals", [], r"\[\] is not an object"),
        ("inputs", [[1]], r"\[1\] is not an object"),
        ("environment", 7, "7 is not dict"),
    ],
)
def test_a_value_of_another_type_is_refused(profile: Profile, key: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        from_dict({**profile.to_dict(), key: value})


def test_true_is_no_count(profile: Profile) -> None:
    saved = profile.to_dict()
    saved["totals"]["macs"] = True
    with pytest.raises(ValueError, match="True is not int"):
        from_dict(saved)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(profile: Profile, tmp_path: Path, number: str) -> None:
    text = json.dumps({**profile.to_dict(), "environment": {"load": 0.25}})
    path = tmp_path / "a.json"
    path.write_text(text.replace("0.25", number))
    with pytest.raises(ModelError, match=f"is not a result saved by netstat: {number} is no finite number"):
        load(str(path))


def test_a_message_about_a_long_value_is_short(profile: Profile) -> None:
    with pytest.raises(ValueError, match="is not an object") as caught:
        from_dict({**profile.to_dict(), "totals": ["x" * 10_000] * 10_000})
    assert len(str(caught.value)) < 300


def test_a_file_is_replaced_where_netstat_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for content in (MARK + b" once", MARK + b" twice"):
        write(path, content, mark=MARK)
        assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_foreign_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists and netstat did not write it; use --force to replace it"):
        write(path, MARK, mark=MARK)
    assert path.read_bytes() == b"mine"
    write(path, MARK, mark=MARK, force=True)
    assert path.read_bytes() == MARK


def test_an_empty_file_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    write(path, MARK, mark=MARK)
    assert path.read_bytes() == MARK


def test_a_name_of_any_length_the_system_takes_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 250)
    write(path, MARK, mark=MARK)
    assert path.read_bytes() == MARK


@pytest.mark.parametrize("name", ["no/such/a.txt", "file/a.txt", "folder", "a" * 300])
def test_a_place_that_cannot_be_written_to_is_refused_before_and_when_writing(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for refuse in (
        lambda: check_writable(tmp_path / name, mark=MARK, force=True),
        lambda: write(tmp_path / name, MARK, mark=MARK, force=True),
    ):
        with pytest.raises(UsageError, match=r"^cannot write "):
            refuse()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder"]


def test_a_file_that_does_not_fit_leaves_the_old_one_and_nothing_beside_it(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limit to the size of files here")
    path = tmp_path / "a.txt"
    path.write_bytes(MARK)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        with pytest.raises(UsageError, match=r"cannot write .*: File too large"):
            write(path, MARK * 1000, mark=MARK)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == MARK
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
