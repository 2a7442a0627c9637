"""Leaving fast: blank at once, the conversation ended, another page in the place of this one, nothing behind "back"."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Chat, in_view

TYPED = "ik heb zo'n spijt"


@pytest.fixture
def neutral(site: str) -> str:
    return f"{site}/neutral"


async def arrive(chat: Chat, site: str, neutral: str, page: str = "plain") -> None:
    """From another page of the site, so that there is something behind "back"."""
    await chat.page.goto(f"{site}/strict?widget=no")
    await chat.page.goto(f"{site}/{page}?exit-url={neutral}")


async def press_leave(chat: Chat) -> None:
    await chat.panel.get_by_role("link", name="Snel weg").click()


async def press_shift(chat: Chat) -> None:
    for _ in range(3):
        await chat.page.keyboard.press("Shift")


@pytest.mark.parametrize("leave", [press_leave, press_shift], ids=["button", "shift"])
async def test_leaving_ends_the_conversation_and_back_does_not_bring_it_back(chat: Chat, site, neutral, leave):
    await arrive(chat, site, neutral)
    async with chat.page.expect_response("**/sessions") as opened:
        await chat.open()
    response = await opened.value
    token = (await response.json())["token"]
    await chat.say(TYPED)
    await leave(chat)
    await chat.page.wait_for_url(neutral)
    said = await chat.page.context.request.post(
        response.url.replace("sessions", "messages"),
        data={"message": "x"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert said.status == 401
    await chat.page.go_back()
    assert chat.page.url == f"{site}/strict?widget=no", "the page with the chat is no longer in the history"
    await chat.page.go_forward()
    assert chat.page.url == neutral


async def test_the_screen_is_blank_before_the_other_page_is_there(chat: Chat, site, neutral):
    await arrive(chat, site, neutral)
    await chat.open()
    await chat.say(TYPED)
    seen = await chat.page.evaluate(
        """() => {
            const root = document.querySelector("hulp-chat").shadowRoot;
            root.querySelector(".panel .leave").click();
            return [getComputedStyle(document.documentElement).display, document.title, root.querySelector(".log").textContent];
        }"""
    )
    assert seen == ["none", "Nieuw tabblad", ""]
    await chat.page.wait_for_url(neutral)


async def test_it_works_without_the_bot(chat: Chat, site, neutral):
    await arrive(chat, site, neutral)
    await chat.page.route("**/webhooks/**", lambda route: route.abort())
    await chat.button.click()
    await press_leave(chat)
    await chat.page.wait_for_url(neutral)


async def test_the_button_is_a_link_that_works_by_itself_and_says_nothing_of_where_one_came_from(
    chat: Chat, site, neutral
):
    await arrive(chat, site, neutral)
    link = chat.root.locator(".bar .leave")
    await expect(link).to_have_attribute("href", neutral)
    await expect(link).to_have_attribute("rel", "nofollow noreferrer noopener")


@pytest.mark.parametrize("page", ["plain", "inline", "wordpress"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP, {"width": 320, "height": 256}], ids=["phone", "desktop", "zoom-400"])
async def test_the_button_to_leave_is_always_in_view(chat: Chat, site, page, size):
    await chat.page.set_viewport_size(size)
    await chat.page.goto(f"{site}/{page}")
    if page == "plain":
        assert await in_view(chat.root.locator(".bar .leave"))
    await chat.root.get_by_role("button", name="openen" if page != "inline" else "Begin").click()
    await expect(chat.bubbles.first).to_be_visible()
    await chat.say("menu")
    leave = chat.panel.get_by_role("link", name="Snel weg")
    assert await in_view(leave)
    await chat.page.mouse.wheel(0, 2000)
    await chat.scroll_all(0)
    assert await in_view(leave)
    await chat.scroll_all(10_000)
    assert await in_view(leave)


async def test_where_to_comes_from_the_page_then_the_organisation_then_the_content(chat: Chat, site, neutral):
    link = chat.root.locator(".bar .leave")
    await expect(link).to_have_attribute("href", "https://www.google.nl/")
    await chat.page.goto(f"{site}/plain?organisation=blauwe-deur")
    await expect(link).to_have_attribute("href", "https://www.buienradar.nl/")
    await chat.page.goto(f"{site}/plain?organisation=blauwe-deur&exit-url={neutral}")
    await expect(link).to_have_attribute("href", neutral)
    await chat.page.goto(f"{site}/plain?exit-url=javascript:alert(1)")
    await expect(link).to_have_attribute("href", "https://www.google.nl/")


async def test_shift_is_counted_aloud_and_not_when_it_is_part_of_typing(chat: Chat, site, neutral):
    await arrive(chat, site, neutral)
    await chat.open()
    await chat.field.press_sequentially("AAA BBB!")
    for _ in range(3):
        await chat.page.keyboard.press("Shift+Enter")
    assert chat.page.url != neutral
    await chat.page.keyboard.press("Shift")
    await expect(chat.status).to_have_text("Nog twee keer Shift en deze pagina is weg.")
    await chat.page.keyboard.press("Shift")
    await expect(chat.status).to_have_text("Nog een keer Shift en deze pagina is weg.")
    await chat.page.keyboard.press("Shift")
    await chat.page.wait_for_url(neutral)


async def test_who_comes_back_with_the_back_button_finds_no_conversation(chat: Chat, site):
    await chat.open()
    await chat.say(TYPED)
    await chat.page.goto(f"{site}/neutral")
    await chat.page.go_back()
    await expect(chat.panel).to_be_hidden()
    await expect(chat.root.locator(".log")).not_to_contain_text("spijt")
    await chat.open()
    await expect(chat.log).to_contain_text("Een eerder gesprek is weg")


async def test_a_page_that_the_browser_had_put_aside_comes_back_without_the_conversation(chat: Chat):
    await chat.open()
    await chat.say(TYPED)
    async with chat.page.expect_response(lambda r: r.request.method == "DELETE"):
        await chat.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    await chat.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await expect(chat.page.locator("html")).to_be_visible()
    await expect(chat.panel).to_be_hidden()
    await chat.open()
    await expect(chat.log).to_contain_text("Een eerder gesprek is weg")
    await expect(chat.log).not_to_contain_text("spijt")


async def test_it_says_honestly_that_the_history_stays(chat: Chat):
    await chat.open()
    await expect(chat.root.get_by_text("Je browser onthoudt wel dat je hier was")).to_be_in_viewport()
