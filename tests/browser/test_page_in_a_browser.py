"""The page in a real browser: it lets nothing in or out, and can be read everywhere."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from netstat.records.report import Report
from tests.browser.conftest import Open, Watch
from tests.browser.reports_to_open import ATTACKS, alexnet, hostile, large, two_models

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

INJECT = """(markup) => new Promise((done) => {
    const script = document.createElement("script");
    script.textContent = "window.attacked = true";
    const image = document.createElement("div");
    image.innerHTML = markup;
    document.body.append(script, image);
    setTimeout(() => done(window.attacked === true), 50);
})"""


def wide(page: "Page") -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_page_opens_without_a_network_and_shows_the_model(opened: Open) -> None:
    page = opened(alexnet)
    assert page.title() == "netstat: alexnet"
    assert page.locator(".grid .body .row").count() > 20
    page.locator("figure.chart svg.drawing").nth(3).wait_for()
    assert page.locator("figure.chart:visible").count() == page.locator("figure.chart").count()


def test_the_policy_refuses_eval_injected_scripts_and_requests(opened: Open, watch: Watch) -> None:
    page = opened(alexnet)
    # From a timer, where what a debugger is allowed does not hold.
    evaluated = "() => new Promise((done) => setTimeout(() => { try { done(eval('1')) } catch (e) { done(e.name) } }))"
    assert page.evaluate(evaluated) == "EvalError"
    assert page.evaluate(INJECT, ATTACKS[1]) is False
    assert page.evaluate("fetch('https://example.com').catch((error) => error.name)") == "TypeError"
    refused = " ".join(said for said in watch.complaints if "Content Security Policy" in said)
    assert all(directive in refused for directive in ("script-src", "img-src", "default-src"))
    watch.complaints.clear()


def test_a_hostile_name_is_read_and_not_executed(opened: Open) -> None:
    page = opened(hostile)
    page.get_by_role("button", name="Unfold all").first.click()
    for row in page.locator(".grid:visible .body .row").all():
        row.click()
        assert page.locator("#drawer").is_visible()
    assert wide(page) <= 0
    page.get_by_role("tab").last.click()
    for details in page.locator("details:visible").all():
        details.evaluate("(each) => { each.open = true }")
    assert page.evaluate("window.attacked") is None
    assert page.locator("img").count() == 0
    assert ATTACKS[0] in page.locator("h1").inner_text()
    assert "\u202e" not in page.locator("body").inner_text()
    assert wide(page) <= 0


def test_the_download_is_the_record_of_the_page(opened: Open) -> None:
    page = opened(two_models)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    assert download.value.suggested_filename == "alexnet-lenet.json"
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert saved == json.loads(json.dumps(two_models().to_dict()))


def test_without_scripts_the_layers_are_a_table(opened: Open) -> None:
    page = opened(alexnet, java_script_enabled=False)
    table = page.locator(".static table")
    assert table.is_visible()
    for layer in alexnet().models[0].profile.layers:
        assert f"{layer.macs:,}" in table.inner_text()
    assert not page.get_by_role("button").count()


@pytest.mark.parametrize("report", [alexnet, two_models])
def test_nothing_is_wider_than_a_telephone(opened: Open, report: Callable[[], Report]) -> None:
    page = opened(report, viewport={"width": 360, "height": 740})
    assert wide(page) <= 0
    page.locator(".grid:visible .body .row").nth(3).click()
    assert page.locator("#drawer").is_visible()
    assert wide(page) <= 0


def test_on_paper_controls_are_gone_and_everything_is_open(opened: Open) -> None:
    page = opened(two_models, viewport={"width": 700, "height": 1000})  # A4 within its margins
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for gone in (".tools", ".tabs", ".toolbar", ".grid", "#drawer"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    assert page.locator(".static table:visible").count() == 2
    assert page.locator(".bill table:visible").count() == 3
    assert wide(page) <= 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("article:visible").count() == 1
    assert page.locator(".bill table:visible").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_that_of_the_system_until_it_is_switched(opened: Open, scheme: str) -> None:
    page = opened(alexnet, color_scheme=scheme)
    paper = "getComputedStyle(document.body).backgroundColor"
    begun = page.evaluate(paper)
    assert (begun == "rgb(255, 255, 255)") == (scheme == "light")
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(paper) != begun
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(paper) == begun


def test_one_of_several_models_is_shown_at_a_time(opened: Open) -> None:
    page = opened(two_models)
    tabs, articles = page.get_by_role("tab"), page.locator("article:visible h2")
    assert articles.all_inner_texts() == ["alexnet"]
    tabs.nth(1).click()
    assert articles.all_inner_texts() == ["lenet"]
    page.locator("article:visible svg.drawing").nth(1).wait_for()
    page.keyboard.press("ArrowRight")
    assert articles.all_inner_texts() == ["alexnet"]
    assert tabs.nth(0).get_attribute("aria-selected") == "true"


@pytest.mark.slow
def test_a_model_of_five_thousand_layers_is_sorted_and_searched(opened: Open) -> None:
    page = opened(large)
    page.get_by_role("button", name="List").click()
    page.get_by_role("button", name="params", exact=True).click()
    assert page.locator(".grid .body .row").first.get_by_role("rowheader").inner_text() == "stage19.49.project"
    page.get_by_role("searchbox").fill("stage7. norm")
    assert page.get_by_role("status").inner_text() == "50 of 5,000 rows"
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Tree").click()
    page.get_by_role("button", name="Unfold all").click()
    page.locator(".grid").focus()
    page.keyboard.press("End")
    assert page.locator(".grid .body .active").get_by_role("rowheader").inner_text() == "conv"
    assert page.locator(".grid .body .row").count() < 100
