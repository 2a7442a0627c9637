"""The web channel against what the web does to it: other origins, stolen and forged tokens, floods, slow and huge bodies."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.parse import urlsplit

import httpx
import pytest

from bot.channels import sessions as sessions_module
from bot.channels.sessions import MAX_MESSAGES, OwnSessions
from bot.channels.web import BODY_SECONDS
from bot.privacy.pseudonyms import Pseudonyms
from bot.server import REQUEST_SECONDS
from tests.channels.test_web import is_error, opened, said

STRANGERS = ["https://kwaad.example", "null", "file://", "http://127.0.0.1", "http://127.0.0.1.kwaad.example:5005", ""]


# ---------- origins


@pytest.mark.parametrize("origin", STRANGERS)
async def test_a_page_of_another_site_gets_no_session_and_no_answer(web, origin):
    headers = {"Origin": origin}
    refused = await web.post("/webhooks/web/sessions", headers=headers)
    is_error(refused, 403, "wrong_site")
    assert "access-control-allow-origin" not in refused.headers
    await opened(web)
    is_error(await web.post("/webhooks/web/messages", headers=headers, json={"message": "hallo"}), 403, "wrong_site")
    is_error(await web.delete("/webhooks/web/sessions", headers=headers), 403, "wrong_site")
    assert (await said(web, "hallo")).status_code == 200, "the person's own conversation goes on"


async def test_a_form_of_another_site_that_needs_no_permission_first_opens_nothing(web):
    answer = await web.post(
        "/webhooks/web/sessions",
        content="{}",
        headers={"Origin": "https://kwaad.example", "Content-Type": "text/plain"},
    )
    is_error(answer, 403, "wrong_site")


async def test_who_is_in_danger_on_a_site_that_is_not_allowed_gets_the_line_first(web):
    answer = await web.post(
        "/webhooks/web/messages",
        headers={"Origin": "https://kwaad.example"},
        json={"message": "ik wil niet meer leven"},
    )
    is_error(answer, 403, "wrong_site")
    assert answer.json()["message"].startswith("Denk je aan de dood?")


async def test_an_allowed_site_may_ask_first_and_then_talk(web, site_address):
    for path, method in (("sessions", "POST"), ("messages", "POST"), ("sessions", "DELETE")):
        asked = await web.options(
            f"/webhooks/web/{path}",
            headers={
                "Origin": site_address,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "authorization, content-type",
            },
        )
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == site_address
        assert method in asked.headers["access-control-allow-methods"]
        assert asked.headers["access-control-allow-headers"] == "Authorization, Content-Type"
        assert "access-control-allow-credentials" not in asked.headers
    session = await web.post("/webhooks/web/sessions", headers={"Origin": site_address})
    assert session.status_code == 201
    assert session.headers["access-control-allow-origin"] == site_address
    assert "Origin" in session.headers["vary"]


async def test_the_page_at_the_servers_own_public_name_may_talk(web):
    answer = await web.post(
        "/webhooks/web/sessions", headers={"Host": "chat.example", "Origin": "https://chat.example"}
    )
    assert answer.status_code == 201


# ---------- tokens


async def test_a_forged_token_is_refused_whatever_it_is_made_of(web):
    token = (await opened(web))["token"]
    forged = [token[:-1], token + "A", token[::-1], token.swapcase(), "null", "../" + token, token.encode().hex()]
    for guess in forged:
        web.headers["Authorization"] = f"Bearer {guess}"
        is_error(await said(web, "hallo"), 401, "unauthorized")


async def test_a_stolen_token_is_worth_nothing_once_the_conversation_was_deleted(web, server):
    token = (await opened(web))["token"]
    await said(web, "ik heb zo'n spijt")
    await web.delete("/webhooks/web/sessions")
    async with httpx.AsyncClient(base_url=server.address, headers={"Authorization": f"Bearer {token}"}) as thief:
        for _ in range(3):
            is_error(await said(thief, "wat zei ik net"), 401, "unauthorized")
        is_error(await thief.delete("/webhooks/web/sessions"), 401, "unauthorized")


async def test_a_token_does_not_read_what_was_said_before(web):
    """There is no way to get old messages: not by address, not by method."""
    await opened(web)
    await said(web, "ik heb zo'n spijt")
    for path in ("sessions", "messages"):
        is_error(await web.get(f"/webhooks/web/{path}"), 404, "not_found")


async def test_a_token_in_an_address_or_a_cookie_is_no_token(web, server):
    token = (await opened(web))["token"]
    async with httpx.AsyncClient(base_url=server.address) as other:
        is_error(await other.post(f"/webhooks/web/messages?token={token}", json={"message": "x"}), 401, "unauthorized")
        cookie = {"Cookie": f"token={token}; Authorization=Bearer {token}"}
        is_error(await other.post("/webhooks/web/messages", headers=cookie, json={"message": "x"}), 401, "unauthorized")


async def test_a_client_cannot_choose_its_conversation(web):
    body = {"sender": "x", "token": "mine", "sender_id": "x", "message": "hallo", "metadata": {"careful": True}}
    first = (await web.post("/webhooks/web/sessions", json=body)).json()["token"]
    second = (await web.post("/webhooks/web/sessions", json=body)).json()["token"]
    assert first != second != "mine"


# ---------- floods


async def test_ten_thousand_sessions_are_found_fast_and_take_little_room():
    sessions = OwnSessions(1800, Pseudonyms())
    started = time.perf_counter()
    tokens = [(await sessions.open())[0] for _ in range(10_000)]
    assert len(set(tokens)) == 10_000
    assert all([await sessions.find(token) for token in tokens])
    assert time.perf_counter() - started < 5


async def test_a_flood_of_new_sessions_is_refused_and_does_not_stop_a_conversation(web, server):
    await opened(web)
    statuses: list[int] = []
    async with httpx.AsyncClient(base_url=server.address, limits=httpx.Limits(max_connections=50), timeout=60) as flood:

        async def opens_sessions() -> None:
            for _ in range(20):
                statuses.append((await flood.post("/webhooks/web/sessions")).status_code)

        running = asyncio.gather(*(opens_sessions() for _ in range(50)))
        while not running.done():
            answer = await said(web, "ik wil niet meer leven")
            assert answer.status_code == 200
            assert "113" in answer.text
            await asyncio.sleep(0.5)
    assert set(statuses) == {201, 429}


async def test_when_it_is_full_the_oldest_in_which_nothing_was_said_makes_room(monkeypatch):
    monkeypatch.setattr(sessions_module, "MAX_SESSIONS", 3)
    sessions = OwnSessions(100, Pseudonyms())
    tokens = []
    for _ in range(3):
        token, session = await sessions.open()
        session.messages = 1
        tokens.append(token)
    assert await sessions.open() is None, "nobody who talks is put out"
    (await sessions.find(tokens[1])).messages = 0
    assert await sessions.open() is not None
    assert [await sessions.find(t) is not None for t in tokens] == [True, False, True]


async def test_a_conversation_has_an_end_and_a_new_one_can_begin(web, monkeypatch, rasa):
    from types import SimpleNamespace

    from bot.channels import web as web_module
    from bot.channels.origins import Origins

    sessions = OwnSessions(100, Pseudonyms())
    channel = web_module.WebInput(100, sessions, Origins([]), frozenset())
    token, session = await sessions.open()
    session.messages = MAX_MESSAGES
    take = channel.blueprint(rasa.handle_message)._future_routes
    handler = next(route.handler for route in take if route.uri == "/messages")
    body = [json.dumps({"message": "ik wil niet meer leven"}).encode(), b""]

    async def read() -> bytes:
        return body.pop(0)

    request = SimpleNamespace(
        stream=SimpleNamespace(read=read),
        headers={"authorization": f"Bearer {token}"},
        app=SimpleNamespace(ctx=SimpleNamespace(agent=rasa)),
        ctx=SimpleNamespace(),
    )
    answer = await handler(request)
    assert answer.status == 401
    assert json.loads(answer.body)["message"].startswith("Denk je aan de dood?")
    assert await sessions.find(token) is None


async def test_an_organisation_nobody_knows_is_not_kept(monkeypatch):
    from bot.channels import web as web_module

    assert web_module._organisation(b'{"organisation": "<script>"}') == "<script>"
    sessions = OwnSessions(100, Pseudonyms())
    names = frozenset({"blauwe-deur"})
    named = web_module._organisation(b'{"organisation": "<script>"}')
    _, session = await sessions.open(named if named in names else None)
    assert session.organisation is None


# ---------- slow and huge


async def slow(address: str, head: bytes, piece: bytes) -> float:
    """Send a head, then a piece a second; how long until the server has enough of it."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    started = time.monotonic()
    try:
        writer.write(head)
        while time.monotonic() - started < 60:
            writer.write(piece)
            await writer.drain()
            try:
                await asyncio.wait_for(reader.readuntil(b"\r\n"), 1)
                break
            except TimeoutError:
                continue
            except (ConnectionError, asyncio.IncompleteReadError):
                break
    except ConnectionError:
        pass
    finally:
        writer.close()
    return time.monotonic() - started


async def test_slow_clients_are_shown_the_door_and_nobody_waits_for_them(web, server):
    await opened(web)
    head = b"POST /webhooks/web/sessions HTTP/1.1\r\nHost: x\r\n"
    kinds = [(head, b"X-a: b\r\n"), (head + b"Content-Length: 5000\r\n\r\n", b" ")]
    slow_ones = [asyncio.create_task(slow(server.address, *kind)) for kind in kinds for _ in range(100)]
    await asyncio.sleep(1)
    for _ in range(3):
        started = time.monotonic()
        assert (await said(web, "menu")).status_code == 200
        assert time.monotonic() - started < 2
    took = await asyncio.gather(*slow_ones)
    assert max(took) < 2 * max(REQUEST_SECONDS, BODY_SECONDS) + 5


async def test_a_huge_body_is_refused_on_every_address_and_the_server_goes_on(web, server):
    token = (await opened(web))["token"]
    huge = b'{"message": "' + b"x" * 20_000_000 + b'"}'
    for path in ("/webhooks/web/messages", "/webhooks/web/sessions", "/health", "/"):
        async with httpx.AsyncClient(base_url=server.address, timeout=30) as other:
            try:
                answer = await other.post(path, content=huge, headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code in (400, 404, 413, 429), path
            except httpx.TransportError:
                pass  # it hung up while the body was still coming
    assert (await said(web, "hallo")).status_code == 200


async def test_deeply_nested_json_is_refused_and_breaks_nothing(web):
    await opened(web)
    for body in (b"[" * 100_000, b'{"message":' * 20_000):
        is_error(await web.post("/webhooks/web/messages", content=body), 413, "too_long")
        is_error(await web.post("/webhooks/web/sessions", content=body), 400, "bad_request")


# ---------- what is served to other sites


async def test_every_answer_has_the_headers_that_keep_a_browser_strict(web):
    for path in (
        "/",
        "/health",
        "/nothing",
        "/widget.js",
        "/organisations/blauwe-deur",
        "/organisations/blauwe-deur/logo",
    ):
        headers = (await web.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]
        assert "default-src" in headers["content-security-policy"]
        assert "set-cookie" not in headers


async def test_the_widget_is_for_every_site_and_known_again(web):
    answer = await web.get("/widget.js")
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age=600" in answer.headers["cache-control"]
    again = await web.get("/widget.js", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    plain = await web.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == answer.text


async def test_an_organisation_is_given_as_the_widget_needs_it_and_nothing_more(web, site_address):
    answer = await web.get("/organisations/blauwe-deur", headers={"Origin": site_address})
    assert answer.headers["access-control-allow-origin"] == site_address
    assert answer.json() == {
        "name": "Huis De Blauwe Deur (verzonnen voorbeeld)",
        "colours": {"main": "#1d5b4f", "on_main": "#ffffff"},
        "logo": "/organisations/blauwe-deur/logo",
        "exit_url": "https://www.buienradar.nl/",
    }
    picture = await web.get("/organisations/blauwe-deur/logo")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in picture.headers["content-security-policy"], "a picture that is opened by itself runs no script"


@pytest.mark.parametrize("name", ["%2e%2e", "blauwe-deur.yml", "examples%2Fblauwe-deur", "<script>", "%00", "a" * 3000])
async def test_any_other_name_of_an_organisation_is_a_404(web, name):
    for path in (f"/organisations/{name}", f"/organisations/{name}/logo"):
        answer = await web.get(path)
        is_error(answer, 404, "not_found")
        assert "<script>" not in answer.text
