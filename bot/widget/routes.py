"""What the server gives to browsers besides the conversation: the widget, organisations, and the page at `/`."""

from __future__ import annotations

import gzip
import hashlib
import logging

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.web import error_response
from bot.content import project_content
from bot.organisations import Site
from bot.widget.files import PAGES, STYLE, make_page, make_script, read_widget_content

FOR_OTHER_SITES = {
    "Cache-Control": "public, max-age=600, stale-if-error=86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""These hold nothing of a person. Ten minutes, so that a mended phone number is everywhere soon."""
PICTURE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
"""Opened by itself, a picture of the kind SVG is a page that could hold a script."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
logger = logging.getLogger(__name__)


class _File:
    """Something that stays the same while the server runs: plain, packed, and a mark by which a browser knows it again."""

    def __init__(self, body: bytes, content_type: str) -> None:
        self._body, self._packed, self._type = body, gzip.compress(body, 9, mtime=0), content_type
        self._mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

    def answer(self, request: Request) -> HTTPResponse:
        headers = {**FOR_OTHER_SITES, "ETag": self._mark, "Vary": "Accept-Encoding, Origin"}
        if request.headers.get("if-none-match") == self._mark:
            return HTTPResponse(status=304, headers=headers)
        packed = "gzip" in request.headers.get("accept-encoding", "")
        if packed:
            headers["Content-Encoding"] = "gzip"
        return HTTPResponse(self._packed if packed else self._body, headers=headers, content_type=self._type)


def add_widget(app: Sanic, organisations: dict[str, Site]) -> None:
    """Add the routes.

    Args:
        app: the server.
        organisations: the ones that may be asked for, by name.

    Raises:
        ContentError: `content/widget.yml` cannot be used.
    """
    content = project_content()
    texts = read_widget_content(content)
    files = {
        "/widget.js": _File(make_script(content, texts), "application/javascript; charset=utf-8"),
        "/widget.css": _File(STYLE.read_bytes(), "text/css; charset=utf-8"),
        "/demo.css": _File((PAGES / "demo.css").read_bytes(), "text/css; charset=utf-8"),
    }
    for path, file in files.items():

        async def give(request: Request, file: _File = file) -> HTTPResponse:
            return file.answer(request)

        app.add_route(give, path, name=f"file_{path.strip('/').replace('.', '_')}")

    @app.get("/")
    async def page(request: Request) -> HTTPResponse:
        host = request.headers.get("host", "")
        scheme = "http" if host.rsplit(":", 1)[0] in _LOOPBACK else "https"
        return HTTPResponse(make_page(content, texts, f"{scheme}://{host}"), content_type="text/html; charset=utf-8")

    @app.get("/favicon.ico")
    async def icon(_: Request) -> HTTPResponse:
        return HTTPResponse(status=204)

    @app.get("/organisations/<name:str>")
    async def organisation(_: Request, name: str) -> HTTPResponse:
        site = organisations.get(name)
        if site is None:
            return error_response("not_found")
        return json_response(site.as_json(), ensure_ascii=False, headers={"Cache-Control": "public, max-age=600"})

    @app.get("/organisations/<name:str>/logo")
    async def logo(_: Request, name: str) -> HTTPResponse:
        site = organisations.get(name)
        if site is None or site.logo is None:
            return error_response("not_found")
        return HTTPResponse(site.logo, headers={**FOR_OTHER_SITES, **PICTURE}, content_type=site.logo_type)
