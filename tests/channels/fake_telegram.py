"""A Bot API server on loopback, after the documented Bot API: chats, updates by polling or webhook, faults by script.

Only what the bot may rely on is here, and what it must keep to is checked as Telegram does it (lengths, HTML, who blocked
the bot), so that a call that Telegram would refuse is refused here too.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "123456:test-token-that-nobody-has"
USERNAME = "hulptestbot"
BOT = {"id": 123456, "is_bot": True, "first_name": "Hulp", "username": USERNAME}
PATIENCE_SECONDS = 30.0

Take = Callable[[], Awaitable[web.StreamResponse]]
Fault = Callable[[web.Request, Take], Awaitable[web.StreamResponse]]
"""What happens to a call; the second argument takes the call as usual."""


class Refused(Exception):
    """A call that the Bot API answers with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


def error(code: int, description: str, **parameters: Any) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description}
    return web.json_response({**body, **({"parameters": parameters} if parameters else {})}, status=code)


def too_many(retry_after: int) -> Fault:
    """429 with `retry_after`."""

    async def fault(request: web.Request, take: Take) -> web.StreamResponse:
        return error(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)

    return fault


def broken(status: int = 500, body: str = "<html>Internal Server Error</html>") -> Fault:
    """An error of the server, or an answer that is no JSON."""

    async def fault(request: web.Request, take: Take) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type="text/html")

    return fault


def refused(code: int, description: str) -> Fault:
    """An error of the Bot API."""

    async def fault(request: web.Request, take: Take) -> web.StreamResponse:
        return error(code, description)

    return fault


def _hang_up(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


def dropped() -> Fault:
    """The connection breaks off before the call was taken."""

    async def fault(request: web.Request, take: Take) -> web.StreamResponse:
        _hang_up(request)
        return web.Response()

    return fault


def cut_off() -> Fault:
    """The connection breaks off in the middle of the answer; the call was not taken."""

    async def fault(request: web.Request, take: Take) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"ok": tr')
        _hang_up(request)
        return response

    return fault


def answer_lost() -> Fault:
    """The call was taken, but the connection breaks off before the answer."""

    async def fault(request: web.Request, take: Take) -> web.StreamResponse:
        await take()
        _hang_up(request)
        return web.Response()

    return fault


def silent(seconds: float) -> Fault:
    """No answer for so long; the call is not taken."""

    async def fault(request: web.Request, take: Take) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return error(504, "Gateway Timeout")

    return fault


@dataclass
class Message:
    """One message as it stands in a chat."""

    id: int
    by_bot: bool
    text: str
    html: str = ""
    buttons: list[list[dict]] = field(default_factory=list)
    silent: bool = False
    preview: bool = True
    at: float = field(default_factory=time.monotonic)
    deleted: bool = False
    undeletable: bool = False

    @property
    def titles(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]


class Chat:
    """One chat, seen from the person's side."""

    def __init__(self, api: FakeBotApi, number: int, kind: str = "private", **person: str) -> None:
        self.api, self.number, self.kind = api, number, kind
        self.person = {"first_name": "Kees", "last_name": "Jansen", "username": "keesjansen", **person}
        self.messages: dict[int, Message] = {}
        self.typing = 0
        self.blocked = self.left = False
        self._ids = count(1)

    def add(self, by_bot: bool, text: str, **more: Any) -> Message:
        message = Message(next(self._ids), by_bot, text, **more)
        self.messages[message.id] = message
        self.api.changed()
        return message

    def said_by_bot(self) -> list[Message]:
        return [m for m in self.messages.values() if m.by_bot]

    @property
    def heard(self) -> list[str]:
        """What the bot said, in order."""
        return [m.text for m in self.said_by_bot()]

    @property
    def visible(self) -> list[Message]:
        return [m for m in self.messages.values() if not m.deleted]

    def user(self) -> dict:
        return {"id": self.number, "is_bot": False, "language_code": "nl", **self.person}

    def as_json(self) -> dict:
        more = self.person if self.kind == "private" else {"title": "Een groep"}
        return {"id": self.number, "type": self.kind, **more}

    def message_json(self, message: Message) -> dict:
        found = {
            "message_id": message.id,
            "date": int(time.time()),
            "chat": self.as_json(),
            "from": BOT if message.by_bot else self.user(),
            "text": message.text,
        }
        return {**found, **({"reply_markup": {"inline_keyboard": message.buttons}} if message.buttons else {})}

    def say(self, text: str) -> Message:
        """Type a message and send it."""
        message = self.add(False, text)
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[:1] == "/" else []
        self.api.put({"message": {**self.message_json(message), **({"entities": entities} if entities else {})}})
        return message

    def send(self, **content: Any) -> Message:
        """Send something that is not text, such as `voice={…}`, or a note of Telegram itself."""
        message = self.add(False, "")
        body = {k: v for k, v in self.message_json(message).items() if k != "text"}
        self.api.put({"message": {**body, **content}})
        return message

    def edit(self, message: Message, text: str) -> None:
        """Change a message that was sent before."""
        message.text = text
        self.api.put({"edited_message": {**self.message_json(message), "edit_date": int(time.time())}})

    def press(self, title: str) -> str:
        """Press the newest button whose title begins so; gives the number of the press."""
        for message in reversed(self.said_by_bot()):
            for button in (b for row in message.buttons for b in row):
                if button["text"].startswith(title) and "callback_data" in button and not message.deleted:
                    return self.press_data(message, button["callback_data"])
        raise AssertionError(f"no button {title!r} among {[t for m in self.said_by_bot() for t in m.titles]}")

    def press_data(self, message: Message, data: str) -> str:
        number = f"press-{next(self.api.numbers)}"
        query = {"id": number, "from": self.user(), "chat_instance": "1", "data": data}
        self.api.put({"callback_query": {**query, "message": self.message_json(message)}})
        return number

    def membership(self, old: str, new: str) -> None:
        """The bot's place in this chat changes."""
        extra = {"kicked": {"until_date": 0}, "administrator": _ADMINISTRATOR}
        change = {
            "chat": self.as_json(),
            "from": self.user(),
            "date": int(time.time()),
            "old_chat_member": {"user": BOT, "status": old, **extra.get(old, {})},
            "new_chat_member": {"user": BOT, "status": new, **extra.get(new, {})},
        }
        self.api.put({"my_chat_member": change})

    async def hears(self, number: int) -> list[Message]:
        """Wait until the bot has said so many messages."""
        await self.api.until(lambda: len(self.said_by_bot()) >= number, lambda: f"the bot said {self.heard}")
        return self.said_by_bot()

    async def answer_to(self, text: str) -> list[Message]:
        """Say something and wait for what the bot says to it, until it is done."""
        before = len(self.said_by_bot())
        self.say(text)
        return await self.more_than(before)

    async def answer_to_press(self, title: str) -> list[Message]:
        """Press a button and wait for what the bot says to it."""
        before = len(self.said_by_bot())
        self.press(title)
        return await self.more_than(before)

    async def more_than(self, before: int) -> list[Message]:
        await self.hears(before + 1)
        return self.said_by_bot()[before:]


_ADMINISTRATOR = {
    "can_be_edited": False,
    "is_anonymous": False,
    **{
        f"can_{right}": False
        for right in (
            "manage_chat", "delete_messages", "manage_video_chats", "restrict_members", "promote_members", "change_info",
            "invite_users", "post_stories", "edit_stories", "delete_stories",
        )
    },
}  # fmt: skip


class FakeBotApi:
    """The server. `async with FakeBotApi() as api:`; `api.address` is what TELEGRAM_API_URL is set to."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.chats: dict[int, Chat] = {}
        self.calls: list[tuple[str, dict]] = []
        self.commands: list[dict] = []
        self.answered_presses: list[str] = []
        self.webhook: dict | None = None
        self.pushed: list[int] = []
        self.numbers = count(1)
        self._updates: deque[dict] = deque()
        self._update_ids = count(1_000)
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._change = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._pushing: set[asyncio.Task] = set()

    async def __aenter__(self) -> FakeBotApi:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, shutdown_timeout=0.5, backlog=1024)
        await site.start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: Any) -> None:
        for task in self._pushing:
            task.cancel()
        await self._client.close()
        assert self._runner is not None
        await self._runner.cleanup()

    # What a test does

    def chat(self, number: int | None = None, kind: str = "private", **person: str) -> Chat:
        """A chat with a new person, or a group."""
        number = number or 4_000_000_000 + next(self.numbers)
        self.chats[number] = Chat(self, number, kind, **person)
        return self.chats[number]

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of a method go wrong, one after the other."""
        self._faults[method].extend(faults)

    def put(self, update: dict, update_id: int | None = None) -> int:
        """Queue an update for the bot."""
        number = next(self._update_ids) if update_id is None else update_id
        self.put_raw({"update_id": number, **update})
        return number

    def put_raw(self, update: Any) -> None:
        """Queue something for the bot, well made or not."""
        self._updates.append(update)
        self.changed()
        if self.webhook:
            self._push(update)

    def reserve_update_id(self) -> int:
        """A number for an update that is put later."""
        return next(self._update_ids)

    def count(self, method: str) -> int:
        return sum(1 for name, _ in self.calls if name == method)

    def changed(self) -> None:
        self._change.set()

    async def until(self, condition: Callable[[], bool], otherwise: Callable[[], str] = lambda: "") -> None:
        """Wait for a condition over what the server knows."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self._change.clear()
            left = deadline - time.monotonic()
            assert left > 0, f"it did not happen in {PATIENCE_SECONDS:.0f} s: {otherwise()}"
            try:
                await asyncio.wait_for(self._change.wait(), min(left, 0.5))
            except TimeoutError:
                continue

    async def all_taken(self) -> None:
        """Wait until the bot has fetched every update and asks for more."""
        await self.until(lambda: not self._updates, lambda: f"{len(self._updates)} updates wait")

    # The Bot API

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        data = {k: _value(v) for k, v in (await request.post()).items()} if request.can_read_body else {}
        self.calls.append((method, data))
        self.changed()
        if request.match_info["token"] != self.token:
            return error(401, "Unauthorized")

        async def take() -> web.StreamResponse:
            return await self._take(method, data)

        fault = self._faults[method].popleft() if self._faults[method] else None
        return await (fault(request, take) if fault else take())

    async def _take(self, method: str, data: dict) -> web.StreamResponse:
        handler = getattr(self, f"_{_snake(method)}", None)
        if handler is None:
            return error(404, "Not Found")
        try:
            result = handler(data)
            if asyncio.iscoroutine(result):
                result = await result
        except Refused as refusal:
            return error(refusal.code, refusal.description)
        self.changed()
        return web.json_response({"ok": True, "result": result})

    def _get_me(self, data: dict) -> dict:
        return {**BOT, "can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _set_my_commands(self, data: dict) -> bool:
        for command in data["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands = data["commands"]
        return True

    def _set_webhook(self, data: dict) -> bool:
        self.webhook = data
        for update in list(self._updates):
            self._push(update)
        return True

    def _delete_webhook(self, data: dict) -> bool:
        self.webhook = None
        return True

    async def _get_updates(self, data: dict) -> list[dict]:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(data.get("offset") or 0)
        while self._updates and _id(self._updates[0]) < offset:
            self._updates.popleft()
        self.changed()
        deadline = time.monotonic() + float(data.get("timeout") or 0)
        while not self._updates and time.monotonic() < deadline:
            self._change.clear()
            try:
                await asyncio.wait_for(self._change.wait(), min(0.5, max(0.01, deadline - time.monotonic())))
            except TimeoutError:
                continue
        return list(self._updates)[: int(data.get("limit") or 100)]

    def _send_message(self, data: dict) -> dict:
        chat = self._chat(data)
        raw = str(data["text"])
        text = _plain(raw) if data.get("parse_mode") == "HTML" else raw
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refused(400, "Bad Request: message is too long")
        buttons = (data.get("reply_markup") or {}).get("inline_keyboard", [])
        _check_buttons(buttons)
        preview = not (data.get("link_preview_options") or {}).get("is_disabled", False)
        quiet = bool(data.get("disable_notification"))
        message = chat.add(True, text, html=raw, buttons=buttons, silent=quiet, preview=preview)
        return chat.message_json(message)

    def _send_chat_action(self, data: dict) -> bool:
        self._chat(data).typing += 1
        return True

    def _answer_callback_query(self, data: dict) -> bool:
        self.answered_presses.append(str(data["callback_query_id"]))
        return True

    def _edit_message_reply_markup(self, data: dict) -> dict:
        chat = self._chat(data)
        message = chat.messages.get(int(data["message_id"]))
        if message is None or message.deleted:
            raise Refused(400, "Bad Request: message to edit not found")
        buttons = (data.get("reply_markup") or {}).get("inline_keyboard", [])
        _check_buttons(buttons)
        if buttons == message.buttons:
            raise Refused(400, "Bad Request: message is not modified")
        message.buttons = buttons
        return chat.message_json(message)

    def _delete_messages(self, data: dict) -> bool:
        chat = self._chat(data)
        found = [chat.messages[i] for i in map(int, data["message_ids"]) if i in chat.messages]
        if len(data["message_ids"]) > 100 or any(m.undeletable for m in found):
            raise Refused(400, "Bad Request: message can't be deleted")
        for message in found:
            message.deleted = True
        return True

    def _delete_message(self, data: dict) -> bool:
        return self._delete_messages({**data, "message_ids": [data["message_id"]]})

    def _leave_chat(self, data: dict) -> bool:
        chat = self._chat(data)
        chat.left = True
        return True

    def _chat(self, data: dict) -> Chat:
        chat = self.chats.get(int(data["chat_id"]))
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat.left:
            raise Refused(403, "Forbidden: bot is not a member of the group chat")
        return chat

    # Webhooks: sent again until they are taken

    def _push(self, update: Any) -> None:
        task = asyncio.create_task(self._push_until_taken(update))
        self._pushing.add(task)
        task.add_done_callback(self._pushing.discard)

    async def _push_until_taken(self, update: Any) -> None:
        while self.webhook and await self.push_once(update) != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        if update in self._updates:
            self._updates.remove(update)
        self.changed()

    async def push_once(self, update: Any, secret: str | None = None) -> int:
        """Send one update to the webhook; gives the status."""
        assert self.webhook is not None
        secret = self.webhook.get("secret_token", "") if secret is None else secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        try:
            async with self._client.post(self.webhook["url"], data=body, headers=headers) as answer:
                self.pushed.append(answer.status)
                return answer.status
        except aiohttp.ClientError:
            return 0


def _id(update: Any) -> int:
    return update.get("update_id", 0) if isinstance(update, dict) else 0


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _value(raw: Any) -> Any:
    try:
        return json.loads(raw) if raw[:1] in "[{" or raw in ("true", "false") else raw
    except ValueError:
        return raw


def _plain(raw: str) -> str:
    """HTML without its marks, checked as Telegram checks it."""
    tags = re.findall(r"<(/?)(\w+)>", raw)
    stray = re.sub(r"</?(?:b|i|u|s|code|pre)>", "", raw)
    opened = [name for slash, name in tags if not slash]
    closed = [name for slash, name in tags if slash]
    if "<" in stray or sorted(opened) != sorted(closed) or re.search(r"&(?!(?:amp|lt|gt|quot|#\d+);)", stray):
        raise Refused(400, "Bad Request: can't parse entities")
    return html.unescape(stray)


def _check_buttons(rows: list[list[dict]]) -> None:
    for button in (b for row in rows for b in row):
        data = button.get("callback_data", "")
        if not button["text"] or len(data.encode()) > 64 or not (data or button.get("url")):
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
