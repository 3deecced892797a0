"""A page of static assets in a real browser: types that it believes, addresses it is sent to, what it asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from typing import Any

import pytest

from labkit import Lab
from tests.browser.conftest import why_not

pytestmark = pytest.mark.browser

FILES = {
    "index.html": """<!doctype html><link rel=stylesheet href=/style.css><img id=logo src=/img/logo.svg>
        <h1>home</h1><p id=path></p><p id=said></p><script type=module src=/js/app.js></script>""",
    "about.html": "<!doctype html><title>about</title><a href=/>home</a>",
    "style.css": "h1 { color: rgb(1, 2, 3); }",
    "js/app.js": """import { shown } from './parts.js';
        document.querySelector('#path').textContent = shown(location.pathname);
        document.querySelector('#said').textContent = await (await fetch('/api/hello')).text();
        document.body.dataset.ready = 'yes';""",
    "js/parts.js": "export const shown = (path) => `you are at ${path}`;",
    "img/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>',
    "_headers": "/*\n  content-security-policy: default-src 'self'\n",
    "_redirects": "/old/* /about 301\n",
}
WORKER = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(f"the Worker at {request.url.rpartition('/')[2]}")
"""
WRANGLER = {"assets": {"binding": "ASSETS", "directory": "public", "not_found_handling": "single-page-application"}}


def browsing(test: Callable[[Lab, Any, str], Awaitable[None]]) -> None:
    """Run a test with a lab that is served, a page in a new browser, and the address that it goes to."""
    if reason := why_not():
        pytest.skip(reason)
    from playwright.async_api import async_playwright

    from tests.browser.lab import CHROMIUM, FLAGS

    async def whole() -> None:
        lab = Lab(WORKER, WRANGLER, assets=FILES)
        async with lab.serve(0, colo="SYD", speed=inf) as server, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            try:
                await test(lab, await browser.new_page(), server.url)
            finally:
                await browser.close()

    asyncio.run(whole())


async def ready(page: Any) -> None:
    await page.wait_for_selector("body[data-ready=yes]")


def test_a_browser_believes_the_types_and_runs_what_it_gets():
    async def test(lab: Lab, page: Any, url: str) -> None:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        answer = await page.goto(f"{url}/")
        await ready(page)
        assert answer.headers["content-security-policy"] == "default-src 'self'"
        assert await page.inner_text("#said") == "the Worker at hello"
        assert await page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"
        assert await page.evaluate("document.querySelector('#logo').naturalWidth") == 20
        assert [text for text in complaints if "favicon" not in text] == []

    browsing(test)


def test_a_navigation_to_no_file_gets_the_application_and_a_fetch_the_worker():
    async def test(lab: Lab, page: Any, url: str) -> None:
        answer = await page.goto(f"{url}/deep/link")
        await ready(page)
        assert (answer.status, await page.inner_text("#path")) == (200, "you are at /deep/link")
        fetched = await page.evaluate("fetch('/deep/link').then((answer) => answer.text())")
        assert fetched == "the Worker at link"

    browsing(test)


def test_a_browser_is_sent_to_the_canonical_address():
    async def test(lab: Lab, page: Any, url: str) -> None:
        for asked in ("/about.html?q=1", "/about/?q=1", "/old/x/y?q=1"):
            await page.goto(url + asked)
            assert (page.url, await page.title()) == (f"{url}/about?q=1", "about")

    browsing(test)


def test_a_browser_asks_again_and_is_told_that_nothing_changed():
    async def test(lab: Lab, page: Any, url: str) -> None:
        await page.goto(f"{url}/about")
        await page.reload()
        assert statuses(lab, "/about") == [200, 304]
        lab.assets.deploy(FILES | {"about.html": "<!doctype html><title>about, anew</title>"})
        await page.reload()
        assert await page.title() == "about, anew"
        assert statuses(lab, "/about") == [200, 304, 200]

    browsing(test)


def statuses(lab: Lab, path: str) -> list[int]:
    """What each request for a path was answered with."""
    return [event.detail["status"] for event in lab.trace.where("assets") if event.detail["url"].endswith(path)]
