"""Keys for conversations that cannot be led back to a token, a chat or a person."""

from __future__ import annotations

import hashlib
import hmac
import secrets


class Pseudonyms:
    """Turns what a channel knows of a person into a key, with a secret of this process or of all that share a Redis."""

    def __init__(self, secret: bytes | None = None) -> None:
        """Create with a fresh secret, or a given one when several processes share it."""
        self._secret: bytes = secret or secrets.token_bytes(32)

    def adopt(self, secret: bytes) -> None:
        """Take over the secret that the others hold; what went by the old one is not found any more."""
        self._secret = secret

    def key(self, channel: str, known: str) -> str:
        """The key of the conversation of `known` (a token, a chat) on a channel."""
        return hmac.new(self._secret, f"{channel}:{known}".encode(), hashlib.sha256).hexdigest()
