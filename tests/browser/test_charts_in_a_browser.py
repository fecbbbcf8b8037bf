"""The charts in a real browser: what is pointed at is said, by mouse and by keyboard, and a table has the figures."""

from typing import TYPE_CHECKING

import pytest

from netstat.units import duration, exact, mebibytes, signed
from tests.browser.conftest import Open
from tests.browser.reports_to_open import alexnet, two_models

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
DRAWN = ("icicle", "time-macs", "roofline", "memory")
MODEL = alexnet().models[0]


def chart(page: "Page", name: str) -> "Locator":
    return page.locator(f"#chart-{name}-0")


def block(page: "Page", name: str) -> "Locator":
    """The block of the icicle that has this name on it."""
    labels = chart(page, "icicle").locator("rect.block + text")
    labels.first.wait_for()
    names = [text.split(" · ")[0] for text in labels.all_text_contents()]
    return chart(page, "icicle").locator("rect.block:has(+ text)").nth(names.index(name))


def table(page: "Page", name: str) -> list[list[str]]:
    """The rows of the table behind a chart."""
    chart(page, name).locator(".table summary").click()
    chart(page, name).locator(".table tbody tr").first.wait_for()  # it is made when it is first seen
    rows = chart(page, name).locator(".table tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


@pytest.mark.parametrize("name", DRAWN)
def test_what_a_pointer_or_the_keyboard_is_at_is_said(opened: Open, name: str) -> None:
    page = opened(alexnet)
    figure, drawing = chart(page, name), chart(page, name).locator("svg.drawing").first
    tip = figure.locator(".tip").first
    drawing.scroll_into_view_if_needed()
    assert tip.is_hidden()
    drawing.locator(".mark, .block, .band").first.hover(force=True)
    assert tip.inner_text().strip()
    page.mouse.move(0, 0)
    assert tip.is_hidden()
    drawing.focus()
    page.keyboard.press("Home")
    first = tip.inner_text()
    page.keyboard.press("End")
    assert tip.is_visible()
    assert tip.inner_text() != first
    page.keyboard.press("Escape")
    assert tip.is_hidden()


def test_a_block_comes_closer_and_goes_back(opened: Open) -> None:
    page = opened(alexnet)
    whole = chart(page, "icicle").locator("svg.drawing").bounding_box()
    narrow = block(page, "classifier").bounding_box()
    assert whole
    assert narrow
    assert narrow["width"] < whole["width"] / 2
    block(page, "classifier").click()
    near = block(page, "classifier").bounding_box()
    assert near
    assert near["width"] == pytest.approx(whole["width"], rel=0.01)
    block(page, "classifier").click()
    again = block(page, "classifier").bounding_box()
    assert again
    assert (again["x"], again["width"]) == (narrow["x"], narrow["width"])


def test_the_icicle_is_of_what_is_chosen_and_opens_a_layer(opened: Open) -> None:
    page = opened(alexnet)
    chart(page, "icicle").get_by_role("button", name="parameters").click()
    wide = block(page, "classifier").bounding_box()
    drawing = chart(page, "icicle").locator("svg.drawing").bounding_box()
    assert wide
    assert drawing
    part = sum(layer.params for layer in MODEL.profile.layers if layer.path.startswith("classifier"))
    assert wide["width"] / drawing["width"] == pytest.approx(part / MODEL.profile.totals.params, rel=0.01)
    block(page, "1").click()
    assert page.locator("#drawer h3").inner_text() == "classifier.1"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('figure').dataset.chart") == "icicle"


def test_a_point_that_is_clicked_opens_its_layer(opened: Open) -> None:
    page = opened(alexnet)
    mark = chart(page, "roofline").locator("svg.drawing .mark").first
    mark.hover(force=True)
    title = chart(page, "roofline").locator(".tip strong").first.inner_text()
    mark.click(force=True)
    assert page.locator("#drawer h3").inner_text() == title.split()[0]


def test_the_tables_behind_the_charts_have_the_figures_of_the_record(opened: Open) -> None:
    page = opened(alexnet)
    has_its_times(table(page, "time-macs"))
    has_its_efficiencies(table(page, "roofline"))
    memory = MODEL.memory
    assert memory
    wanted = [mebibytes(moment.live_bytes) for moment in memory.inference.timeline]
    assert [row[-1] for row in table(page, "memory")] == wanted
    has_its_bills([row[-1] for row in table(page, "crosscheck")])


def has_its_times(rows: list[list[str]]) -> None:
    timed, macs = MODEL.profile.timed, {layer.path: layer.macs for layer in MODEL.profile.layers}
    assert timed
    told = sorted((t for t in timed.layers if t.median_seconds > t.below), key=lambda t: -t.median_seconds)
    wanted = [(time.path, exact(macs[time.path]), duration(time.median_seconds)) for time in told]
    assert [(layer, macs, time.partition(" (")[0]) for layer, macs, time, _ in rows] == wanted


def has_its_efficiencies(rows: list[list[str]]) -> None:
    layers = (MODEL.profile.roofline or ())[0].layers
    placed = [layer for layer in layers if layer.arithmetic_intensity and layer.flops_per_second]
    wanted = {layer.path: f"{100 * layer.efficiency:.1f} %" for layer in placed if layer.efficiency}
    assert {row[0]: row[4] for row in rows} == wanted


def has_its_bills(amounts: list[str]) -> None:
    for check in MODEL.profile.crosscheck or ():
        assert exact(check.ours) in amounts
        assert check.reported is None or exact(check.reported) in amounts
        assert {signed(term.amount) for term in check.terms} <= set(amounts)


def test_models_stand_side_by_side_with_their_figures(opened: Open) -> None:
    page = opened(two_models)
    rows = table(page, "models")
    for row, model in zip(rows, two_models().models, strict=True):
        assert row[0] == model.profile.model
        assert exact(model.profile.totals.macs) in row
    drawing = chart(page, "models").locator("svg.drawing")
    drawing.focus()
    page.keyboard.press("Home")
    assert "net" in chart(page, "models").locator(".tip").inner_text()
