"""For everyone: axe in every state, by keyboard alone, at 320 px and 400 %, dark, forced colours, without motion."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Chat

ZOOM_400 = {"width": 320, "height": 256}
SMALL = {"width": 320, "height": 640}
LEAST_TARGET = 44
WAYS = {
    "phone": {"viewport": PHONE},
    "desktop": {"viewport": DESKTOP},
    "dark": {"viewport": PHONE, "color_scheme": "dark"},
    "small": {"viewport": SMALL},
    "zoom-400": {"viewport": ZOOM_400},
    "forced-colours": {"viewport": PHONE, "forced_colors": "active"},
    "no-motion": {"viewport": DESKTOP, "reduced_motion": "reduce"},
}


async def closed(chat: Chat) -> None:
    pass


async def opened(chat: Chat) -> None:
    await chat.open()


async def conversation(chat: Chat) -> None:
    await chat.open()
    await chat.press("Ja, dat kan")
    await chat.say("ik heb haar geslagen")
    await chat.say("menu")


async def ruler(chat: Chat) -> None:
    await chat.open()
    await chat.say("/ask_importance")
    await chat.root.get_by_role("radio", name="4", exact=True).check(force=True)


async def ruler_answered(chat: Chat) -> None:
    await ruler(chat)
    await chat.press("Stuur dit cijfer")


async def sending(chat: Chat) -> None:
    await chat.open()
    await chat.page.route("**/messages", lambda route: None)
    await chat.field.fill("hallo")
    await chat.field.press("Enter")
    await expect(chat.mine.last).to_contain_text("Wordt verstuurd…")


async def error(chat: Chat) -> None:
    await chat.open()
    await chat.field.fill("veel " * 401)
    await chat.field.press("Enter")
    await expect(chat.risks.last).to_contain_text("kleinere stukken")


async def offline(chat: Chat) -> None:
    await chat.page.route("**/webhooks/**", lambda route: route.abort())
    await chat.button.click()
    await expect(chat.risks.last).to_contain_text("De chat werkt nu even niet")


async def wiped(chat: Chat) -> None:
    await chat.open()
    await chat.root.get_by_role("button", name="Wis dit gesprek").click()
    await expect(chat.log).to_contain_text("gewist")


async def leaving(chat: Chat) -> None:
    await chat.open()
    await chat.page.keyboard.press("Shift")
    await expect(chat.status).to_contain_text("Nog twee keer")


STATES = [closed, opened, conversation, ruler, ruler_answered, sending, error, offline, wiped, leaving]


@pytest_asyncio.fixture(params=list(WAYS))
async def way(request, browser, site):
    context = await browser.new_context(**WAYS[request.param])
    page = await context.new_page()
    chat = Chat(page)
    await page.goto(f"{site}/plain")
    await expect(chat.button).to_be_visible()
    yield chat
    assert chat.problems == []
    await context.close()


@pytest.mark.parametrize("state", STATES, ids=[s.__name__ for s in STATES])
async def test_axe_finds_nothing_and_everything_fits(way: Chat, state):
    await state(way)
    await way.axe_finds_nothing()
    if state is not closed:
        await way.fits()
    small = await way.root.evaluate(
        """(host, least) => [...host.shadowRoot.querySelectorAll("a[href], button, textarea, .numbers label")].filter(e => {
            const box = e.getBoundingClientRect();
            return box.width && (box.width < least || box.height < least);
        }).map(e => `${e.textContent} ${e.getBoundingClientRect().width} x ${e.getBoundingClientRect().height}`)""",
        LEAST_TARGET,
    )
    assert small == []
    assert await way.page.evaluate("document.getAnimations().length") == 0


async def test_by_keyboard_alone_from_opening_to_an_answer_the_ruler_and_leaving(chat: Chat, site):
    page = chat.page
    await page.goto(f"{site}/plain?exit-url={site}/neutral")
    await expect(chat.button).to_be_visible()

    async def tab_to(name: str, back: bool = False) -> None:
        for _ in range(40):
            await page.keyboard.press("Shift+Tab" if back else "Tab")
            focused = await page.evaluate(
                "(document.activeElement.shadowRoot || document).activeElement?.textContent || ''"
            )
            if focused.startswith(name):
                return
        raise AssertionError(f"Tab does not lead to {name!r}")

    await tab_to("Hulpchat")
    await page.keyboard.press("Enter")
    await expect(chat.bubbles.first).to_be_visible()
    await expect(chat.field).to_be_focused()
    await tab_to("Ja, dat kan", back=True)
    await page.keyboard.press("Enter")
    await expect(chat.bubbles).to_have_count(3)
    await tab_to("Ik wil veranderen")
    await page.keyboard.press("Space")
    await expect(chat.bubbles).to_have_count(5)
    await chat.field.focus()
    await page.keyboard.type("/ask_importance")
    await page.keyboard.press("Enter")
    await expect(chat.root.get_by_role("radio")).to_have_count(11)
    await page.keyboard.press("Shift+Tab")
    await tab_to("Stuur dit cijfer", back=True)
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Space")
    await expect(chat.root.get_by_role("radio", checked=True)).to_have_count(1)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(chat.mine).to_have_count(4)
    await tab_to("Snel weg", back=True)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{site}/neutral")


@pytest.mark.parametrize("size", [PHONE, ZOOM_400], ids=["phone", "zoom-400"])
async def test_on_a_full_screen_the_focus_stays_in_the_chat(chat: Chat, size):
    await chat.page.set_viewport_size(size)
    await chat.open()
    await expect(chat.root.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    for key in ("Tab", "Shift+Tab"):
        for _ in range(25):
            await chat.page.keyboard.press(key)
            assert await chat.page.evaluate(
                "document.activeElement.shadowRoot?.activeElement?.closest('.panel') !== null"
            )


async def test_beside_a_page_the_chat_is_no_trap(chat: Chat):
    await chat.open()
    await expect(chat.root.get_by_role("dialog")).to_have_attribute("aria-modal", "false")
    await chat.page.get_by_role("link", name="Verder").focus()
    await expect(chat.page.get_by_role("link", name="Verder")).to_be_focused()


async def test_names_and_roles_are_dutch_and_complete(chat: Chat):
    await chat.open()
    await expect(chat.root.get_by_role("dialog", name="Hulpchat")).to_be_visible()
    await expect(chat.log).to_have_attribute("aria-live", "polite")
    for role, name in (
        ("button", "Sluit de chat"), ("button", "Stuur"), ("button", "Wis dit gesprek"), ("textbox", "Jouw bericht"),
        ("list", "Nu bellen"), ("link", "Snel weg"),
        ("link", re.compile("^0800-2000 Geweld thuis \\(Veilig Thuis, dag en nacht, gratis\\)")),
    ):  # fmt: skip
        await expect(chat.panel.get_by_role(role, name=name, exact=True)).to_be_visible()
    assert await chat.root.locator(".box").get_attribute("lang") == "nl"


async def test_a_long_reply_is_read_from_its_beginning(chat: Chat):
    await chat.page.set_viewport_size(PHONE)
    await chat.open()
    long = {"text": "Begin.\n" + "Nog een regel.\n" * 60, "buttons": [{"title": "Verder", "payload": "/menu"}]}
    await chat.page.route("**/messages", lambda route: route.fulfill(json=[long]))
    await chat.say("vertel")
    top = await chat.bubbles.last.evaluate("e => e.getBoundingClientRect().top")
    lines = await chat.root.locator(".lines").evaluate("e => e.getBoundingClientRect().bottom")
    assert lines <= top < lines + 60


async def test_page_up_from_an_empty_field_scrolls_the_conversation(chat: Chat):
    await chat.open()
    for _ in range(4):
        await chat.say("menu")
    scroll = chat.root.locator(".scroll")
    before = await scroll.evaluate("e => e.scrollTop")
    await chat.field.press("PageUp")
    assert await scroll.evaluate("e => e.scrollTop") < before


async def test_the_chat_takes_what_the_telephones_keyboard_leaves(chat: Chat):
    await chat.page.set_viewport_size(PHONE)
    await chat.open()
    await chat.page.evaluate(
        """() => {
            Object.defineProperty(visualViewport, "height", { value: 330, configurable: true });
            visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    box = await chat.panel.bounding_box()
    assert box is not None
    assert box["height"] == 330
    await expect(chat.field).to_be_in_viewport(ratio=1)
    await expect(chat.panel.get_by_role("link", name="Snel weg")).to_be_in_viewport(ratio=1)


async def test_it_is_not_printed(chat: Chat):
    await chat.open()
    await chat.page.emulate_media(media="print")
    await expect(chat.panel).to_be_hidden()
