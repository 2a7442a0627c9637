"""The public server: the web channel, the demo page, health. Nothing of Rasa's own HTTP interface is reachable."""

from __future__ import annotations

import asyncio
import logging
import socket
import sqlite3
import time
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic
from sanic.exceptions import MethodNotSupported, NotFound
from sanic.request import Request
from sanic.response import HTTPResponse, file
from sanic.response import json as json_response

from bot.agent import RasaThread, load_agent
from bot.channels.answer import ready_parse
from bot.channels.output import ReplyCollector
from bot.channels.web import WebInput, error_response
from bot.dashboard.commands import OverviewProcess, say_first_account
from bot.safety import Screening, load_engine
from bot.settings import MODEL, Settings
from bot.themes.broker import ThemeBroker
from bot.themes.writer import CountWriter

PAGES = Path(__file__).parent / "widget" / "demo"
MAX_BODY_BYTES = 16 * 1024 * 1024
HEALTH_SECONDS = 3.0
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
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


def build_app(settings: Settings, rasa: RasaThread | None = None, name: str = "hulpchat") -> Sanic:
    """The application.

    Args:
        settings: see `Settings`.
        rasa: an agent that is loaded already (tests); else it is loaded before the server starts.
        name: Sanic wants each application of a process to have its own.
    """
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.REQUEST_TIMEOUT = 20
    app.config.ACCESS_LOG = False
    app.ctx.agent = rasa
    app.ctx.settings = settings
    register([WebInput(settings.conversation_ttl)], app, route="/webhooks/")
    _add_pages(app)
    _add_health(app)
    _add_errors_and_headers(app, settings)

    @app.listener("before_server_start")  # type: ignore[call-arg, arg-type]
    async def start(app: Sanic, _: Any) -> None:
        load_engine()
        if app.ctx.agent is None:
            app.ctx.agent = RasaThread(load_agent(MODEL, settings.conversation_ttl))

    return app


def _add_pages(app: Sanic) -> None:
    for path, page in {"/": "index.html", "/demo.js": "demo.js", "/demo.css": "demo.css"}.items():

        async def show(_: Request, page: str = page) -> HTTPResponse:
            return await file(PAGES / page)

        app.add_route(show, path, name=f"page_{page.replace('.', '_')}")

    @app.get("/favicon.ico")
    async def icon(_: Request) -> HTTPResponse:
        return HTTPResponse(status=204)

    @app.get("/organisations/<name:str>")
    async def organisation(_: Request, name: str) -> HTTPResponse:
        return error_response("not_found")


def _add_health(app: Sanic) -> None:
    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        rasa: RasaThread | None = request.app.ctx.agent
        try:
            answered = rasa is not None and await asyncio.wait_for(_would_answer(rasa), HEALTH_SECONDS)
        except Exception as error:
            logger.warning("Health: no answer (%s)", type(error).__name__)
            answered = False
        if not answered or rasa is None:
            return error_response("unavailable")
        return json_response({"status": "ok", **rasa.parts()})


async def _would_answer(rasa: RasaThread) -> bool:
    """One canned turn through NLU, policies and replies, forgotten at once."""
    key = "health"
    try:
        for text, parse in (("hallo", None), ("/menu", ready_parse("/menu", "menu", Screening()))):
            output = ReplyCollector("web")
            await rasa.handle_message(UserMessage(text, output, key, parse_data=parse, input_channel="health"))
            if not output.replies:
                return False
    finally:
        await rasa.forget(key)
    return True


def _add_errors_and_headers(app: Sanic, settings: Settings) -> None:
    origins = set(settings.allowed_origins) | {settings.address}

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
        response.headers.update(HEADERS)
        origin = request.headers.get("origin", "")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Max-Age"] = "600"
        response.headers["Vary"] = "Origin"


def serve(settings: Settings) -> None:
    """Run the server until Ctrl-C.

    Raises:
        ServerError: the port cannot be used.
        ModelError: there is no model, or it cannot be used.
    """
    check_port("BOT", settings.host, settings.port)
    check_port("DASHBOARD", settings.dashboard_host, settings.dashboard_port)
    started = time.monotonic()
    broker = ThemeBroker(CountWriter(settings.themes_db), settings.conversation_ttl)
    rasa = RasaThread(load_agent(MODEL, settings.conversation_ttl, broker))
    app = build_app(settings, rasa)
    overview = OverviewProcess()

    @app.listener("after_server_start")  # type: ignore[call-arg, arg-type]
    async def say_where(_: Sanic, __: Any) -> None:
        parts = rasa.parts()
        print(f"Started in {time.monotonic() - started:.0f} s. Dutch: {parts['dutch']}. Encoder: {parts['encoder']}.")
        print(f"Web chat:              {settings.address}/")
        print(f"Counsellors' overview: {settings.dashboard_address}/")
        _say_first_account(settings)
        print(
            f"Telegram:              {'not in this version' if settings.telegram_token else 'off'}",
            flush=True,
        )

    try:
        app.run(host=settings.host, port=settings.port, access_log=False, motd=False)
    finally:
        overview.stop()
        rasa.stop()


def _say_first_account(settings: Settings) -> None:
    try:
        say_first_account(settings)
    except (sqlite3.Error, OSError) as error:
        logger.error("The overview's accounts cannot be used: %s", error)
