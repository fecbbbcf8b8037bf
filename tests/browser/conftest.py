"""Pages in the system's own Chromium, each without a network and watched: what it complains of fails its test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from netstat.records.report import Report
from tests.browser.reports_to_open import page_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Open = Callable[..., "Page"]


def lacking(reason: str) -> NoReturn:
    """Skips, or fails where a browser has been promised."""
    if os.environ.get("NETSTAT_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


# For one file of tests and no longer: while Playwright runs, nothing else in this thread can run an asyncio loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lacking("playwright drives the browser and is not installed")
    program = shutil.which("chromium")
    if program is None:
        lacking("there is no chromium on this system")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watch:
    """What pages said that they should not have, and asked for besides their own file."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def over(self, context: "BrowserContext", file: str) -> None:
        def heard(kind: str, text: str) -> None:
            self.complaints.append(f"{kind}: {text}")

        context.set_offline(True)
        context.route("**/*", lambda route: route.continue_() if route.request.url == file else route.abort())
        context.on("request", lambda request: request.url in (file, file + "#") or heard("request", request.url))
        context.on("console", lambda said: said.type in ("error", "warning") and heard(said.type, said.text))
        context.on("weberror", lambda error: heard("thrown", str(error.error)))


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def opened(chromium: "Browser", tmp_path: Path, watch: Watch) -> Iterator[Open]:
    """Opens the page of a report in a window of its own; settings as Playwright's `new_context` takes them."""
    contexts: list[BrowserContext] = []

    def open_it(report: Callable[[], Report], **settings: Any) -> "Page":
        file = tmp_path / "report.html"
        file.write_text(page_of(report), encoding="utf-8")
        contexts.append(chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings}))
        watch.over(contexts[-1], file.as_uri())
        contexts[-1].set_default_timeout(10_000)
        page = contexts[-1].new_page()
        page.goto(file.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert watch.complaints == []
