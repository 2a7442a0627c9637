"""The overview in a real browser, without JavaScript: accessible, and whole on a phone and on paper."""

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.test_demo_page import DESKTOP, PHONE
from tests.themes.test_overview import PASSWORD, Overview, overview  # noqa: F401

PAGES = ("/", "/onderwerpen", "/gesprekken", "/niet-begrepen", "/niet-begrepen/remorse", "/op-papier", "/aantekeningen",
         "/uitleg", "/aanmeldingen", "/?per=week", "/?van=2026-W30&tot=2026-W31&per=month", "/?van=niets")  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest_asyncio.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
async def page(request, browser: Browser, overview: Overview):  # noqa: F811
    context = await browser.new_context(
        viewport=request.param, bypass_csp=True, extra_http_headers={"X-Forwarded-For": "10.1.1.1"}
    )
    page = await context.new_page()
    await page.goto(f"{overview.address}/aanmelden")
    await axe_finds_nothing(page)
    await page.get_by_label("Naam").fill("beheer")
    await page.get_by_label("Wachtwoord").fill(PASSWORD)
    await page.get_by_role("button", name="Aanmelden").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("In één minuut")
    yield page
    await context.close()


async def axe_finds_nothing(page: Page) -> None:
    results = await Axe().run(page, options={"runOnly": RULES})
    assert results.violations_count == 0, results.generate_report()


async def test_every_page_is_accessible_and_fits_the_screen(page: Page, overview: Overview):  # noqa: F811
    for path in PAGES:
        await page.goto(f"{overview.address}{path}")
        await axe_finds_nothing(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


async def test_what_is_new_this_month_is_on_the_first_page(page: Page):
    first = page.locator(".minute p")
    await expect(first.first).to_contain_text("waren er ongeveer")
    await expect(page.get_by_role("heading", name="Wat is er anders")).to_be_visible()


async def test_one_can_choose_without_javascript(browser: Browser, overview: Overview):  # noqa: F811
    context = await browser.new_context(java_script_enabled=False, extra_http_headers={"X-Forwarded-For": "10.1.1.2"})
    page = await context.new_page()
    await page.goto(overview.address)
    await page.get_by_label("Naam").fill("beheer")
    await page.get_by_label("Wachtwoord").fill(PASSWORD)
    await page.get_by_role("button", name="Aanmelden").click()
    await page.get_by_label("Organisatie").select_option("noord")
    await page.get_by_role("button", name="Toon").click()
    await expect(page.locator("p.choice")).to_contain_text("noord")
    await page.get_by_role("button", name="Afmelden").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Aanmelden")
    await context.close()


@pytest.mark.parametrize("path", ["/", "/op-papier"])
async def test_on_paper_there_are_figures_and_no_controls(page: Page, overview: Overview, path):  # noqa: F811
    await page.goto(f"{overview.address}{path}")
    await page.emulate_media(media="print")
    await expect(page.locator("nav, .choose, button").first).to_be_hidden()
    await expect(page.locator("table.bars").first).to_be_visible()
    assert (await page.pdf()).startswith(b"%PDF")
