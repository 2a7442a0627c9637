/*! Hulpchat on a website. One file, no cookies, no storage, nothing from elsewhere. EUPL-1.2 */
(function () {
  "use strict";

  // Put here by the server (bot/widget/files.py): the texts, the help lines and the style.
  const CONTENT = /* CONTENT */ null;
  const STYLE = /* STYLE */ null;

  const TEXT = CONTENT.texts;
  const ANSWER_MS = 15000;
  const RETRY_MS = [2000, 5000];
  const SHOW_SENDING_MS = 400;
  const SHIFT_MS = 5000;
  // Small enough that the chat takes the whole screen; the style has the same number.
  const FULL_SCREEN = "(max-width: 30em), (max-height: 34em)";

  const script = document.currentScript || document.querySelector('script[src$="/widget.js"]');
  const server = new URL(".", script ? script.src : document.baseURI);
  const chats = new Set();

  // Old telephones have no style sheets made by script; they load the same style as a file.
  let sheet = null;
  try {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  } catch (error) {
    sheet = null;
  }

  /** An element. Text goes in as text, never as HTML; there are no style attributes, so that a strict policy holds. */
  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  const unseen = (text) => el("span", { class: "unseen" }, text);
  const pause = (ms) =>
    new Promise((done) => {
      setTimeout(done, ms);
      window.addEventListener("online", done, { once: true });
    });

  function webAddress(text, protocols) {
    try {
      const url = new URL(text);
      return protocols.includes(url.protocol) ? url.href : null;
    } catch (error) {
      return null;
    }
  }

  // Numbers of the directory become links to dial, but not where they are part of a name; nothing else becomes a link.
  const NUMBERS = new RegExp(`(^|[^\\d-])(${CONTENT.phones.join("|")})(?!-?\\d)`);
  function withNumbers(text) {
    const parts = [];
    let rest = text;
    for (let found = NUMBERS.exec(rest); found; found = NUMBERS.exec(rest)) {
      const start = found.index + found[1].length;
      const phone = found[2];
      const isName = /[a-z]/i.test(phone);
      parts.push(rest.slice(0, start), isName ? phone : el("a", { href: `tel:${phone.replace(/\D/g, "")}` }, phone));
      rest = rest.slice(start + phone.length);
    }
    return parts.concat(rest);
  }

  /** What the server says when it does not answer a message: a text that names the lines. */
  class Refused extends Error {
    constructor(status, message) {
      super(message);
      this.status = status;
    }
  }

  class HulpChat extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      this.floating = this.hasAttribute("floating");
      this.organisation = this.getAttribute("organisation") || (script && script.dataset.organisation) || "";
      this.exitUrl = this.exitFrom(this.getAttribute("exit-url") || (script && script.dataset.exitUrl));
      this.token = null;
      this.busy = false;
      this.started = false;
      this.round = 0; // counts wipes, so that a late answer to a wiped conversation is not shown
      this.fullScreen = window.matchMedia(FULL_SCREEN);
      this.draw();
      chats.add(this);
      this.dress();
    }

    disconnectedCallback() {
      // A site that moves the element in its page takes it out and puts it back at once.
      setTimeout(() => {
        if (this.isConnected || !chats.delete(this)) return;
        this.wipe();
      });
    }

    exitFrom(address) {
      return (address && webAddress(address, ["https:", "http:"])) || null;
    }

    // ---------- what is on the screen ----------

    draw() {
      const root = this.attachShadow({ mode: "open" });
      if (sheet) root.adoptedStyleSheets = [sheet];
      else root.append(el("link", { rel: "stylesheet", href: new URL("widget.css", server).href }));

      this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": TEXT.log });
      this.status = el("p", { class: "unseen", role: "status" });
      this.field = el("textarea", {
        id: "field", rows: "2", enterkeyhint: "send", autocomplete: "off", autocapitalize: "sentences",
        // The spelling checkers of browsers may send what is typed to their makers.
        spellcheck: "false", "data-gramm": "false",
        onkeydown: (event) => this.typed(event),
        oninput: () => this.fieldGrows(),
      });
      this.beginButton = el("button", { type: "button", class: "main", onclick: () => this.begin() }, TEXT.begin);
      this.form = el("form", { class: "write", novalidate: true, onsubmit: (event) => this.submitted(event) },
        el("label", { for: "field" }, TEXT.label),
        el("button", { type: "button", class: "quiet", onclick: () => this.wipe(TEXT.wiped) }, TEXT.wipe),
        el("div", { class: "row" }, this.field, el("button", { type: "submit", class: "main" }, TEXT.send)));
      this.scroll = el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": TEXT.log },
        this.lines(),
        el("p", { class: "about" }, TEXT.about),
        this.log);
      this.titleText = el("span", {}, TEXT.title);
      this.heading = el("h2", { id: "title", tabindex: "-1" }, this.titleText);
      this.panel = el("section", { class: "panel", id: "panel", "aria-labelledby": "title" },
        el("header", {}, this.heading, this.leaveLink()),
        this.scroll,
        this.form);
      this.box = el("div", { class: "box", lang: "nl" }, this.panel, this.status);
      root.append(this.box);
      for (const name of ["keydown", "keyup", "keypress", "input", "copy", "cut", "paste"]) {
        // The site's shortcuts must not fire while someone types, and its scripts need not hear what is typed.
        root.addEventListener(name, (event) => event.stopPropagation());
      }
      if (this.floating) this.drawFloating();
      else {
        this.form.hidden = true;
        this.scroll.append(this.beginButton);
      }
    }

    drawFloating() {
      this.launch = el("button",
        { type: "button", class: "launch", "aria-expanded": "false", "aria-controls": "panel", onclick: () => this.open() },
        TEXT.launch, unseen(` ${TEXT.launch_does}`));
      this.bar = el("div", { class: "bar" }, this.leaveLink(), this.launch);
      this.panel.querySelector("header").append(
        el("button", { type: "button", class: "close", "aria-label": TEXT.close, onclick: () => this.close() }, "\u00d7"));
      this.panel.setAttribute("role", "dialog");
      this.panel.hidden = true;
      this.panel.addEventListener("keydown", (event) => this.panelKey(event));
      this.box.prepend(this.bar);
      this.box.classList.add("floating");
      if (this.showPopover) this.setAttribute("popover", "manual");
      const fit = () => this.fit();
      if (this.fullScreen.addEventListener) this.fullScreen.addEventListener("change", fit);
      if (window.visualViewport) {
        window.visualViewport.addEventListener("resize", fit);
        window.visualViewport.addEventListener("scroll", fit);
      }
    }

    lines() {
      const items = CONTENT.lines.map((line) =>
        el("li", {}, el("a", { href: line.tel },
          el("strong", {}, line.phone), " ", el("span", {}, line.when), unseen(` (${line.name}, ${line.more})`))));
      return el("ul", { class: "lines", "aria-label": TEXT.lines }, ...items);
    }

    leaveLink() {
      // A real link: it works even when the rest of this file does not.
      return el("a", {
        class: "leave", href: this.leaveTo(), rel: "nofollow noreferrer noopener",
        onclick: (event) => { event.preventDefault(); leave(this.leaveTo()); },
      }, TEXT.leave);
    }

    leaveTo() {
      return this.exitUrl || this.ownExitUrl || CONTENT.exit;
    }

    /** Name, colours and logo of the organisation; without them everything works too. */
    async dress() {
      if (!this.organisation) return;
      try {
        const place = new URL(`organisations/${encodeURIComponent(this.organisation)}`, server);
        const answer = await fetch(place, { credentials: "omit", referrerPolicy: "no-referrer" });
        if (!answer.ok) return;
        const own = await answer.json();
        this.ownExitUrl = this.exitFrom(own.exit_url);
        for (const link of this.box.querySelectorAll(".leave")) link.href = this.leaveTo();
        const isColour = (text) => /^#[0-9a-f]{6}$/i.test(text);
        if (own.colours && isColour(own.colours.main) && isColour(own.colours.on_main)) {
          this.box.style.setProperty("--main", own.colours.main);
          this.box.style.setProperty("--on-main", own.colours.on_main);
        }
        if (own.name) this.titleText.append(el("small", {}, own.name));
        if (own.logo) {
          this.heading.prepend(el("img", { src: new URL(own.logo.replace(/^\/+/, ""), server).href, alt: "" }));
        }
      } catch (error) {
        // The neutral look stays.
      }
    }

    open() {
      this.panel.hidden = false;
      this.bar.hidden = true;
      this.launch.setAttribute("aria-expanded", "true");
      try {
        this.showPopover(); // above everything of the site, cookie notices included
      } catch (error) {
        // Without it the highest z-index has to do.
      }
      this.fit();
      this.begin();
    }

    close() {
      this.panel.hidden = true;
      this.bar.hidden = false;
      this.launch.setAttribute("aria-expanded", "false");
      try {
        this.hidePopover();
      } catch (error) {
        // It was not shown as one.
      }
      this.launch.focus();
    }

    begin() {
      this.form.hidden = false;
      this.beginButton.remove();
      this.rest();
      if (!this.started) {
        this.started = true;
        if (wasRestarted()) this.note(TEXT.restarted);
        this.greet();
      }
    }

    /** The focus where one goes on: with a mouse the field; on a telephone the keyboard would cover what there is to read. */
    rest() {
      (window.matchMedia("(pointer: fine)").matches ? this.field : this.heading).focus({ preventScroll: true });
    }

    /** On a telephone the chat takes what the keyboard leaves of the screen, and is the only thing one can reach. */
    fit() {
      const view = window.visualViewport;
      const full = this.fullScreen.matches;
      this.panel.setAttribute("aria-modal", String(full));
      const follow = full && view && view.scale < 1.01; // not when someone enlarges with two fingers
      this.panel.style.setProperty("--top", follow ? `${view.offsetTop}px` : "0px");
      this.panel.style.setProperty("--height", follow ? `${view.height}px` : "100%");
      this.box.classList.toggle("keyboard", Boolean(follow && view.height < 0.75 * window.innerHeight));
    }

    panelKey(event) {
      if (event.key === "Escape") return this.close();
      if (event.key !== "Tab" || !this.fullScreen.matches) return undefined;
      const stops = [...this.panel.querySelectorAll("a[href], button, textarea, input, [tabindex='0']")].filter(
        (e) => !e.disabled && e.tabIndex >= 0 && e.getClientRects().length);
      const [first, last] = [stops[0], stops[stops.length - 1]];
      const now = this.shadowRoot.activeElement;
      if (event.shiftKey ? now === first || now === this.heading : now === last) {
        event.preventDefault();
        (event.shiftKey ? last : first).focus();
      }
      return undefined;
    }

    // ---------- bubbles ----------

    bubble(kind, who, ...parts) {
      const bubble = el("div", { class: `bubble ${kind}` }, unseen(`${who}: `), ...parts);
      this.log.append(bubble);
      return bubble;
    }

    note(text) {
      this.log.append(el("p", { class: "note" }, text));
    }

    trouble(text) {
      this.showFrom(this.bubble("risk", TEXT.bot, ...withNumbers(text)));
    }

    mine(text) {
      const bubble = this.bubble("mine", TEXT.you, el("span", { translate: "no" }, text));
      bubble.state = el("div", { class: "state" });
      bubble.append(bubble.state);
      this.toEnd();
      return bubble;
    }

    /** Under a message of the person: that it is being sent, or was not sent and can be tried again. */
    state(bubble, text, retry) {
      bubble.state.textContent = text;
      if (retry) bubble.state.append(" ", el("button", { type: "button", onclick: retry }, TEXT.retry));
      if (text) this.say(text);
    }

    say(text) {
      this.status.textContent = text;
    }

    /** The replies, with their buttons; the first is brought into view, so that one reads from its beginning. */
    show(messages) {
      this.say("");
      let first = null;
      for (const message of messages) {
        const bubble = this.bubble(message.risk ? "risk" : "theirs", TEXT.bot, ...withNumbers(message.text));
        first = first || bubble;
        for (const link of message.links || []) this.link(link);
        if (message.control && message.control.type === "ruler") this.ruler(message.control);
        if (message.buttons) this.choices(message.buttons);
      }
      if (first) this.showFrom(first);
    }

    link({ title, url }) {
      const address = webAddress(url, ["https:"]);
      if (!address) return;
      this.log.append(el("p", { class: "link" },
        el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, title, unseen(` (${TEXT.new_tab})`))));
    }

    choices(buttons) {
      const group = el("div", { class: "choices", role: "group" });
      for (const { title, payload } of buttons) {
        const button = el("button", { type: "button" }, title);
        button.addEventListener("click", () => {
          if (button.hasAttribute("aria-disabled") || this.isBusy()) return;
          button.classList.add("chosen");
          button.append(unseen(` (${TEXT.chosen})`));
          this.send(payload, title);
        });
        group.append(button);
      }
      this.log.append(group);
    }

    ruler({ min, max }) {
      const name = `ruler-${this.log.childElementCount}`;
      const numbers = el("div", { class: "numbers" });
      for (let n = min; n <= max; n += 1) {
        numbers.append(el("label", {}, el("input", { type: "radio", name, value: n }), el("span", {}, String(n))));
      }
      const button = el("button", { type: "button" }, TEXT.send_number);
      button.addEventListener("click", () => {
        const chosen = numbers.querySelector("input:checked");
        if (button.hasAttribute("aria-disabled") || this.isBusy()) return;
        if (!chosen) numbers.querySelector("input").focus();
        else this.send(chosen.value);
      });
      this.log.append(el("fieldset", { class: "choices ruler" }, el("legend", {}, TEXT.ruler), numbers, button));
    }

    /** Old buttons stay readable and keep the focus they have; they only do nothing any more. */
    retire() {
      for (const button of this.log.querySelectorAll(".choices button:not([aria-disabled])")) {
        button.setAttribute("aria-disabled", "true");
        button.tabIndex = -1;
      }
      for (const input of this.log.querySelectorAll(".choices input")) input.disabled = true;
    }

    /** What scrolls: the conversation; on a very low screen the whole panel. */
    scroller() {
      return getComputedStyle(this.panel).overflowY === "auto" ? this.panel : this.scroll;
    }

    toEnd() {
      const box = this.scroller();
      box.scrollTop = box.scrollHeight;
    }

    showFrom(bubble) {
      this.toEnd();
      const box = this.scroller();
      const top = box.getBoundingClientRect().top + box.firstChild.offsetHeight + 8; // under what stays at the top
      const above = top - bubble.getBoundingClientRect().top;
      if (above > 0) box.scrollTop -= above;
    }

    // ---------- typing ----------

    typed(event) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submitted(event);
      } else if ((event.key === "PageUp" || event.key === "PageDown") && !this.field.value) {
        event.preventDefault();
        const box = this.scroller();
        box.scrollTop += (event.key === "PageUp" ? -0.8 : 0.8) * box.clientHeight;
      }
    }

    fieldGrows() {
      this.field.rows = Math.min(6, Math.max(2, this.field.value.split("\n").length));
    }

    submitted(event) {
      event.preventDefault();
      const text = this.field.value;
      if (!text.trim() || this.isBusy()) return;
      this.field.value = "";
      this.fieldGrows();
      this.send(text);
    }

    isBusy() {
      if (this.busy) this.say(TEXT.busy);
      return this.busy;
    }

    // ---------- the server ----------

    /** One call, with an end to its patience. Throws `TypeError` without a connection, `AbortError` after `ANSWER_MS`. */
    async call(method, path, token, body) {
      const control = new AbortController();
      const timer = setTimeout(() => control.abort(), ANSWER_MS);
      const headers = { "Content-Type": "application/json" };
      if (token) headers.Authorization = `Bearer ${token}`;
      try {
        const answer = await fetch(new URL(`webhooks/web/${path}`, server), {
          method, headers, body: JSON.stringify(body), credentials: "omit", cache: "no-store",
          referrerPolicy: "no-referrer", signal: control.signal,
        });
        return { status: answer.status, data: await answer.json() };
      } finally {
        clearTimeout(timer);
      }
    }

    async openSession() {
      const { status, data } = await this.call("POST", "sessions", null,
        this.organisation ? { organisation: this.organisation } : {});
      if (status !== 201) throw new Refused(status, data.message);
      return data;
    }

    async greet() {
      const round = this.round;
      const opening = el("p", { class: "note" }, TEXT.opening);
      this.log.append(opening);
      this.busy = true;
      try {
        const { token, messages } = await this.openSession();
        if (round !== this.round) return end(token);
        this.token = token;
        opening.remove();
        this.show(messages);
        this.scroller().scrollTop = 0; // what is said about leaving comes first
      } catch (error) {
        if (round !== this.round) return undefined;
        opening.textContent = "";
        this.trouble((error instanceof Refused && error.message) || TEXT.offline);
        const again = el("button", { type: "button", onclick: () => { this.rest(); again.remove(); this.greet(); } }, TEXT.retry);
        this.log.append(again);
        this.again = again;
        this.toEnd();
      } finally {
        if (round === this.round) this.busy = false;
      }
      return undefined;
    }

    send(text, shown) {
      if (this.again) this.again.remove();
      this.retire();
      this.deliver(text, this.mine(shown || text));
    }

    async deliver(text, bubble) {
      const round = this.round;
      this.busy = true;
      this.state(bubble, "");
      const slow = setTimeout(() => this.state(bubble, TEXT.sending), SHOW_SENDING_MS);
      try {
        const messages = await this.answerTo(text, bubble, round);
        clearTimeout(slow);
        if (round !== this.round) return;
        this.state(bubble, "");
        this.show(messages);
      } catch (error) {
        clearTimeout(slow);
        if (round !== this.round) return;
        const refused = error instanceof Refused;
        if (refused && error.status === 413 && !this.field.value) {
          this.field.value = text; // to be made shorter
          this.fieldGrows();
          this.state(bubble, TEXT.not_sent);
        } else {
          this.state(bubble, TEXT.not_sent, () => {
            if (this.isBusy()) return;
            this.rest();
            this.deliver(text, bubble);
          });
        }
        this.trouble((refused && error.message) || TEXT.offline);
      } finally {
        clearTimeout(slow);
        if (round === this.round) this.busy = false;
      }
    }

    /** Sends a message; tries again when there is no connection, and in a new session when the old one has expired. */
    async answerTo(text, bubble, round) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await this.once(text, round);
        } catch (error) {
          // Not after a time-out: the message may have been answered already.
          if (!(error instanceof TypeError) || attempt >= RETRY_MS.length || round !== this.round) throw error;
          this.state(bubble, TEXT.trying);
          await pause(RETRY_MS[attempt]);
        }
      }
    }

    async once(text, round) {
      for (const expired of [false, true]) {
        if (!this.token) {
          const { token } = await this.openSession();
          if (round !== this.round) {
            end(token);
            throw new Error("wiped");
          }
          this.token = token;
          if (expired) this.note(TEXT.expired);
        }
        const { status, data } = await this.call("POST", "messages", this.token, { message: text });
        if (status === 200) return data;
        if (status !== 401 || expired) throw new Refused(status, data.message);
        this.token = null;
      }
      return undefined;
    }

    /** Ends the conversation here and on the server, at once. */
    wipe(note) {
      this.round += 1;
      this.busy = false;
      end(this.token);
      this.token = null;
      this.log.textContent = "";
      this.field.value = "";
      this.fieldGrows();
      this.say(note || "");
      if (note) this.note(note);
      else this.started = false;
    }
  }

  /** Tells the server that a conversation is over; also when this page is going away. */
  function end(token) {
    if (!token) return;
    fetch(new URL("webhooks/web/sessions", server), {
      method: "DELETE", headers: { Authorization: `Bearer ${token}` }, keepalive: true, credentials: "omit",
      referrerPolicy: "no-referrer",
    }).catch(() => undefined);
  }

  // ---------- leaving fast ----------

  const siteTitle = document.title;
  let restored = false;

  function blank(on) {
    const page = document.documentElement.style;
    if (on) page.setProperty("display", "none", "important");
    else page.removeProperty("display");
    document.title = on ? TEXT.left : siteTitle;
  }

  /** Blank first, then end the conversations, then another page in the place of this one in the history. */
  function leave(address) {
    blank(true);
    for (const chat of chats) chat.wipe();
    try {
      window.top.location.replace(address); // also when the site shows this page in a frame
    } catch (error) {
      window.location.replace(address);
    }
  }

  function wasRestarted() {
    const [arrival] = performance.getEntriesByType ? performance.getEntriesByType("navigation") : [];
    return restored || Boolean(arrival && arrival.type !== "navigate" && arrival.type !== "prerender");
  }

  window.addEventListener("pagehide", () => {
    for (const chat of chats) chat.wipe();
  });

  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    restored = true;
    blank(false);
    for (const chat of chats) if (chat.floating && !chat.panel.hidden) chat.close();
  });

  let shifts = 0;
  let lastShift = 0;
  let alone = false; // Shift with another key or the mouse is an ordinary capital or selection
  window.addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey && (alone || !event.repeat);
    if (event.key !== "Shift") shifts = 0;
  }, true);
  window.addEventListener("pointerdown", () => { alone = false; shifts = 0; }, true);
  window.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone || !chats.size) return;
    alone = false;
    const now = Date.now();
    shifts = now - lastShift > SHIFT_MS ? 1 : shifts + 1;
    lastShift = now;
    const [chat] = chats;
    if (shifts >= 3) leave(chat.leaveTo());
    else chat.say(shifts === 1 ? TEXT.shift_two : TEXT.shift_one);
  }, true);

  // ---------- on the page ----------

  /** A link to `#hulp-chat` anywhere on the site opens the chat; nothing is added to the address. */
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href="#hulp-chat"]');
    const [chat] = chats;
    if (!link || !chat) return;
    event.preventDefault();
    if (chat.floating) chat.open();
    else {
      chat.scrollIntoView();
      chat.begin();
    }
  });

  function place() {
    if (document.querySelector("hulp-chat")) return;
    const chat = document.createElement("hulp-chat");
    chat.setAttribute("floating", "");
    document.body.append(chat);
  }

  if (customElements.get("hulp-chat")) return;
  customElements.define("hulp-chat", HulpChat);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
  else place();
})();
