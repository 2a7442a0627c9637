"""Which sites' pages may use the chat from a browser."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from sanic.request import Request


class Origins:
    """The allow-list: this server's own pages, and the sites of `ALLOWED_ORIGINS`."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)

    def permitted(self, request: Request) -> bool:
        """Whether the page that a browser sends this from may do so. What is no browser names no page, and may."""
        origin = request.headers.get("origin")
        return origin is None or origin in self._allowed or urlsplit(origin).netloc == request.headers.get("host")
