// The demo page: opens a session, shows the conversation as text, keeps nothing. No cookies, no storage.
"use strict";

const CHANNEL = "/webhooks/web";
const NO_ANSWER =
  "De chat werkt nu even niet. Je bericht staat nog in het vak. Gevaar? Bel 112. Veilig Thuis: 0800-2000. Gedachten aan de dood? 113.";
const log = document.getElementById("log");
const choices = document.getElementById("choices");
const form = document.getElementById("form");
const field = document.getElementById("text");
let token = null;
let busy = false;

function bubble(text, kind) {
  const element = document.createElement("div");
  element.className = `bubble ${kind}`;
  element.textContent = text;
  log.append(element);
  element.scrollIntoView({ block: "nearest" });
}

function choice(title, payload) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = title;
  button.addEventListener("click", () => send(payload, title));
  choices.append(button);
}

function show(messages) {
  choices.replaceChildren();
  for (const message of messages) {
    bubble(message.text, message.risk ? "risk" : "");
    if (message.control && message.control.type === "ruler") {
      for (let n = message.control.min; n <= message.control.max; n += 1) choice(String(n), String(n));
    }
    for (const { title, payload } of message.buttons || []) choice(title, payload);
  }
}

async function call(path, method, body) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(CHANNEL + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: response.status, data: response.status === 204 ? null : await response.json() };
}

async function open() {
  token = null;
  const { status, data } = await call("/sessions", "POST");
  if (status !== 201) throw new Error(data.message);
  token = data.token;
  return data.messages;
}

async function send(text, shown) {
  if (busy || !text.trim()) return;
  busy = true;
  try {
    if (!token) show(await open());
    let { status, data } = await call("/messages", "POST", { message: text });
    if (status === 401) {
      await open();
      ({ status, data } = await call("/messages", "POST", { message: text }));
    }
    bubble(shown || text, "mine");
    if (status === 200) show(data);
    else bubble(data.message, "risk");
    if (!shown && status === 200) field.value = "";
  } catch (error) {
    bubble(NO_ANSWER, "risk");
  } finally {
    busy = false;
  }
}

async function wipe() {
  try {
    if (token) await call("/sessions", "DELETE");
  } finally {
    token = null;
    log.replaceChildren();
    choices.replaceChildren();
    field.value = "";
    bubble("Het gesprek is gewist. Typ iets om opnieuw te beginnen.", "note");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(field.value);
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
document.getElementById("wipe").addEventListener("click", wipe);
document.getElementById("leave").addEventListener("click", (event) => {
  event.preventDefault();
  document.body.hidden = true;
  if (token) fetch(`${CHANNEL}/sessions`, { method: "DELETE", headers: { Authorization: `Bearer ${token}` }, keepalive: true });
  location.replace(event.currentTarget.href);
});

open().then(show, () => bubble(NO_ANSWER, "risk"));
