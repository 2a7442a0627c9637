"""The public server: the web channel, the widget, health. Nothing of Rasa's own HTTP interface is reachable."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import sqlite3
import sys
import time
from typing import Any

from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic
from sanic.exceptions import MethodNotSupported, NotFound
from sanic.http import Stage
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sanic.server.protocols.http_protocol import HttpProtocol

from bot.agent import ModelError, NoModel, RasaThread, load_agent
from bot.channels.answer import ready_parse
from bot.channels.origins import Origins
from bot.channels.output import ReplyCollector
from bot.channels.telegram import TelegramInput
from bot.channels.web import WebInput, error_response
from bot.dashboard.commands import OverviewProcess, say_first_account
from bot.organisations import load_organisations
from bot.safety import Screening, load_engine
from bot.settings import MODEL, Settings
from bot.stores import Stores, open_stores
from bot.themes.broker import ThemeBroker
from bot.themes.writer import CountWriter
from bot.widget.routes import add_widget

MAX_BODY_BYTES = 16 * 1024 * 1024
HEALTH_SECONDS = 3.0
REQUEST_SECONDS = 10
"""For the head of a request; a body gets as long again (`bot.channels.web`). Who sends slower holds a place for nothing."""
ANSWER_SECONDS = 30
"""From the head of a request until its answer is sent."""
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Origin",
}
"""On every answer that does not say otherwise itself."""
logger = logging.getLogger(__name__)


class ServerError(RuntimeError):
    """The server cannot start; the message says why."""


def check_port(setting: str, host: str, port: int) -> None:
    """Fail early, before a long start.

    Args:
        setting: how its settings begin, `BOT` or `DASHBOARD`.
        host: the address to listen at.
        port: the port.

    Raises:
        ServerError: the port is in use or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServerError(
                f"Port {port} on {host} cannot be used: {error.strerror}. Set {setting}_PORT or {setting}_HOST."
            ) from error


def check_ports(settings: Settings, worker: bool) -> None:
    """Fail early, before a long start.

    Raises:
        ServerError: a port cannot be used, or a worker has no Redis to share.
    """
    if worker and not settings.redis_url:
        raise ServerError("A worker shares its conversations with other processes: set REDIS_URL. See docs/scaling.md.")
    check_port("BOT", settings.host, settings.port)
    if not worker:
        check_port("DASHBOARD", settings.dashboard_host, settings.dashboard_port)


class Deadlines(HttpProtocol):
    """Sanic starts its time-outs anew at every byte; a client that sends one byte a second would never meet them."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Take what came in; only the first bytes of a request start its time."""
        http = getattr(self, "_http", None)  # the first bytes can come before Sanic has set it
        began, idle = self._time, http is None or http.stage is Stage.IDLE
        super().data_received(data)
        if not idle:
            self._time = began


def build_app(
    settings: Settings, rasa: RasaThread | NoModel, stores: Stores, worker: bool = False, name: str = "hulpchat"
) -> Sanic:
    """The application.

    Args:
        settings: see `Settings`.
        rasa: who answers.
        stores: where sessions are kept.
        worker: leave Telegram to the main process.
        name: Sanic wants each application of a process to have its own.
    """
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.REQUEST_TIMEOUT = REQUEST_SECONDS
    app.config.RESPONSE_TIMEOUT = ANSWER_SECONDS
    app.config.ACCESS_LOG = False
    app.ctx.agent = rasa
    app.ctx.settings = settings
    origins = Origins({*settings.allowed_origins, settings.address})
    organisations, mistakes = load_organisations(examples=settings.demo_organisations)
    for mistake in mistakes:
        logger.error("This organisation's file was left out: %s", mistake)
    telegram = settings.telegram_token and not worker
    app.ctx.telegram = TelegramInput(settings, stores.pseudonyms, stores.answered) if telegram else None
    web = WebInput(settings.conversation_ttl, stores.sessions, origins, frozenset(organisations))
    register([channel for channel in (web, app.ctx.telegram) if channel], app, route="/webhooks/")
    add_widget(app, organisations)
    _add_health(app)
    _add_errors_and_headers(app, origins)

    @app.listener("before_server_start")  # type: ignore[call-arg, arg-type]
    async def start(app: Sanic, _: Any) -> None:
        load_engine()

    return app


def _add_health(app: Sanic) -> None:
    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        rasa: RasaThread | NoModel = request.app.ctx.agent
        try:
            answered = await asyncio.wait_for(_would_answer(rasa), HEALTH_SECONDS)
        except Exception as error:
            logger.warning("Health: no answer (%s)", type(error).__name__)
            answered = False
        if not answered:
            return error_response("unavailable")
        return json_response({"status": "ok", **rasa.parts()})


async def _would_answer(rasa: RasaThread | NoModel) -> bool:
    """One canned turn through NLU, policies and replies, forgotten at once."""
    key = f"health-{secrets.token_hex(8)}"
    try:
        for text, parse in (("hallo", None), ("/menu", ready_parse("/menu", "menu", Screening()))):
            output = ReplyCollector("web")
            await rasa.handle_message(UserMessage(text, output, key, parse_data=parse, input_channel="health"))
            if not output.replies:
                return False
    finally:
        await rasa.forget(key)
    return True


def _add_errors_and_headers(app: Sanic, origins: Origins) -> None:

    @app.exception(NotFound, MethodNotSupported)
    async def not_found(request: Request, _: Exception) -> HTTPResponse:
        if request.method == "OPTIONS":
            return HTTPResponse(status=204)
        return error_response("not_found")

    @app.exception(Exception)
    async def failed(_: Request, error: Exception) -> HTTPResponse:
        status = getattr(error, "status_code", 500)
        if status < 500:
            return error_response("too_long" if status == 413 else "bad_request")
        logger.error("A request failed (%s)", type(error).__name__)
        return error_response("unavailable")

    @app.on_response
    async def headers(request: Request, response: HTTPResponse) -> None:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        origin = request.headers.get("origin")
        if origin and origins.permitted(request):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Max-Age"] = "7200"


def serve(settings: Settings, worker: bool = False) -> None:
    """Run the server until Ctrl-C.

    Args:
        settings: see `Settings`.
        worker: serve the chat alone, beside a main process that has Telegram, the overview and the file with counts.

    Raises:
        ServerError: the port cannot be used, or a worker has no Redis to share.
        RedisUnusable: the Redis of `REDIS_URL` cannot be used.
    """
    check_ports(settings, worker)
    started = time.monotonic()
    stores = open_stores(settings, writes_counts=not worker)
    broker = ThemeBroker(CountWriter(stores.counts), stores.facts)
    rasa: RasaThread | NoModel
    try:
        rasa = RasaThread(load_agent(MODEL, broker, stores.shelf, stores.locks), stores.tend)
        # Sanic parses its own source while it starts; CPython 3.11 may fall over when another thread parses some just then
        # (python/cpython#106905).
        rasa.wait_until_warm()
    except ModelError as error:
        # Whoever types now may be in danger: the door opens all the same, with the lines.
        print(f"error: {error}\nThe chat answers with the crisis lines alone until this is mended.", file=sys.stderr)
        broker.stop()
        rasa = NoModel()
    app = build_app(settings, rasa, stores, worker)
    overview = None if worker else OverviewProcess()

    @app.listener("after_server_start")  # type: ignore[call-arg, arg-type]
    async def say_where(app: Sanic, _: Any) -> None:
        parts = rasa.parts()
        print(f"Started in {time.monotonic() - started:.0f} s. Dutch: {parts['dutch']}. Encoder: {parts['encoder']}.")
        print(f"Web chat:              {settings.address}/", flush=True)
        if worker:
            return
        print(f"Counsellors' overview: {settings.dashboard_address}/")
        _say_first_account(settings)
        telegram: TelegramInput | None = app.ctx.telegram
        print(f"Telegram:              {await telegram.first_try() if telegram else 'off'}", flush=True)

    try:
        app.run(host=settings.host, port=settings.port, access_log=False, motd=False, protocol=Deadlines)
    finally:
        if overview:
            overview.stop()
        rasa.stop()


def _say_first_account(settings: Settings) -> None:
    try:
        say_first_account(settings)
    except (sqlite3.Error, OSError) as error:
        logger.error("The overview's accounts cannot be used: %s", error)
