"""The pages of the overview: signing in, the figures, notes, exports. Server-rendered, no JavaScript."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import secrets
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import Sanic
from sanic.exceptions import NotFound, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, file, html, raw, redirect

from bot.dashboard import charts
from bot.dashboard.accounts import Accounts
from bot.dashboard.figures import UNIT_PLURAL, UNITS, axis, level_series, sentences, summary
from bot.dashboard.gaps import material
from bot.dashboard.labels import day, label, short_weeks, weeks
from bot.dashboard.notes import MAX_CHARACTERS, Notes
from bot.dashboard.selection import Asked, Selection
from bot.dashboard.sessions import LONGEST_SECONDS, Browsers, Session, SignedIn, Tries
from bot.settings import Settings
from bot.themes import THEMES
from bot.themes.published import demo
from bot.themes.report import as_csv, as_json
from bot.themes.suppression import ROUNDED_TO, K
from bot.themes.weeks import monday, this_week

HERE = Path(__file__).parent
COOKIE, BROWSER_COOKIE, FORM_COOKIE = "aangemeld", "apparaat", "formulier"
BROWSER_DAYS = 180
MAX_BODY_BYTES = 64 * 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
logger = logging.getLogger(__name__)
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]

pages = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
pages.globals.update(
    charts=charts, axis=axis, level_series=level_series, label=label, weeks=weeks, short_weeks=short_weeks, day=day, k=K,
    rounded_to=ROUNDED_TO, units=UNITS, unit_plural=UNIT_PLURAL, themes=THEMES, note_length=MAX_CHARACTERS,
)  # fmt: skip


class Parts:
    """What the handlers of one application share."""

    def __init__(self, settings: Settings) -> None:
        """Open the files of an installation."""
        self.themes_db = settings.themes_db
        self.accounts = Accounts(settings.accounts_db)
        self.notes = Notes(settings.notes_db)
        self.signed_in = SignedIn()
        self.tries = Tries()
        self.browsers = Browsers(self.accounts.secret())


def build_overview(settings: Settings, name: str = "overview") -> Sanic:
    """The application.

    Args:
        settings: see `Settings`.
        name: Sanic wants each application of a process to have its own.
    """
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.REQUEST_TIMEOUT = 20
    app.config.ACCESS_LOG = False
    app.ctx.parts = Parts(settings)
    _add_sign_in(app)
    _add_figures(app)
    _add_notes(app)
    _add_errors_and_headers(app)
    return app


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.ctx.parts
    return parts


def page(template: str, status: int = 200, /, **values: Any) -> HTTPResponse:
    """A page from its template."""
    return html(pages.get_template(f"{template}.html").render(**{"session": None, "path": "", **values}), status=status)


def problem(status: int, text: str, session: Session | None = None) -> HTTPResponse:
    """A page that says what is wrong."""
    return page("problem", status, text=text, session=session)


# Signing in


def session_of(request: Request) -> Session | None:
    """Who asks; None when nobody is signed in, or the account was removed or got another password."""
    parts = _parts(request)
    session = parts.signed_in.find(request.cookies.get(COOKIE, ""))
    if session and parts.accounts.find(session.account.name) != session.account:
        parts.signed_in.end(request.cookies.get(COOKIE, ""))
        return None
    return session


def signed_in(handler: Handler) -> Handler:
    """Only for who is signed in; a form must carry the token of the session."""

    @wraps(handler)
    async def handle(request: Request, *args: Any, **kwargs: Any) -> HTTPResponse:
        session = session_of(request)
        if session is None:
            return redirect("/aanmelden")
        if request.method == "POST" and not _same(_field(request, "token"), session.form_token):
            return problem(
                403, "Dit formulier is verlopen. Ga terug, laad de pagina opnieuw en probeer het nog eens.", session
            )
        return await handler(request, session, *args, **kwargs)

    return handle


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _field(request: Request, name: str) -> str:
    return str((request.form or {}).get(name) or "")


def _address(request: Request) -> str:
    """Where a request comes from; a proxy on this machine is believed about it."""
    if request.ip in ("127.0.0.1", "::1"):
        return str(request.headers.get("x-forwarded-for", request.ip)).rsplit(",", 1)[-1].strip()
    return str(request.ip)


def _set_cookie(request: Request, response: HTTPResponse, name: str, value: str, seconds: int) -> None:
    response.cookies[name] = value
    cookie = response.cookies[name]
    cookie["httponly"] = True
    cookie["samesite"] = "Strict"
    cookie["path"] = "/"
    cookie["max-age"] = seconds
    if request.scheme == "https" or request.headers.get("x-forwarded-proto") == "https":
        cookie["secure"] = True


def _sign_in_page(request: Request, status: int = 200, text: str = "", name: str = "") -> HTTPResponse:
    form_token = secrets.token_urlsafe(24)
    none_yet = not _parts(request).accounts.all()
    response = page("sign_in", status, text=text, name=name, form_token=form_token, none_yet=none_yet)
    _set_cookie(request, response, FORM_COOKIE, form_token, 3600)
    return response


def _add_sign_in(app: Sanic) -> None:
    @app.get("/aanmelden")
    async def ask(request: Request) -> HTTPResponse:
        return redirect("/") if session_of(request) else _sign_in_page(request)

    @app.post("/aanmelden")
    async def sign_in(request: Request) -> HTTPResponse:
        parts = _parts(request)
        name, password = _field(request, "naam").strip().lower(), _field(request, "wachtwoord")
        given = request.cookies.get(FORM_COOKIE, "")
        if not given or not _same(_field(request, "token"), given):
            return _sign_in_page(request, 403, "Het formulier was verlopen. Probeer het nog eens.", name)
        browser = parts.browsers.known(name, request.cookies.get(BROWSER_COOKIE, ""))
        if not parts.tries.take(name, _address(request), browser):
            parts.accounts.note(name, "te vaak geprobeerd")
            return _sign_in_page(request, 429, "Te vaak geprobeerd. Wacht een minuut en probeer het dan weer.", name)
        account = await asyncio.to_thread(parts.accounts.check, name, password)
        parts.accounts.note(name, "gelukt" if account else "verkeerd wachtwoord")
        if account is None:
            return _sign_in_page(request, 403, "Deze naam en dit wachtwoord horen niet bij elkaar.", name)
        parts.tries.forgive(name, _address(request), browser)
        response = redirect("/")
        _set_cookie(request, response, COOKIE, parts.signed_in.begin(account), LONGEST_SECONDS)
        _set_cookie(request, response, BROWSER_COOKIE, parts.browsers.cookie(name), BROWSER_DAYS * 86400)
        return response

    @app.post("/afmelden")
    @signed_in
    async def sign_out(request: Request, session: Session) -> HTTPResponse:
        _parts(request).signed_in.end(request.cookies.get(COOKIE, ""))
        response = redirect("/aanmelden")
        _set_cookie(request, response, COOKIE, "", 0)
        return response

    @app.get("/aanmeldingen")
    @signed_in
    async def sign_ins(request: Request, session: Session) -> HTTPResponse:
        if session.account.role != "coordinator":
            return problem(403, "Deze pagina is voor coördinatoren.", session)
        return page("sign_ins", session=session, path="/aanmeldingen", rows=_parts(request).accounts.sign_ins())


# Figures


def _figures_page(name: str, path: str) -> Handler:
    @signed_in
    async def show(request: Request, session: Session) -> HTTPResponse:
        parts = _parts(request)
        selection = Selection.of(Asked.of(request), session.account, parts.themes_db)
        figures = selection.figures(parts.themes_db)
        choice = selection.choice
        return page(
            name,
            session=session,
            path=path,
            selection=selection,
            figures=figures,
            summary=summary(figures),
            say=sentences(figures),
            notes=parts.notes.between(choice.first, max(choice.last, this_week()), choice.organisation),
            demo=demo(parts.themes_db),
            this_week=this_week(),
        )

    return show


def _export(kind: str) -> Handler:
    @signed_in
    async def export(request: Request, session: Session) -> HTTPResponse:
        choice = Selection.of(Asked.of(request), session.account, _parts(request).themes_db).choice
        text = (as_csv if kind == "csv" else as_json)(_parts(request).themes_db, choice)
        return raw(
            text.encode(),
            content_type="text/csv; charset=utf-8" if kind == "csv" else "application/json",
            headers={"Content-Disposition": f'attachment; filename="onderwerpen-{choice.first}-{choice.last}.{kind}"'},
        )

    return export


def _add_figures(app: Sanic) -> None:
    for path, name in {
        "/": "overview",
        "/onderwerpen": "topics",
        "/gesprekken": "conversations",
        "/niet-begrepen": "unclear",
        "/op-papier": "paper",
    }.items():
        app.add_route(_figures_page(name, path), path, name=name)

    @app.get("/niet-begrepen/<theme:str>")
    @signed_in
    async def theme(request: Request, session: Session, theme: str) -> HTTPResponse:
        if theme not in THEMES:
            return problem(404, "Dit onderwerp bestaat niet.", session)
        return page("material", session=session, path="/niet-begrepen", theme=theme, material=material(theme))

    @app.get("/uitleg")
    @signed_in
    async def explain(request: Request, session: Session) -> HTTPResponse:
        return page("explain", session=session, path="/uitleg")

    for kind in ("csv", "json"):
        app.add_route(_export(kind), f"/cijfers.{kind}", name=f"export_{kind}")

    @app.get("/overzicht.css")
    async def style(_: Request) -> HTTPResponse:
        return await file(HERE / "static" / "overview.css")

    @app.get("/favicon.ico")
    async def icon(_: Request) -> HTTPResponse:
        return HTTPResponse(status=204)


# Notes


def _add_notes(app: Sanic) -> None:
    def shown(request: Request, session: Session, status: int = 200, text: str = "", note: str = "") -> HTTPResponse:
        organisation = session.account.organisation or None
        found = _parts(request).notes.between("0000-W01", "9999-W01", organisation)
        return page(
            "notes", status, session=session, path="/aantekeningen", notes=found, text=text, note=note,
            this_week=this_week(),
        )  # fmt: skip

    @app.get("/aantekeningen")
    @signed_in
    async def show(request: Request, session: Session) -> HTTPResponse:
        return shown(request, session)

    @app.post("/aantekeningen")
    @signed_in
    async def add(request: Request, session: Session) -> HTTPResponse:
        week, note = _field(request, "week").strip(), " ".join(_field(request, "tekst").split())
        try:
            monday(week)
        except ValueError:
            return shown(request, session, 400, "Kies een week, zoals 2026-W40.", note)
        if not 0 < len(note) <= MAX_CHARACTERS:
            return shown(request, session, 400, f"Schrijf een korte zin, van hooguit {MAX_CHARACTERS} tekens.", note)
        _parts(request).notes.add(week, session.account.organisation, session.account.name, note)
        return redirect("/aantekeningen")

    @app.post("/aantekeningen/weg")
    @signed_in
    async def remove(request: Request, session: Session) -> HTTPResponse:
        number = _field(request, "nummer")
        if number.isdigit():
            _parts(request).notes.remove(int(number), session.account.name)
        return redirect("/aantekeningen")


# What goes wrong


def _add_errors_and_headers(app: Sanic) -> None:
    @app.exception(NotFound)
    async def not_found(request: Request, _: Exception) -> HTTPResponse:
        return problem(404, "Deze pagina bestaat niet.", session_of(request))

    @app.exception(Exception)
    async def failed(request: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, SanicException) and error.status_code < 500:
            return problem(error.status_code, "Deze aanvraag klopt niet.")
        if isinstance(error, ValueError):
            return problem(400, str(error), session_of(request))
        logger.error("Overview: a page failed (%s)", type(error).__name__)
        if isinstance(error, sqlite3.Error | OSError):
            return problem(
                503, "De cijfers zijn nu niet te lezen. Probeer het zo nog eens. Blijft het? Vraag de beheerder."
            )
        return problem(500, "Er ging iets mis. Probeer het zo nog eens.")

    @app.on_response
    async def headers(_: Request, response: HTTPResponse) -> None:
        response.headers.update(HEADERS)


def run_overview(settings: Settings, with_parent: bool = False) -> None:
    """Serve the overview until Ctrl-C.

    Args:
        settings: see `Settings`.
        with_parent: stop when standard input closes, which it does when the process that started this one ends.
    """
    app = build_overview(settings)
    if with_parent:
        threading.Thread(target=_stop_with_parent, daemon=True).start()
    else:
        print(f"Counsellors' overview: {settings.dashboard_address}/", flush=True)
    app.run(host=settings.dashboard_host, port=settings.dashboard_port, access_log=False, motd=False)


def _stop_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):  # not through `sys.stdin`: its lock would be in the way at the end
        pass
    os.kill(os.getpid(), signal.SIGTERM)
