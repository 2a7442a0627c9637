"""The page at `/`: what the chat is, for who comes for help, and how to get it, for an organisation."""

import re

import pytest_asyncio
from playwright.async_api import expect

from bot.content import load
from bot.content_check import phone_numbers
from tests.browser.conftest import DESKTOP, PHONE, Chat


@pytest_asyncio.fixture(
    params=[(PHONE, "light"), (DESKTOP, "light"), (PHONE, "dark")], ids=["phone", "desktop", "dark"]
)
async def page(request, browser, server):
    size, colours = request.param
    context = await browser.new_context(viewport=size, color_scheme=colours)
    page = await context.new_page()
    await page.goto(server.address)
    yield page
    await context.close()


async def test_a_visitor_reads_what_it_is_and_one_press_opens_the_chat(page):
    chat = Chat(page)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Gaat het mis thuis")
    await expect(page.get_by_text("Er leest niemand mee").first).to_be_visible()
    address = page.url
    await page.get_by_role("link", name="Open de chat").click()
    await expect(chat.bubbles.first).to_contain_text("computerprogramma")
    assert page.url == address, "nothing is added to the address"
    assert chat.problems == []


async def test_it_is_accessible_and_fits(page):
    await Chat(page).axe_finds_nothing()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_the_lines_are_on_the_page_and_can_be_tapped(page):
    for number in ("112", "0800-2000", "113"):
        link = page.locator(".lines a", has_text=re.compile(f"^{number}$"))
        assert await link.get_attribute("href") == "tel:" + number.replace("-", "")


async def test_an_organisation_finds_the_line_to_copy(page, server):
    line = f'<script src="{server.address}/widget.js" data-organisation="…" defer></script>'
    await expect(page.locator("pre")).to_have_text(line)


async def test_every_number_on_the_page_is_in_the_directory(page):
    lines = load().lines.values()
    known = {line.phone for line in lines} | {line.also for line in lines}
    text = await page.locator("main").inner_text()
    assert set(phone_numbers(text)) <= known


async def test_without_scripts_the_page_still_tells_where_help_is(browser, server):
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(server.address)
    assert "De nummers op deze pagina werken altijd" in await page.content()
    await expect(page.get_by_role("link", name="0800-2000")).to_be_visible()
    await context.close()
