"""The page of a report: one file that lets nothing in, has the record in it, and says all in words of its file."""

import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from netstat import units
from netstat.api.reporting import Asked, reported_subject
from netstat.api.subjects import subject_of
from netstat.records.profile import Profile
from netstat.records.reading import from_dict
from netstat.records.report import Lacking, Report, Reported, distinct
from netstat.records.verdicts import verdicts
from netstat.reports._columns import COLUMNS
from netstat.reports.page import CHARTS, MOST_IN_TABLE, rendered
from netstat.reports.page._facts import private
from netstat.reports.page._files import FOLDER
from netstat.reports.page._rows import rows
from netstat.reports.page._words import words
from tests.reports.samples import CHECKS, EXPLANATION, RECORDS, profile_of
from tests.reports.test_formulas import Page as Elements

ALEXNET = Report((reported_subject(subject_of("alexnet"), Asked(training=False)),))
FULL = RECORDS["a profile with everything"]
HOSTILE = RECORDS["a hostile, incomplete profile"]
ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """What of a page matters here: its tags, and what stands in scripts and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in self.inside and self.get_starttag_text():
            self.inside[self.tags[-1][0]].append(data)

    def ids(self) -> list[str]:
        return [given["id"] or "" for _, given in self.tags if "id" in given]

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [given for name, given in self.tags if name == tag]


def embedded(text: str, name: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def code(text: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


def report_of(profile: Profile, **others: Any) -> Report:
    return Report((Reported(profile, **others),))


PAGE = rendered(ALEXNET)


def test_a_page_has_a_place_for_every_chart_of_every_model() -> None:
    ids = Page(rendered(Report((*ALEXNET.models, *ALEXNET.models)))).ids()
    assert {f"chart-{name}-{index}" for name in CHARTS for index in (0, 1)} <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["a profile", "a hostile, incomplete profile", "a report"])
def test_every_element_of_a_page_is_closed(name: str) -> None:
    assert Elements(rendered(RECORDS[name])).open == []


def test_the_policy_names_the_digest_of_every_script_and_of_the_style_and_nothing_else() -> None:
    meta = next(given for given in Page(PAGE).named("meta") if given.get("http-equiv") == "Content-Security-Policy")
    policy = dict(part.split(" ", 1) for part in (meta["content"] or "").split("; "))
    digests = {f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in code(PAGE)}
    style = re.search(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    assert policy["default-src"] == "'none'"
    assert set(policy["script-src"].split()) == digests
    assert style
    assert policy["style-src"] == f"'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'"


def test_nothing_on_the_page_is_fetched_or_runs_from_an_attribute() -> None:
    for _, given in Page(PAGE).tags:
        assert given.keys().isdisjoint({"src", "href", "style", "action"})
        assert not any(name.startswith("on") for name in given)
    own = chain.from_iterable((FOLDER / folder).glob("*.js") for folder in ("scripts", "charts"))
    for file in own:
        found = re.search(r"\b(eval|fetch|XMLHttpRequest|import|innerHTML|WebSocket)\s*\(|innerHTML", file.read_text())
        assert found is None, file.name


def test_the_record_in_the_page_is_the_record() -> None:
    assert from_dict(embedded(PAGE, "record")) == ALEXNET
    assert embedded(rendered(FULL), "record") == json.loads(json.dumps(FULL.to_dict()))


def test_a_hostile_name_is_text_wherever_it_stands() -> None:
    layers = tuple(replace(layer, path=ATTACK, module=ATTACK) for layer in FULL.layers)
    checks = tuple(replace(check, peer=ATTACK, error=ATTACK, note=ATTACK) for check in CHECKS.crosscheck)
    profile = replace(FULL, model=ATTACK, layers=layers, modules=(), crosscheck=checks, environment={ATTACK: ATTACK})
    page = rendered(report_of(profile, lacking=(Lacking("memory", ATTACK),)))
    assert len(code(page)) == len(code(PAGE))
    assert "<img" not in page
    assert from_dict(embedded(page, "record")).models[0].profile.model == ATTACK  # type: ignore[attr-defined]


def test_the_page_of_alexnet_is_under_one_and_a_half_megabytes() -> None:
    assert len(PAGE.encode()) < 1_500_000


def test_folders_of_a_machine_are_not_shown() -> None:
    reason = "cannot read '/disks/of/somebody/nets/net.py': gone"
    assert private(reason) == "cannot read '…/net.py': gone"
    assert private("1/2 of C_in/g, 3 GB/s") == "1/2 of C_in/g, 3 GB/s"
    page = rendered(report_of(replace(FULL, model="/disks/of/somebody/net.py"), lacking=(Lacking("time", reason),)))
    shown = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "/disks/of" not in shown
    assert "…/net.py" in shown


def test_every_row_of_the_tree_has_its_layer_and_the_sums_are_those_of_the_totals() -> None:
    profile = ALEXNET.models[0].profile
    tree = rows(profile)
    assert [row["layer"] for row in tree if "layer" in row] == list(range(len(profile.layers)))
    outermost = [row for row in tree if row["parent"] == -1]
    macs = [profile.layers[row["layer"]].macs if "layer" in row else row["figures"]["macs"] for row in outermost]
    assert sum(macs) == profile.totals.macs


def test_layers_that_come_about_in_one_way_share_a_derivation() -> None:
    model = ALEXNET.models[0]
    at = {layer.path: place for layer, place in zip(model.profile.layers, model.derived, strict=True)}
    assert at["features.9"] == at["features.11"]
    assert at["features.8"] != at["features.10"]
    assert len(model.derivations) == len(set(model.derived)) < len(model.profile.layers)
    few, places = distinct(EXPLANATION, model.profile.layers, most=1)
    assert len(few) == 1
    assert set(places) <= {0, None}


def test_a_large_model_has_the_outer_levels_of_its_tree_as_a_table() -> None:
    layer = FULL.layers[0]
    many = tuple(replace(layer, path=f"blocks.{i // 10}.{i}") for i in range(MOST_IN_TABLE + 1))
    page = rendered(replace(profile_of("large", many), modules=()))
    assert len(embedded(page, "given")["models"][0]["rows"]) > MOST_IN_TABLE
    assert page.count("<tr>") < MOST_IN_TABLE


@pytest.mark.parametrize(
    ("profile", "holds"),
    [
        (FULL, [True, False, True]),
        (HOSTILE, [False, True, True]),
        (profile_of("counted alone", FULL.layers), [True, None, None]),
    ],
    ids=["all", "incomplete", "alone"],
)
def test_a_profile_is_judged_by_what_it_has(profile: Profile, holds: list[bool | None]) -> None:
    assert [verdict.holds for verdict in verdicts(profile)] == holds
    word = words()
    for verdict, state in zip(verdicts(profile), holds, strict=True):
        key = {True: "yes", False: "no", None: "unknown"}[state]
        assert word(f"verdict.{verdict.question}.{key}") in rendered(profile)


def test_a_time_with_warnings_that_do_not_spoil_it_passed_not_every_check() -> None:
    (quiet,) = (verdict for verdict in verdicts(FULL) if verdict.question == "timing")
    warned = replace(FULL, benchmarks=tuple(replace(each, warnings=("loaded",)) for each in FULL.benchmarks or ()))
    assert (quiet.why, quiet.names) == ("reliable", ())
    assert verdicts(warned)[2].why == "remarked"
    assert "though: the machine was busier than it has cores" in rendered(warned)


def used_words() -> Iterator[str]:
    """Keys of words that templates and scripts name, as far as they are written there as they are."""
    files = chain.from_iterable(
        FOLDER.rglob(pattern) for pattern in ("templates/*", "scripts/*.js", "charts/*.js", "*.py")
    )
    for file in files:
        yield from re.findall(r"""\b(?:word|button)\(\s*f?["'`]([a-z_-]+(?:\.[a-z_-]+)+)["'`]""", file.read_text())


def test_every_word_that_is_named_is_in_the_file_of_words() -> None:
    word, named = words(), set(used_words())
    assert len(named) > 60
    beginnings = {key for key in named if key.endswith("_")}
    assert {key for key in named - beginnings if not (key in word or f"{key}.many" in word)} == set()
    assert {key for key in beginnings if not any(each.startswith(key) for each in word)} == set()


def test_every_column_and_chart_has_a_word() -> None:
    word = words()
    in_grid = re.findall(r'^\s+(?:\{name: |text\(|first\(|sizes\(|params\(|share\()"([a-z_]+)"',
                         (FOLDER / "scripts" / "columns.js").read_text(), re.MULTILINE)  # fmt: skip
    assert set(in_grid) <= set(COLUMNS.names())
    assert {f"column.{name}" for name in in_grid} <= word.keys()
    assert {f"chart.{name}.{what}" for name in (*CHARTS, "crosscheck") for what in ("title", "reading")} <= word.keys()


def cases() -> list[tuple[str, list[Any], str]]:
    random, made = Random(1), []
    counts = [0, 1, 999, 1000, 999_950, 12_345, 1_062_500, 1_062_450, 2**30 - 1, 2**40, 714_188_480, 10**15]
    counts += [random.randrange(10 ** random.randrange(1, 15)) for _ in range(300)]
    numbers = [0.0, 1.0, 0.125, 2.5, 1e-3, 0.0009999, 0.00099995, 9.9995e-7, 1e-9, 3.5e-14, 1062.5, 1234.5, 99_999.5]
    numbers += [random.random() * 10 ** random.randrange(-12, 6) for _ in range(300)]
    numbers += [random.randrange(1, 4096) / 2 ** random.randrange(16) for _ in range(300)]
    for count in counts:
        made += [(name, [count]) for name in ("exact", "scaled", "mebibytes", "signed")]
        made += [("signed", [-count]), ("scaled", [-count, "FLOP/s"])]
    for number in numbers:
        made += [(name, [number]) for name in ("scaled", "duration", "deviation", "often", "ratio")]
        made += [("percent", [number, 8.0]), ("percent", [number, 1, 0]), ("deviation", [-number])]
    made += [("shape", [[1, 64, 55, 55]]), ("shape", [[]]), ("rate", [1234.5, "examples"]), ("percent", [1, 0])]
    return [(name, given, getattr(units, name)(*given)) for name, given in made]


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the script outside of a browser")
def test_scripts_say_numbers_as_the_rest_of_netstat_does(tmp_path: Path) -> None:
    wanted = cases()
    program = (FOLDER / "scripts" / "numbers.js").read_text()
    call = "console.log(JSON.stringify(cases.map(([name, given]) => netstat.numbers[name](...given))))"
    script = tmp_path / "numbers.js"
    script.write_text(f"globalThis.netstat = {{page: {{}}}};\n{program}\nconst cases = {json.dumps(wanted)};\n{call}\n")
    done = subprocess.run(["node", script], capture_output=True, text=True, check=True, timeout=60)
    said = json.loads(done.stdout)
    assert [(name, given, text) for (name, given, _), text in zip(wanted, said, strict=True)] == wanted
