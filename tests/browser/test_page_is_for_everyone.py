"""What people who hear the page, or see little of it, need: names, roles and contrast, measured in a real browser."""

from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.reports_to_open import alexnet, two_models

pytestmark = pytest.mark.browser
LEAST = 4.5  # to one, of text on what is behind it (WCAG 2, level AA)

# Every text in sight with its colour and, laid over each other, the colours of what is behind it.
TEXTS = r"""() => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const brush = canvas.getContext("2d", {willReadFrequently: true});
  const laid = (colors) => {
    brush.clearRect(0, 0, 1, 1);
    for (const color of colors) { brush.fillStyle = color; brush.fillRect(0, 0, 1, 1); }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const behind = (node) => {
    const colors = [];
    for (let at = node; at; at = at.parentElement) colors.unshift(getComputedStyle(at).backgroundColor);
    return colors;
  };
  const under = (node) => {
    const block = node.previousElementSibling;
    if (!block || block.tagName !== "rect" || !block.classList.contains("block")) return [];
    const {fill, fillOpacity} = getComputedStyle(block);
    return [`color-mix(in srgb, ${fill} ${100 * fillOpacity}%, transparent)`];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("script, style")) continue;
    const paper = [...behind(node), ...(node.ownerSVGElement ? under(node) : [])];
    const style = getComputedStyle(node);
    const ink = node.ownerSVGElement ? style.fill : style.color;
    found.push([walker.currentNode.data.trim().slice(0, 40), laid([...paper, ink]), laid(paper)]);
  }
  return found;
}"""
NAMELESS = """() => [...document.querySelectorAll("button, input, summary, [role=treegrid], [role=tab], svg[tabindex]")]
  .filter((each) => each.checkVisibility())
  .filter((each) => !(each.getAttribute("aria-label") || each.closest("label") || each.textContent.trim()))
  .map((each) => each.outerHTML.slice(0, 200))"""


def luminance(color: list[int]) -> float:
    """Relative, as WCAG 2 defines it for sRGB."""
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[int], other: list[int]) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_all_the_contrast_there_is() -> None:
    assert contrast([0, 0, 0], [255, 255, 255]) == pytest.approx(21)
    assert contrast([255, 255, 255], [118, 118, 118]) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(opened: Open, scheme: str) -> None:
    page = opened(two_models, color_scheme=scheme)
    page.locator("details").evaluate_all("(all) => all.forEach((each) => { each.open = true })")
    page.locator(".grid:visible .body .row").nth(1).click()
    texts: list[Any] = page.evaluate(TEXTS)
    assert len(texts) > 500
    faint = {(text, round(contrast(ink, paper), 2)) for text, ink, paper in texts if contrast(ink, paper) < LEAST}
    assert faint == set()


def test_every_control_has_a_name(opened: Open) -> None:
    page = opened(two_models)
    page.locator("details").evaluate_all("(all) => all.forEach((each) => { each.open = true })")
    page.locator(".grid:visible .body .row").nth(1).click()
    assert page.evaluate(NAMELESS) == []


def test_the_layers_are_a_treegrid_to_those_who_hear_it(opened: Open) -> None:
    page = opened(alexnet)
    grid = page.get_by_role("treegrid", name="Layers of alexnet")
    rows = grid.locator(".body [role=row]")
    assert grid.get_attribute("aria-rowcount") == str(rows.count() + 2)
    assert grid.get_by_role("columnheader").count() == rows.first.locator("[role=rowheader], [role=gridcell]").count()
    found = [[row.get_attribute(name) for name in ("aria-level", "aria-expanded")] for row in rows.all()[:2]]
    assert found == [["1", "true"], ["2", None]]


def test_charts_and_pages_have_a_language_and_labels(opened: Open) -> None:
    page = opened(alexnet)
    assert page.locator("html").get_attribute("lang") == "en"
    assert all(drawing.get_attribute("aria-label") for drawing in page.locator("svg.drawing").all())
