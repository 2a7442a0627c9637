"""On ugly sites: the site does not reach the chat, and the chat does not reach the site."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Chat, in_view

UGLY = ["wordpress", "important", "strict"]
LOOK = """() => {
    const root = document.querySelector("hulp-chat").shadowRoot;
    const properties = ["display", "position", "color", "background-color", "font-size", "font-family", "line-height", "float",
        "letter-spacing", "text-transform", "text-align", "opacity", "visibility", "direction", "cursor", "pointer-events",
        "width", "height"];
    return [".leave", ".launch", ".panel", "h2", ".lines a", "textarea", "button.main", ".scroll", ".close"].map(name => {
        const style = getComputedStyle(root.querySelector(name));
        return [name, ...properties.map(p => p + ": " + style.getPropertyValue(p))].join("; ");
    });
}"""
SITE = """() => [...document.querySelectorAll("body, body *:not(hulp-chat):not(script)")].map(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const own = e.getAttribute("style");
    return [e.tagName, box.x, box.y, box.width, box.height, style.color, style.font, style.overflow, own].join(" ");
}).concat(document.title, document.documentElement.getAttribute("style") || "", document.documentElement.className)"""


async def look(page: Page, address: str) -> list[str]:
    await page.goto(address)
    await expect(page.locator("hulp-chat")).to_have_count(1)
    await page.wait_for_function("document.querySelector('hulp-chat').shadowRoot")
    return await page.evaluate(LOOK)


@pytest.mark.parametrize("name", UGLY)
async def test_the_chat_looks_the_same_as_on_a_plain_site(chat: Chat, site, name):
    assert await look(chat.page, f"{site}/{name}") == await look(chat.page, f"{site}/plain")


@pytest.mark.parametrize("name", UGLY)
async def test_the_site_stays_as_it_was(chat: Chat, site, name):
    await chat.page.goto(f"{site}/{name}?widget=no")
    before = await chat.page.evaluate(SITE)
    names = "Object.getOwnPropertyNames(window).filter(n => !/^\\d+$/.test(n)).sort()"
    globals_before = await chat.page.evaluate(names)
    await chat.page.goto(f"{site}/{name}")
    await chat.open()
    await chat.say("menu")
    assert await chat.page.evaluate(SITE) == before
    assert await chat.page.evaluate(names) == globals_before


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("name", UGLY)
async def test_one_can_talk_and_leave(chat: Chat, site, name, size):
    refused: list[str] = []
    await chat.page.expose_function("refused", lambda what: refused.append(what))
    await chat.page.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => refused(e.violatedDirective + ' ' + e.blockedURI))"
    )
    await chat.page.set_viewport_size(size)
    await chat.page.goto(f"{site}/{name}?organisation=blauwe-deur&exit-url={site}/neutral")
    await chat.open()
    await expect(chat.root.locator("h2 img")).to_be_visible()
    assert await chat.root.locator("h2 img").evaluate("i => i.decode().then(() => i.naturalWidth)") == 32
    await chat.press("Ja, dat kan")
    await chat.say("ik wil niet meer leven")
    await expect(chat.risks.last).to_contain_text("0800-0113")
    for part in (
        chat.panel.get_by_role("link", name="Snel weg"),
        chat.root.get_by_role("button", name="Stuur"),
        chat.field,
    ):
        assert await in_view(part), "above everything of the site, its cookie notice included"
    await chat.fits()
    assert refused == []
    await chat.panel.get_by_role("link", name="Snel weg").click()
    await chat.page.wait_for_url(f"{site}/neutral")


async def test_the_sites_shortcuts_neither_fire_nor_hear_what_is_typed(chat: Chat, site):
    await chat.page.goto(f"{site}/important")
    await chat.open()
    await chat.field.press_sequentially("spijt dus")
    await expect(chat.field).to_have_value("spijt dus")
    assert await chat.page.evaluate("heard") == []


async def test_the_organisations_colours_name_and_logo_are_shown(chat: Chat, site):
    await chat.page.goto(f"{site}/plain?organisation=blauwe-deur")
    await chat.open()
    await expect(chat.root.locator("header")).to_have_css("background-color", "rgb(29, 91, 79)")
    await expect(chat.root.locator("h2 small")).to_contain_text("De Blauwe Deur")
    await chat.axe_finds_nothing()


async def test_an_unknown_organisation_has_the_neutral_look(chat: Chat, site):
    await chat.page.goto(f"{site}/plain?organisation=bestaat-niet")
    await chat.open()
    await expect(chat.root.locator("header")).to_have_css("background-color", "rgb(21, 66, 115)")


async def test_a_link_of_the_site_opens_the_chat(chat: Chat):
    await chat.page.get_by_role("link", name="Praat erover").click()
    await expect(chat.bubbles.first).to_contain_text("computerprogramma")
    assert "#" not in chat.page.url


@pytest.mark.parametrize("size", [PHONE, DESKTOP, {"width": 320, "height": 256}], ids=["phone", "desktop", "zoom-400"])
async def test_in_the_page_it_begins_when_asked(chat: Chat, site, size):
    await chat.page.set_viewport_size(size)
    asked: list[str] = []
    chat.page.on("request", lambda r: asked.append(r.url))
    await chat.page.goto(f"{site}/inline")
    await expect(chat.root).to_have_count(1)
    await chat.axe_finds_nothing()
    assert not [a for a in asked if "webhooks" in a]
    await chat.root.get_by_role("button", name="Begin het gesprek").click()
    await expect(chat.bubbles.first).to_contain_text("computerprogramma")
    await chat.press("Ja, dat kan")
    await chat.say("menu")
    await chat.axe_finds_nothing()
    await chat.fits()


async def test_a_site_that_is_not_allowed_gets_no_conversation_but_the_lines_and_the_way_out(context, site):
    page = await context.new_page()
    await page.goto(site.replace("127.0.0.1", "localhost") + "/plain")
    chat = Chat(page)
    await chat.button.click()
    await expect(chat.risks.last.get_by_role("link", name="0800-2000")).to_be_visible()
    await expect(chat.panel.get_by_role("link", name="Snel weg")).to_be_visible()


async def test_a_browser_without_style_sheets_made_by_script_loads_the_style_as_a_file(context, site):
    page = await context.new_page()
    await page.add_init_script("CSSStyleSheet.prototype.replaceSync = undefined")
    chat = Chat(page)
    await page.goto(f"{site}/strict")
    await chat.open()
    await expect(chat.root.locator("header")).to_have_css("background-color", "rgb(21, 66, 115)")
    assert chat.problems == []
