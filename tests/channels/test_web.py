"""The web channel over real HTTP, as `interfaces` promise it: sessions, messages, delete, errors, limits, health."""

import asyncio
import json

import httpx
import pytest

LINES = ("112", "0800-2000", "113")


async def opened(web: httpx.AsyncClient) -> dict:
    answer = await web.post("/webhooks/web/sessions")
    assert answer.status_code == 201
    body = answer.json()
    web.headers["Authorization"] = f"Bearer {body['token']}"
    return body


async def said(web: httpx.AsyncClient, message: object) -> httpx.Response:
    return await web.post("/webhooks/web/messages", json={"message": message})


def is_error(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["error"] == code
    for line in LINES:
        assert line in body["message"]


async def test_a_session_gives_a_token_its_time_and_the_greeting(web):
    body = await opened(web)
    assert set(body) == {"token", "expires_in", "messages"}
    assert body["expires_in"] == 1800
    assert len(body["token"]) >= 32
    assert "computerprogramma" in body["messages"][0]["text"]
    assert all(set(b) == {"title", "payload"} for b in body["messages"][0]["buttons"])


async def test_hallo_is_answered(web):
    await opened(web)
    answer = await said(web, "hallo")
    assert answer.status_code == 200
    assert answer.json()[0]["text"]
    assert "risk" not in answer.json()[0]


async def test_a_button_is_sent_as_its_payload(web):
    body = await opened(web)
    payload = body["messages"][0]["buttons"][0]["payload"]
    assert (await said(web, payload)).json()[0]["buttons"]


async def test_a_risk_stands_on_the_first_element_only(web):
    await opened(web)
    replies = (await said(web, "ik wil niet meer leven")).json()
    assert replies[0]["risk"] == {"level": "urgent", "kinds": ["suicide"]}
    assert all("risk" not in r for r in replies[1:])
    assert "0800-0113" in "".join(r["text"] for r in replies)


async def test_the_ruler_is_a_control(web):
    await opened(web)
    replies = (await said(web, "/ask_importance")).json()
    assert any(r.get("control") == {"type": "ruler", "min": 0, "max": 10} for r in replies)


async def test_after_delete_the_token_is_worth_nothing(web):
    await opened(web)
    assert (await web.delete("/webhooks/web/sessions")).status_code == 204
    is_error(await said(web, "hallo"), 401, "unauthorized")
    is_error(await web.delete("/webhooks/web/sessions"), 401, "unauthorized")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer onzin", "Basic abc", "Bearer " + "A" * 5000])
async def test_a_wrong_token_is_refused(web, header):
    is_error(
        await web.post("/webhooks/web/messages", headers={"Authorization": header}, json={"message": "x"}),
        401,
        "unauthorized",
    )


async def test_who_is_in_danger_and_meets_an_expired_session_gets_the_line_for_the_kind_first(web):
    answer = await said(web, "ik wil niet meer leven")
    is_error(answer, 401, "unauthorized")
    assert answer.json()["message"].startswith("Denk je aan de dood?")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"hallo"',
        b"null",
        b'{"message": 5}',
        b'{"message": ""}',
        b'{"message": "  "}',
        b'{"text": "x"}',
        b"\xff\xfe",
    ],
)
async def test_what_is_not_the_json_asked_for_is_a_400(web, body):
    await opened(web)
    is_error(await web.post("/webhooks/web/messages", content=body), 400, "bad_request")


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"organisation": 5}', b'"x"'])
async def test_a_session_with_a_wrong_body_is_a_400(web, body):
    is_error(await web.post("/webhooks/web/sessions", content=body), 400, "bad_request")


@pytest.mark.parametrize("body", [None, {}, {"organisation": None}, {"organisation": "onbekend huis"}])
async def test_the_body_of_a_session_is_optional(web, body):
    assert (await web.post("/webhooks/web/sessions", json=body)).status_code == 201


async def test_two_thousand_characters_pass_and_one_more_does_not(web):
    await opened(web)
    assert (await said(web, "a " * 1000)).status_code == 200
    is_error(await said(web, "a " * 1000 + "b"), 413, "too_long")


async def test_a_body_of_ten_megabytes_is_answered_and_its_beginning_screened(web):
    await opened(web)
    text = "ik ga haar vermoorden " + "bla " * 2_500_000
    answer = await said(web, text)
    is_error(answer, 413, "too_long")
    assert "Veilig Thuis" in answer.json()["message"].split("Dit bericht")[0]


@pytest.mark.parametrize(
    "text",
    [
        "😭😭😭",
        "🇳🇱",
        "!!!",
        "...",
        "\u0000\u0007\u001b[31m",
        "\u202eolleh",
        "a" * 2000,
        "\n\n\n x",
        "'; DROP TABLE x; --",
        "<script>alert(1)</script>",
    ],
)
async def test_any_characters_get_a_normal_answer(web, text):
    await opened(web)
    answer = await said(web, text)
    assert answer.status_code == 200, answer.text
    assert answer.json()[0]["text"]


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "/session_start",
        "/back",
        '/menu{"careful": true}',
        '/safety_acute{"x": 1}',
        "/inform",
        "/",
        "//menu",
        "/EXTERNAL: x",
    ],
)
async def test_an_injected_payload_is_only_text(web, text):
    await opened(web)
    await said(web, "/ask_importance")
    answer = await said(web, text)
    assert answer.status_code == 200
    assert answer.json()[0]["text"]


async def test_an_injected_payload_does_not_hide_a_risk(web):
    await opened(web)
    replies = (await said(web, '/menu{"x": "ik ga haar vermoorden"}')).json()
    assert replies[0]["risk"]["level"] in ("urgent", "acute")


async def test_too_fast_is_a_429_and_still_screened(web):
    await opened(web)
    answers = await asyncio.gather(*(said(web, "menu") for _ in range(40)))
    codes = {a.status_code for a in answers}
    assert codes == {200, 429}
    risky = [await said(web, "ik wil niet meer leven") for _ in range(3)]
    refused = [a for a in risky if a.status_code == 429]
    for answer in refused:
        assert answer.json()["message"].startswith("Denk je aan de dood?")


async def test_conversations_are_not_mixed(server):
    async def one_person(payload: str) -> bool:
        async with httpx.AsyncClient(base_url=server.address, timeout=20) as web:
            await opened(web)
            first = (await said(web, payload)).json()[0]["text"]
            again = (await said(web, payload)).json()[0]["text"]
            return first != again  # the second wording, since this conversation has heard the first

    fresh = await asyncio.gather(*(one_person(p) for p in ["/thanks", "/remorse", "/relapse"] * 4))
    assert all(fresh)


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/rest/webhook",
        "/socket.io/",
        "/webhooks/telegram/webhook",
        "/model",
        "/status",
        "/conversations/x/tracker",
        "/domain",
    ],
)
async def test_nothing_of_rasa_itself_is_reachable(web, path):
    for method in ("GET", "POST"):
        is_error(await web.request(method, path, content=b"{}"), 404, "not_found")


async def test_health_says_what_is_in_use(web):
    body = (await web.get("/health")).json()
    assert body["status"] == "ok"
    assert body["model"]
    assert body["dutch"] in ("nl_core_news_sm", "ingebouwd-nl")


async def test_another_site_gets_no_permission_and_security_headers_stand_on_every_answer(web, server):
    other = await web.options("/webhooks/web/messages", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
    own = await web.options("/webhooks/web/messages", headers={"Origin": server.address})
    assert own.headers["access-control-allow-origin"] == server.address
    for path in ("/", "/health", "/nothing"):
        headers = (await web.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "set-cookie" not in headers


async def test_forgetting_by_typing(web):
    await opened(web)
    await said(web, "/thanks")
    first = (await said(web, "wissen")).json()[0]["text"]
    assert "gewist" in first or "kwijt" in first
    assert (await said(web, "hallo")).status_code == 200


async def test_an_unknown_organisation_is_a_404(web):
    is_error(await web.get("/organisations/onbekend"), 404, "not_found")


async def test_a_message_that_is_no_string_in_a_cut_off_body_is_still_screened(web):
    await opened(web)
    answer = await web.post(
        "/webhooks/web/messages", content=json.dumps({"message": "ik wil niet meer leven"}).encode()[:-2]
    )
    is_error(answer, 400, "bad_request")
    assert answer.json()["message"].startswith("Denk je aan de dood?")
