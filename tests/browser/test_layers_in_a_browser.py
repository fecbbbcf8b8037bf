"""The layers in a real browser: sorted, searched, folded, chosen and opened, by mouse and by keyboard."""

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Open
from tests.browser.reports_to_open import alexnet, two_models

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
LAYERS = alexnet().models[0].profile.layers
PATHS = [layer.path or "(model)" for layer in LAYERS]
NAME = ".grid:visible .body .row [role=rowheader] > span:nth-of-type(2)"


def names(page: "Page") -> list[str]:
    """What the rows in sight are called, from top to bottom; of so few layers all are."""
    return page.locator(NAME).all_inner_texts()


def heading(page: "Page", name: str) -> "Page":
    return page.locator(".grid:visible .head [role=columnheader]").filter(has_text=name).first


def column(page: "Page", name: str) -> list[str]:
    """The texts of a column, from top to bottom."""
    headings = page.locator(".grid:visible .head [role=columnheader]").all_inner_texts()
    place = next(i for i, text in enumerate(headings) if text.rstrip(" ↑↓") == name)
    return page.locator(f".grid:visible .body .row > div:nth-child({place + 1})").all_inner_texts()


def active(page: "Page") -> str:
    return page.locator(".grid:visible .body .active").get_by_role("rowheader").locator("span").nth(1).inner_text()


def test_a_number_sorts_the_greatest_first_then_the_least_then_as_it_was(opened: Open) -> None:
    page = opened(alexnet)
    page.get_by_role("button", name="List").click()
    for name in ("params", "MACs", "FLOPs"):
        wanted = sorted((getattr(layer, name.lower()) for layer in LAYERS), reverse=True)
        for order, figures in (("descending", wanted), ("ascending", wanted[::-1])):
            heading(page, name).get_by_role("button").click()
            assert heading(page, name).get_attribute("aria-sort") == order
            assert [int(text.replace(",", "")) for text in column(page, name)] == figures
        heading(page, name).get_by_role("button").click()
        assert names(page) == PATHS


def test_a_text_sorts_from_a_to_z_and_back_from_the_keyboard(opened: Open) -> None:
    page = opened(alexnet)
    page.get_by_role("button", name="List").click()
    heading(page, "operator").get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert column(page, "operator") == sorted(layer.op for layer in LAYERS)
    page.keyboard.press("Enter")
    assert column(page, "operator") == sorted((layer.op for layer in LAYERS), reverse=True)


def test_a_time_sorts_by_seconds_and_what_has_none_comes_last(opened: Open) -> None:
    page = opened(alexnet)
    page.get_by_role("button", name="List").click()
    times = {time.path: time.median_seconds for time in alexnet().models[0].profile.timed.layers}
    for way in (1, -1):
        heading(page, "time").get_by_role("button").click()
        known = [times[name] for name in names(page) if name in times]
        assert len(known) == len(times)
        assert all(way * (a - b) >= 0 for a, b in pairwise(known))
        assert names(page)[-1] == "(model)"


def test_a_tree_sorts_siblings_and_keeps_them_below_their_module(opened: Open) -> None:
    page = opened(alexnet)
    heading(page, "params").get_by_role("button").click()
    found = names(page)
    assert found[0] == "classifier"
    assert found[1:4] == ["1", "4", "6"]
    assert found.index("features") > found.index("classifier")


def test_a_search_finds_paths_operators_and_classes(opened: Open) -> None:
    page = opened(alexnet)
    page.get_by_role("button", name="List").click()
    wanted = {
        "classifier.6": ["classifier.6"],
        "CLASSIFIER.1": ["classifier.1"],
        "ReLU classifier": ["classifier.2", "classifier.5"],
        "max_pool": [layer.path for layer in LAYERS if layer.op == "max_pool2d"],
        "conv | linear": [layer.path for layer in LAYERS if layer.params],
    }
    for query, paths in wanted.items():
        page.get_by_role("searchbox").fill(query)
        assert names(page) == paths
        assert page.locator(".status").inner_text() == f"{len(paths)} of {len(LAYERS)} rows"


def test_a_search_without_a_result_says_so(opened: Open) -> None:
    page = opened(alexnet)
    page.get_by_role("searchbox").fill("no such layer")
    assert page.locator(".grid .nothing").inner_text() == "Nothing matches."
    assert page.locator(".status").inner_text().startswith("0 of")
    page.get_by_role("searchbox").fill("")
    assert len(names(page)) > len(LAYERS)


def test_modules_fold_and_unfold_by_mouse(opened: Open) -> None:
    page = opened(alexnet)
    whole = names(page)
    page.get_by_role("button", name="Fold all", exact=True).click()
    assert names(page) == ["features", "avgpool", "flatten", "classifier"]
    page.locator(".grid .fold").first.click()
    assert len(names(page)) == 4 + sum(path.startswith("features") for path in PATHS)
    page.get_by_role("button", name="Unfold all").click()
    assert names(page) == whole


def test_the_keyboard_goes_through_folds_and_opens_rows(opened: Open) -> None:
    page = opened(alexnet)
    page.locator(".grid").focus()
    for key, wanted in (("Home", "features"), ("ArrowRight", "0"), ("ArrowDown", "1"), ("ArrowLeft", "features")):
        page.keyboard.press(key)
        assert active(page) == wanted
    page.keyboard.press("ArrowLeft")
    assert names(page) == ["features", "avgpool", "flatten", "classifier", *map(str, range(7))]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert active(page) == "6"
    assert page.locator("#drawer").is_hidden()
    page.keyboard.press("Enter")
    assert page.locator("#drawer h3").inner_text() == "classifier.6"
    page.keyboard.press("ArrowUp")
    assert page.locator("#drawer h3").inner_text() == "classifier.5"
    described = page.locator(".grid").get_attribute("aria-activedescendant")
    assert page.locator(f"#{described}").get_attribute("aria-selected") == "true"


def test_columns_are_chosen(opened: Open) -> None:
    page = opened(alexnet)
    headings = page.locator(".grid .head [role=columnheader]")
    assert "bytes read" not in headings.all_inner_texts()
    page.locator(".menu summary").click()
    page.get_by_role("checkbox", name="bytes read").check()
    page.get_by_role("checkbox", name="FLOPs", exact=True).uncheck()
    assert "bytes read" in headings.all_inner_texts()
    assert "FLOPs" not in headings.all_inner_texts()
    page.keyboard.press("Escape")
    assert page.get_by_role("checkbox", name="bytes read").is_hidden()
    page.get_by_role("button", name="List").click()
    assert column(page, "bytes read") == [f"{layer.bytes_read:,}" for layer in LAYERS]


def test_a_clicked_layer_shows_its_derivation_and_gives_the_focus_back(opened: Open) -> None:
    page = opened(alexnet)
    page.locator(NAME).nth(1).click()
    drawer = page.locator("#drawer")
    said = drawer.inner_text()
    assert drawer.locator("h3").inner_text() == "features.0"
    assert all(figure in said for figure in ("23,296", "70,276,800", "140,553,600", "torch.nn.Conv2d"))
    assert drawer.locator("math").count() > 0
    page.keyboard.press("Escape")
    assert drawer.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "treegrid"
    page.keyboard.press("Enter")
    assert drawer.is_visible()
    page.get_by_role("button", name="Close").click()
    assert drawer.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "treegrid"


def test_where_the_keyboard_is_can_be_seen(opened: Open) -> None:
    page = opened(alexnet)
    seen = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(seen), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_the_tree_of_every_model_is_its_own(opened: Open) -> None:
    page = opened(two_models)
    page.get_by_role("searchbox").fill("features.3")
    page.get_by_role("tab").last.click()
    assert page.locator(".grid:visible").get_attribute("aria-label") == "Layers of lenet"
    assert len(names(page)) > len(two_models().models[1].profile.layers) - 1
