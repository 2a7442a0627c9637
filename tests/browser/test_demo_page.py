"""The demo page in a real browser: one can chat, press buttons, wipe, leave; it is accessible and keeps nothing."""

from __future__ import annotations

import re

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from bot.content import load
from bot.content_check import phone_numbers
from bot.server import PAGES

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest_asyncio.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
async def page(request, browser: Browser, server):
    context = await browser.new_context(viewport=request.param)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.on("console", lambda m: problems.append(m.text) if is_mistake(m) else None)
    await page.goto(server.address)
    await expect(page.locator(".bubble").first).to_contain_text("computerprogramma")
    yield page
    assert problems == []
    await context.close()


def is_mistake(message: ConsoleMessage) -> bool:
    """A mistake in the page; not the browser's word that a test made the network fail."""
    return message.type == "error" and "net::ERR" not in message.text


async def say(page: Page, text: str) -> None:
    before = await page.locator(".bubble").count()
    await page.get_by_label("Jouw bericht").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble")).not_to_have_count(before + 1)
    await expect(page.locator(".bubble.mine").last).to_have_text(text)


async def axe_finds_nothing(page: Page) -> None:
    results = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert results.violations_count == 0, results.generate_report()


async def test_one_can_talk(page: Page):
    await say(page, "kan een mens hier van veranderen")
    assert await page.locator("#choices button").count() >= 2
    await page.locator("#choices button").first.click()
    await expect(page.locator(".bubble.mine")).to_have_count(2)
    await axe_finds_nothing(page)


async def test_a_risk_stands_out_and_names_its_line(page: Page):
    await say(page, "ik wil niet meer leven")
    await expect(page.locator(".bubble.risk").last).to_contain_text("0800-0113")
    await axe_finds_nothing(page)


async def test_the_ruler_can_be_pressed(page: Page):
    await say(page, "/ask_importance")
    await page.get_by_role("button", name="7", exact=True).click()
    await expect(page.locator(".bubble.mine").last).to_have_text("7")


async def test_what_is_typed_is_shown_as_text(page: Page):
    await say(page, "<img src=x onerror=alert(1)>")
    assert await page.locator(".bubble img").count() == 0


async def test_wiping_empties_the_screen_and_ends_the_conversation(page: Page):
    await say(page, "ik heb zo'n spijt")
    await page.get_by_role("button", name="Wis dit gesprek").click()
    await expect(page.locator("#log")).not_to_contain_text("spijt")
    await say(page, "hallo")


async def test_the_lines_are_on_the_page_and_can_be_tapped(page: Page):
    for number in ("112", "0800-2000", "113", "0800-0113"):
        link = page.locator(".lines a", has_text=re.compile(f"^{number}$"))
        assert (await link.get_attribute("href")) == "tel:" + number.replace("-", "")


async def test_nothing_is_kept_in_the_browser(page: Page):
    await say(page, "hallo")
    assert await page.context.cookies() == []
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_when_the_server_is_gone_the_lines_stay_and_what_was_typed_is_not_lost(page: Page):
    await page.route("**/webhooks/**", lambda route: route.abort())
    await page.get_by_label("Jouw bericht").fill("ben je er nog")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble.risk").last).to_contain_text("112")
    await expect(page.get_by_label("Jouw bericht")).to_have_value("ben je er nog")


async def test_it_fits_a_small_screen_at_large_zoom(browser: Browser, server):
    page = await browser.new_page(viewport={"width": 320, "height": 640})
    await page.goto(server.address)
    await expect(page.locator(".bubble").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await axe_finds_nothing(page)
    await page.close()


async def test_dark_mode_is_readable(browser: Browser, server):
    page = await browser.new_page(color_scheme="dark")
    await page.goto(server.address)
    await expect(page.locator(".bubble").first).to_be_visible()
    await axe_finds_nothing(page)
    await page.close()


def test_every_number_on_the_page_is_in_the_directory():
    text = re.sub(r"<[^>]+>", " ", (PAGES / "index.html").read_text(encoding="utf-8"))
    lines = load().lines.values()
    known = {line.phone for line in lines} | {line.also for line in lines}
    assert set(phone_numbers(text)) <= known
