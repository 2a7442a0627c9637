"""The web channel: sessions, messages, delete, over plain HTTP and JSON (docs/web-channel.md).

Rasa's own REST channel lets a client choose the conversation; here tokens come from the server only. Every error names
112, 0800-2000 and 113, and starts with the line for the kind when the message that could not be answered held a risk.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from redis import RedisError
from sanic import Blueprint
from sanic.exceptions import PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.answer import FORGOTTEN, MAX_CHARACTERS, answer, as_payload, opening
from bot.channels.origins import Origins
from bot.channels.output import Reply
from bot.channels.sessions import CHANNEL, MAX_MESSAGES, Bucket, Session, Sessions
from bot.channels.static import error_message, greeting_reply
from bot.safety import Screening, load_engine

MAX_BYTES_READ = 256 * 1024
"""More than 20,000 characters, which is what the rules read, take in any JSON encoding."""

BODY_SECONDS = 10.0
"""A message from a slow telephone is long in by then; who takes longer is only holding a place."""

GREETING = "/greeting"
STATUS = {
    "bad_request": 400,
    "unauthorized": 401,
    "wrong_site": 403,
    "not_found": 404,
    "too_long": 413,
    "too_fast": 429,
    "unavailable": 503,
}

_MESSAGE = re.compile(rb'"message"\s*:\s*"((?:[^"\\]|\\.)*)')
logger = logging.getLogger(__name__)
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]


class WebError(Exception):
    """An answer that is not 200: a code of `content/safety/static.yml`, and the text that could not be answered."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code, self.text = code, text

    def response(self) -> HTTPResponse:
        """The error as JSON."""
        return error_response(self.code, self.text)


def error_response(code: str, text: str = "") -> HTTPResponse:
    """An error as the interface promises it."""
    screening = load_engine().screen(text) if text else Screening()
    body = {"error": code, "message": error_message(code, screening)}
    return json_response(body, status=STATUS[code], ensure_ascii=False)


def _answers_errors(handler: Handler) -> Handler:
    @wraps(handler)
    async def handle(request: Request, *args: Any) -> HTTPResponse:
        request.ctx.text = ""
        try:
            return await handler(request, *args)
        except WebError as error:
            return error.response()
        except RedisError as error:
            logger.error("Redis did not answer (%s)", type(error).__name__)
            return WebError("unavailable", request.ctx.text).response()

    return handle


async def read_body(request: Request) -> tuple[bytes, bool]:
    """The first `MAX_BYTES_READ` bytes of a body, and whether there were more. The rest is read and thrown away.

    Raises:
        WebError: the body did not come within `BODY_SECONDS`.
    """
    kept = b""
    more = False

    async def read() -> None:
        nonlocal kept, more
        while chunk := await request.stream.read():  # type: ignore[union-attr]
            more = more or len(kept) + len(chunk) > MAX_BYTES_READ
            kept += chunk[: MAX_BYTES_READ - len(kept)]

    try:
        await asyncio.wait_for(read(), BODY_SECONDS)
    except PayloadTooLarge:
        more = True
    except TimeoutError as error:
        raise WebError("bad_request", message_in(kept)) from error
    return kept, more


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def message_in(body: bytes) -> str:
    """As much of the message as can be read from a body, valid or cut off."""
    try:
        data = _parse(body)
        found = data.get("message") if isinstance(data, dict) else None
        return found if isinstance(found, str) else ""
    except ValueError:
        match = _MESSAGE.search(body)
        raw = match.group(1).decode("utf-8", "replace") if match else body.decode("utf-8", "replace")
        try:
            return str(json.loads(f'"{raw}"', strict=False))
        except ValueError:
            return raw


class WebInput(InputChannel):
    """The channel, as Rasa registers it below `/webhooks/web/`."""

    def __init__(self, ttl: int, sessions: Sessions, origins: Origins, organisations: frozenset[str]) -> None:
        """Create the channel.

        Args:
            ttl: seconds of silence after which a conversation is forgotten.
            sessions: the open conversations.
            origins: the sites that may use it.
            organisations: the names that a site may give for itself; another is not kept.
        """
        self._ttl, self._origins, self._organisations = ttl, origins, organisations
        self.sessions = sessions
        self._openings = Bucket(200, 20.0)
        self._messages = Bucket(1_000, 300.0)

    @classmethod
    def name(cls) -> str:
        """The channel's place below `/webhooks/`."""
        return CHANNEL

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The four calls of the interface."""
        web = Blueprint("web_channel")

        @web.post("/sessions", stream=True)
        @_answers_errors
        async def open_session(request: Request) -> HTTPResponse:
            body, _ = await read_body(request)
            request.ctx.text = message_in(body)
            self._check_site(request, request.ctx.text)
            named = _organisation(body)
            organisation = named if named in self._organisations else None
            opened = await self.sessions.open(organisation) if self._openings.take() else None
            if opened is None:
                raise WebError("too_fast", message_in(body))
            token, session = opened
            replies = await answer(GREETING, session.key, CHANNEL, on_new_message, session.organisation)
            if not any(r.buttons for r in replies):
                replies = [greeting_reply()]
            replies = opening(session.organisation) + replies
            messages = [r.as_dict() for r in replies]
            return json_response(
                {"token": token, "expires_in": self._ttl, "messages": messages},
                status=201,
                ensure_ascii=False,
            )

        @web.post("/messages", stream=True)
        @_answers_errors
        async def take_message(request: Request) -> HTTPResponse:
            body, more = await read_body(request)
            text = request.ctx.text = message_in(body)
            self._check_site(request, text)
            session = await self._session(request, text)
            if more or len(text) > MAX_CHARACTERS:
                raise WebError("too_long", text)
            if not (session.bucket.take() and self._messages.take()):
                raise WebError("too_fast", text)
            text = _message(body, text)
            if await self.sessions.count(session) > MAX_MESSAGES:
                await self.sessions.close(session)
                await request.app.ctx.agent.forget(session.key)
                raise WebError("unauthorized", text)
            replies = await answer(text, session.key, CHANNEL, on_new_message, session.organisation)
            if as_payload(text) == FORGOTTEN:
                await request.app.ctx.agent.forget(session.key)
            return json_response(_as_json(replies), ensure_ascii=False)

        @web.delete("/sessions")
        @_answers_errors
        async def close_session(request: Request) -> HTTPResponse:
            self._check_site(request, "")
            session = await self._session(request, "")
            await self.sessions.close(session)
            await request.app.ctx.agent.forget(session.key)
            return HTTPResponse(status=204)

        return web

    def _check_site(self, request: Request, text: str) -> None:
        if not self._origins.permitted(request):
            raise WebError("wrong_site", text)

    async def _session(self, request: Request, text: str) -> Session:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        session = await self.sessions.find(token) if kind.lower() == "bearer" and token else None
        if session is None:
            raise WebError("unauthorized", text)
        return session


def _organisation(body: bytes) -> str | None:
    if not body.strip():
        return None
    try:
        data = _parse(body)
    except ValueError as error:
        raise WebError("bad_request", message_in(body)) from error
    organisation = data.get("organisation") if isinstance(data, dict) else data
    if not isinstance(data, dict) or not (organisation is None or isinstance(organisation, str)):
        raise WebError("bad_request")
    return organisation


def _message(body: bytes, text: str) -> str:
    try:
        data = _parse(body)
    except ValueError as error:
        raise WebError("bad_request", text) from error
    if not isinstance(data, dict) or not isinstance(data.get("message"), str) or not data["message"].strip():
        raise WebError("bad_request")
    return str(data["message"])


def _as_json(replies: list[Reply]) -> list[dict[str, Any]]:
    """The replies; the risk stands on the first element only."""
    risk = next((r.risk for r in replies if r.risk), None)
    found = [{k: v for k, v in r.as_dict().items() if k != "risk"} for r in replies]
    if risk:
        found[0]["risk"] = risk
    return found
