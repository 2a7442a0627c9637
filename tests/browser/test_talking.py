"""Talking in the chat on an organisation's site: a journey, a risk, a slow or broken network, reload, two tabs."""

import os
import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Chat

WEB = "**/webhooks/web/**"
ANSWER_MS = 150
"""From Enter to the first reply on the screen, at the 95th percentile on loopback."""
OWN_MS = 100
"""Of that, at most what the widget itself takes."""
ROUNDS = 3
"""The best round counts: what else the machine was doing is not the chat's."""
TYPICAL = ["menu", "hallo", "ik heb haar weer uitgescholden", "kan een mens veranderen"]


async def test_a_journey_from_the_greeting_to_help(chat: Chat):
    await chat.open()
    await chat.press("Ja, dat kan")
    await chat.press("Ik wil veranderen")
    for _ in range(4):
        await chat.press(re.compile(""))
    await chat.say("menu")
    await chat.press("Ik zoek hulp")
    assert await chat.mine.count() == 8
    assert await chat.choices.count() >= 1


async def test_a_risk_stands_out_and_its_number_can_be_tapped(chat: Chat):
    await chat.open()
    await chat.say("ik wil niet meer leven")
    number = chat.risks.last.get_by_role("link", name="0800-0113")
    await expect(number).to_have_attribute("href", "tel:08000113")
    await chat.press("Ja")
    await expect(chat.bubbles.last).to_contain_text("11")


async def test_enter_sends_and_shift_enter_breaks_the_line(chat: Chat):
    await chat.open()
    await chat.field.press_sequentially("regel een")
    await chat.field.press("Shift+Enter")
    await chat.field.press_sequentially("regel twee")
    await expect(chat.field).to_have_value("regel een\nregel twee")
    await expect(chat.mine).to_have_count(0)
    await chat.field.press("Enter")
    await expect(chat.mine.last).to_contain_text("regel een\nregel twee")
    await expect(chat.field).to_be_focused()


async def test_the_ruler_is_a_control_of_its_own(chat: Chat):
    await chat.open()
    await chat.say("/ask_importance")
    ruler = chat.root.get_by_role("group", name="Kies een cijfer")
    await expect(ruler.get_by_role("radio")).to_have_count(11)
    await ruler.get_by_role("radio", name="6", exact=True).check(force=True)
    await ruler.get_by_role("radio", name="6", exact=True).press("ArrowRight")
    await ruler.get_by_role("button", name="Stuur dit cijfer").click()
    await expect(chat.mine.last).to_have_text("Jij: 7")
    await expect(ruler.get_by_role("radio", name="7", exact=True)).to_be_checked()
    await expect(ruler.get_by_role("radio", name="7", exact=True)).to_be_disabled()


async def test_old_buttons_stay_readable_and_do_nothing(chat: Chat):
    await chat.open()
    await chat.press("Ja, dat kan")
    old = chat.root.get_by_role("button", name="Ja, dat kan (jouw keuze)")
    await expect(old).to_have_attribute("aria-disabled", "true")
    await expect(old).to_be_focused()
    sent = await chat.mine.count()
    await old.press("Enter")
    await chat.say("menu")
    assert await chat.mine.count() == sent + 1


async def test_what_people_and_the_bot_write_is_shown_as_text(chat: Chat):
    script = "<img src=x onerror=\"document.title='kapot'\"><script>document.title='kapot'</script>"
    reply = {
        "text": script + " bel 0800-2000 of 06-12345678 of https://kwaad.example",
        "buttons": [{"title": script, "payload": "/menu"}],
        "links": [
            {"title": script, "url": "https://www.veiligthuis.nl"},
            {"title": "x", "url": "javascript:alert(1)"},
            {"title": "y", "url": "data:text/html,x"},
            {"title": "z", "url": "http://onveilig.example"},
        ],
    }
    await chat.open()
    await chat.page.route("**/messages", lambda route: route.fulfill(json=[reply]))
    await chat.say(script)
    for part in (chat.mine.last, chat.bubbles.last, chat.choices.last):
        await expect(part).to_contain_text("<img src=x")
        assert await part.locator("img, script").count() == 0
    links = await chat.log.locator("a").evaluate_all("found => found.map(a => a.getAttribute('href'))")
    assert links[-2:] == ["tel:08002000", "https://www.veiligthuis.nl/"]
    assert await chat.page.title() == "Gemeente Voorbeeld"


async def test_a_script_in_an_organisations_name_is_text(chat: Chat, site):
    name = "<img src=x onerror=alert(1)>"
    own = {
        "name": name,
        "colours": {"main": "red;}", "on_main": "url(//kwaad)"},
        "logo": None,
        "exit_url": "javascript:1",
    }
    await chat.page.route("**/organisations/**", lambda route: route.fulfill(json=own))
    await chat.page.goto(f"{site}/plain?organisation=kwaad")
    await chat.open()
    await expect(chat.root.locator("h2 small")).to_have_text(name)
    assert await chat.root.locator("img").count() == 0
    await expect(chat.panel.get_by_role("link", name="Snel weg")).to_have_attribute("href", "https://www.google.nl/")


async def test_long_words_and_emoji_fit(chat: Chat):
    await chat.page.set_viewport_size({"width": 320, "height": 640})
    await chat.open()
    await chat.say("w" * 300 + " 😭👨‍👩‍👧‍👦🇳🇱 " + "https://" + "x" * 200)
    await chat.fits()


async def test_a_slow_network_shows_that_it_is_sending(chat: Chat):
    held = []
    await chat.open()
    await chat.page.route("**/messages", lambda route: held.append(route))
    await chat.field.fill("ben je er")
    await chat.field.press("Enter")
    await expect(chat.mine.last).to_contain_text("Wordt verstuurd…")
    await expect(chat.status).to_have_text("Wordt verstuurd…")
    await chat.field.fill("nog iets")
    await chat.field.press("Enter")
    await expect(chat.status).to_contain_text("Wacht even")
    await expect(chat.field).to_have_value("nog iets")
    await held[0].continue_()
    await expect(chat.mine.last).not_to_contain_text("Wordt verstuurd")
    await expect(chat.bubbles).to_have_count(3)


async def test_a_lost_connection_is_tried_again_by_itself(chat: Chat):
    await chat.open()
    await chat.page.context.set_offline(True)
    await chat.field.fill("ben je er")
    await chat.field.press("Enter")
    await expect(chat.mine.last).to_contain_text("Ik probeer het nog een keer")
    await chat.page.context.set_offline(False)
    await expect(chat.bubbles).to_have_count(3)
    await expect(chat.mine.last).to_have_text("Jij: ben je er")


async def test_when_the_server_is_gone_the_lines_stay_and_nothing_typed_is_lost(chat: Chat):
    await chat.open()
    await chat.page.route(WEB, lambda route: route.abort())
    await chat.field.fill("ben je er nog")
    await chat.field.press("Enter")
    await expect(chat.risks.last).to_contain_text("De chat werkt nu even niet", timeout=15_000)
    for number in ("112", "0800-2000", "113"):
        await expect(chat.risks.last.get_by_role("link", name=number, exact=True)).to_be_visible()
        await expect(chat.root.locator(".lines").get_by_role("link", name=re.compile(f"^{number} "))).to_be_visible()
    await expect(chat.mine.last).to_contain_text("ben je er nog")
    await chat.axe_finds_nothing()
    await chat.page.unroute(WEB)
    before = await chat.bubbles.count()
    await chat.mine.last.get_by_role("button", name="Probeer opnieuw").click()
    await chat.answered(before)
    await expect(chat.mine.last).to_have_text("Jij: ben je er nog")


async def test_when_the_server_was_never_there_one_can_call_and_try_again(chat: Chat):
    await chat.page.route(WEB, lambda route: route.abort())
    await chat.button.click()
    await expect(chat.risks.last.get_by_role("link", name="0800-2000")).to_be_visible()
    await chat.page.unroute(WEB)
    await chat.root.get_by_role("button", name="Probeer opnieuw").click()
    await expect(chat.bubbles.last).to_contain_text("computerprogramma")


async def test_an_error_of_the_server_is_shown_with_its_lines_and_can_be_tried_again(chat: Chat):
    await chat.open()
    message = "Denk je aan de dood? Bel 113. De chat werkt nu even niet. Gevaar? Bel 112."
    answer = {"error": "unavailable", "message": message}
    await chat.page.route("**/messages", lambda route: route.fulfill(status=503, json=answer))
    await chat.field.fill("ik wil dood")
    await chat.field.press("Enter")
    await expect(chat.risks.last).to_contain_text(message)
    await expect(chat.mine.last.get_by_role("button", name="Probeer opnieuw")).to_be_visible()


async def test_a_message_that_is_too_long_comes_back_into_the_field(chat: Chat):
    await chat.open()
    text = "veel " * 401
    await chat.field.fill(text)
    await chat.field.press("Enter")
    await expect(chat.risks.last).to_contain_text("kleinere stukken")
    await expect(chat.field).to_have_value(text)


async def test_an_expired_conversation_goes_on_in_a_new_one_and_says_so(chat: Chat):
    async with chat.page.expect_response("**/sessions") as opened:
        await chat.open()
    token = (await (await opened.value).json())["token"]
    bot = (await opened.value).url
    await chat.page.context.request.delete(bot, headers={"Authorization": f"Bearer {token}"})
    await chat.say("hallo")
    await expect(chat.log).to_contain_text("Daarom is dit een nieuw gesprek")
    await expect(chat.mine).to_have_count(1)


async def test_wiping_empties_the_screen_and_ends_the_conversation(chat: Chat):
    await chat.open()
    await chat.say("ik heb zo'n spijt")
    async with chat.page.expect_response(lambda r: r.request.method == "DELETE") as ended:
        await chat.root.get_by_role("button", name="Wis dit gesprek").click()
    assert (await ended.value).status == 204
    await expect(chat.log).to_have_text("Het gesprek is gewist. Typ iets om opnieuw te beginnen.")
    await chat.field.fill("hallo")
    await chat.field.press("Enter")
    await expect(chat.bubbles).to_have_count(2)


async def test_closing_keeps_the_conversation_and_gives_the_focus_back(chat: Chat):
    await chat.open()
    await chat.say("menu")
    await chat.field.press("Escape")
    await expect(chat.panel).to_be_hidden()
    await expect(chat.button).to_be_focused()
    await chat.button.press("Enter")
    await expect(chat.mine).to_have_count(1)


async def test_a_reload_starts_anew_and_says_so(chat: Chat):
    async with chat.page.expect_response("**/sessions") as opened:
        await chat.open()
    response = await opened.value
    token = (await response.json())["token"]
    await chat.say("ik heb zo'n spijt")
    await chat.page.reload()
    await chat.open()
    await expect(chat.log).to_contain_text("Een eerder gesprek is weg")
    await expect(chat.log).not_to_contain_text("spijt")
    await expect(chat.mine).to_have_count(0)
    old = await chat.page.context.request.post(
        response.url.replace("sessions", "messages"),
        data={"message": "x"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert old.status == 401, "the old conversation is gone on the server too"


async def test_two_tabs_are_two_conversations(chat: Chat, site):
    other = Chat(await chat.page.context.new_page())
    await other.page.goto(f"{site}/plain")
    await chat.open()
    await other.open()
    await chat.say("ik heb zo'n spijt")
    await expect(other.mine).to_have_count(0)
    await chat.root.get_by_role("button", name="Wis dit gesprek").click()
    await other.say("menu")
    await expect(other.mine).to_have_count(1)


async def test_nothing_is_kept_in_the_browser_and_nobody_else_is_asked(chat: Chat, site, server):
    asked: set[str] = set()
    chat.page.on("request", lambda r: asked.add("/".join(r.url.split("/")[:3])))
    await chat.page.goto(f"{site}/plain?organisation=blauwe-deur")
    await chat.open()
    await chat.say("hallo")
    assert await chat.page.context.cookies() == []
    assert await chat.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert await chat.page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    assert asked == {site, server.address}
    addresses = await chat.page.evaluate("performance.getEntriesByType('resource').map(r => r.name)")
    assert all("?" not in a and len(a.rsplit("/", 1)[1]) < 20 for a in addresses), "no id in any address"


async def test_the_button_needs_no_answer_of_the_server(context, site):
    page = await context.new_page()
    await page.route(WEB, lambda route: None)
    await page.route("**/organisations/**", lambda route: None)
    await page.goto(f"{site}/plain?organisation=blauwe-deur", wait_until="commit")
    chat = Chat(page)
    await expect(chat.button).to_be_visible()
    assert await chat.button.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(21, 66, 115)"


async def test_from_enter_to_the_first_reply_is_fast(chat: Chat):
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    rounds = []
    for _ in range(ROUNDS):
        await chat.page.reload()
        await chat.open()
        took = [await time_to_answer(chat.page, text) for text in TYPICAL * 4]
        total, own = (p95([t[part] for t in took]) for part in ("total", "own"))
        rounds.append(total)
        print(f"\nEnter to first reply, {len(took)} messages, p95: {total:.0f} ms, of which the widget {own:.0f} ms")
        assert own < OWN_MS
        if total < ANSWER_MS:
            break
    if busy:
        print("The machine was busy with other work; only the widget's own time was held against its limit.")
    else:
        assert min(rounds) < ANSWER_MS


def p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]


async def time_to_answer(page: Page, text: str) -> dict[str, float]:
    """Milliseconds in the page from Enter until the reply is painted, in all and without the waiting for the server."""
    return await page.evaluate(
        """text => new Promise(done => {
            const root = document.querySelector("hulp-chat").shadowRoot;
            const replies = () => root.querySelectorAll(".bubble:not(.mine)").length;
            const before = replies();
            new MutationObserver((_, observer) => {
                if (replies() === before) return;
                observer.disconnect();
                requestAnimationFrame(() => {
                    const total = performance.now() - start;
                    const waited = performance.getEntriesByType("resource").filter(r => r.startTime >= start);
                    done({ total, own: total - waited.reduce((sum, r) => sum + r.duration, 0) });
                });
            }).observe(root, { childList: true, subtree: true });
            root.querySelector("textarea").value = text;
            const start = performance.now();
            root.querySelector("textarea").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
        })""",
        text,
    )
