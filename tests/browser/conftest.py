"""Debian's Chromium, driven by Playwright; an organisation's site on another origin; and a person using the chat."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect

from tests.conftest import Server

SITES = Path(__file__).parent / "sites"
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NOT_OURS = ("region", "landmark-one-main", "page-has-heading-one")
"""Good practices that are about the page around the chat."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium")
        running = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        await running.close()


@pytest.fixture(scope="session")
def site(site_address: str, server: Server) -> Iterator[str]:
    """The address of an organisation's site. `/plain` and the like are the files of `sites/`, with the embed line in them.

    What stands after `?` becomes attributes of the line: `/plain?organisation=blauwe-deur`; `widget=no` leaves it out.
    """

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            file = SITES / f"{Path(asked.path).name}.html"
            if not file.is_file():
                self.send_error(404)
                return
            attributes = {name: values[0] for name, values in parse_qs(asked.query).items()}
            line = "" if attributes.pop("widget", "") == "no" else embed_line(server.address, attributes)
            body = file.read_text(encoding="utf-8").replace("<!-- WIDGET -->", line).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if file.stem == "strict":
                policy = f"default-src 'self' {server.address}; require-trusted-types-for 'script'"
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    pages = ThreadingHTTPServer(("127.0.0.1", urlsplit(site_address).port or 0), Pages)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    yield site_address
    pages.shutdown()


def embed_line(bot: str, attributes: dict[str, str]) -> str:
    data = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
    return f'<script src="{bot}/widget.js"{data} defer></script>'


class Chat:
    """A person with the chat in front of them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("hulp-chat")
        self.button = self.root.locator(".launch")
        self.panel = self.root.locator(".panel")
        self.log = self.root.get_by_role("log")
        self.bubbles = self.root.locator(".bubble")
        self.mine = self.root.locator(".bubble.mine")
        self.risks = self.root.locator(".bubble.risk")
        self.field = self.root.get_by_label("Jouw bericht")
        self.status = self.root.get_by_role("status")
        self.choices = self.root.locator(".choices button:not([aria-disabled])")
        self.problems: list[str] = []
        page.on("pageerror", lambda e: self.problems.append(str(e)))
        page.on("console", lambda m: self.problems.append(m.text) if is_mistake(m) else None)

    async def open(self) -> None:
        await self.button.click()
        await expect(self.log).to_contain_text("computerprogramma")

    async def say(self, text: str) -> None:
        """Type, press Enter, and wait for the answer."""
        before = await self.bubbles.count()
        await self.field.fill(text)
        await self.field.press("Enter")
        await self.answered(before + 1)

    async def press(self, title: str | re.Pattern[str]) -> None:
        """Press a quick reply and wait for the answer."""
        before = await self.bubbles.count()
        await self.choices.filter(has_text=title).last.click()
        await self.answered(before + 1)

    async def answered(self, after: int) -> None:
        await expect(self.bubbles.nth(after)).to_be_visible()

    async def scroll_all(self, top: int) -> None:
        """Scroll the page and everything in the chat that scrolls."""
        await self.page.evaluate("top => window.scrollTo(0, top)", top)
        for box in (self.panel, self.root.locator(".scroll")):
            await box.evaluate("(e, top) => { e.scrollTop = top; }", top)

    async def axe_finds_nothing(self) -> None:
        results = await Axe().run(self.page, options=AXE)
        found = [v for v in results.response["violations"] if v["id"] not in NOT_OURS]
        assert not found, [(v["id"], [n["html"] for n in v["nodes"]]) for v in found]

    async def fits(self) -> None:
        """Nothing sticks out to the side: not of the chat, nor anything in it."""
        box = await self.panel.bounding_box()
        size = self.page.viewport_size
        assert box and size
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        for box in (".panel", ".scroll", ".write", "header"):
            assert await self.root.locator(box).evaluate("e => e.scrollWidth <= e.clientWidth"), box


def is_mistake(message: ConsoleMessage) -> bool:
    """A mistake in the page; not the browser's word that a test made the network fail or the server refuse."""
    return message.type == "error" and "net::ERR" not in message.text and "Failed to load" not in message.text


async def in_view(thing: Locator) -> bool:
    """Whether nothing covers the middle of it, in the page or in the chat, and it is on the screen."""
    return await thing.evaluate(
        """element => {
            const box = element.getBoundingClientRect();
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            let found = document.elementFromPoint(x, y);
            while (found && found.shadowRoot) {
                const inner = found.shadowRoot.elementFromPoint(x, y);
                if (!inner || inner === found) break;
                found = inner;
            }
            return found === element || element.contains(found);
        }"""
    )


@pytest_asyncio.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser with nothing in it, on a desktop."""
    fresh = await browser.new_context(viewport=DESKTOP)
    yield fresh
    await fresh.close()


@pytest_asyncio.fixture
async def chat(context: BrowserContext, site: str) -> AsyncIterator[Chat]:
    """The chat on an organisation's page, not opened yet. Mistakes in the page's console fail the test."""
    page = await context.new_page()
    chat = Chat(page)
    await page.goto(f"{site}/plain")
    await expect(chat.button).to_be_visible()
    yield chat
    assert chat.problems == []
