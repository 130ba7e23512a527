// @ts-check
/** The conversation as the visitor sees it: what stands where, how far it has come, and its end. */
import { find } from "./find.js";
import { Items } from "./items.js";

/**
 * @typedef {import("./types").Message} Message
 * @typedef {import("./types").Unsent} Unsent
 */

const NEAR_END = 80;
const NEAR_START = 120;
const TYPING_LASTS = 6_000;

const log = find(document, "#log");
const list = find(document, "#list");
const dots = find(document, "#dots");
const jump = find(document, "#jump");
const presence = find(document, "#presence");
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
/** Where an item stands: its `seq`; what is not stored yet stands last. */
const placeOf = (/** @type {Element} */ item) => Number(/** @type {any} */ (item).dataset.place);

export class Log {
  #settings;
  #actions;
  #items;
  /** @type {Map<number | string, HTMLElement>} by `seq`, and the visitor's own by `client_id` */
  #known = new Map();
  /** @type {Unsent[]} */ #unsent = [];
  /** @type {HTMLElement | undefined} */ #card;
  /** @type {HTMLElement | undefined} what the card asks, as an ordinary message */ #question;
  /** @type {HTMLElement | undefined} the note that stands where the card was */ #thanks;
  /** @type {HTMLElement | undefined} */ #closed;
  /** @type {HTMLElement | undefined} */ #greeting;
  #isConnected = true;
  #isLive = false;
  #isAsked;
  #seen;
  #first = Infinity;
  #newest = 0;
  #isAtEnd = true;
  #isLoading = false;
  #typingTimer = 0;

  /** @param {import("./types").Settings} settings @param {import("./types").Actions} actions */
  constructor(settings, actions) {
    const { conversation, online } = settings;
    this.#settings = settings;
    this.#actions = actions;
    this.#items = new Items(settings, document.documentElement.lang);
    this.#isAsked = conversation.asked;
    this.#seen = conversation.seen_seq;
    if (online || !conversation.last_seq) this.#greet();
    for (const message of conversation.messages) this.add(message);
    if (conversation.earlier) this.#place(this.#items.line(this.#earlier(conversation.earlier)), 0.5);
    this.status(conversation.status);
    this.#isLive = true;
    jump.addEventListener("click", () => this.toEnd(!isCalm.matches));
    log.addEventListener("scroll", () => this.#scrolled());
    // the keyboard, a growing field, a turned phone and what grows in the log take room away
    const watch = new ResizeObserver(() => this.#isAtEnd && this.toEnd());
    watch.observe(log);
    watch.observe(list);
  }

  get isAtEnd() {
    return this.#isAtEnd;
  }

  get newest() {
    return this.#newest;
  }

  /** @param {Message} message @returns {boolean} whether it was not here yet */
  add(message) {
    const { seq, author } = message;
    const clientId = message.client_id ?? "";
    if (this.#known.has(seq)) return false;
    let isNew = false;
    this.#change(() => {
      const item = this.#known.get(clientId) ?? this.#itemFor(message);
      isNew = !item.dataset.place;
      this.#known.set(seq, item);
      if (clientId) this.#known.set(clientId, item);
      if (isNew || placeOf(item) === Infinity) this.#place(item, seq);
    }, seq > this.#newest);
    this.#first = Math.min(this.#first, seq);
    this.#newest = Math.max(this.#newest, seq);
    if (author !== "visitor") this.typing("", false);
    this.#showStates();
    return isNew;
  }

  /** @param {Unsent[]} unsent as they are now @param {boolean} isConnected */
  pending(unsent, isConnected) {
    this.#unsent = unsent;
    this.#isConnected = isConnected;
    for (const { client_id: clientId, text, at, files } of unsent) {
      if (this.#known.has(clientId)) continue;
      const item = this.#items.message({ author: "visitor", text, at, attachments: files }, this.#settings.strings.you);
      find(item, ".again").addEventListener("click", () => this.#actions.retry(clientId));
      this.#known.set(clientId, item);
      this.#closed?.remove();
      this.#place(item, Infinity);
      this.toEnd();
    }
    this.#showStates();
  }

  /** @param {number} seq */
  seen(seq) {
    this.#seen = Math.max(this.#seen, seq);
    this.#showStates();
  }

  /** @param {import("./types").Conversation["status"]} status */
  status(status) {
    if (status === "open") this.#closed?.remove();
    if (status === "open" || this.#closed?.isConnected) return;
    const { closed } = this.#settings.strings;
    this.#closed = this.#items.line(closed);
    this.#change(() => this.#place(/** @type {HTMLElement} */ (this.#closed), this.#newest + 0.5));
    if (this.#isLive) this.#actions.announce(closed);
  }

  /** @param {string} name @param {boolean} isTyping */
  typing(name, isTyping) {
    const { strings, title } = this.#settings;
    clearTimeout(this.#typingTimer);
    this.#change(() => (dots.hidden = !isTyping));
    if (!isTyping) return;
    find(dots, "span").textContent = strings.typing.replace("{name}", () => name || title);
    this.#typingTimer = setTimeout(() => this.typing("", false), TYPING_LASTS);
  }

  /** @param {number} count */
  #earlier(count) {
    const { earlier } = this.#settings.strings;
    const form = new Intl.PluralRules(document.documentElement.lang).select(count);
    return (earlier[form] ?? earlier.other).replace("{n}", String(count));
  }

  toEnd(isSmooth = false) {
    this.#isAtEnd = true;
    jump.hidden = true;
    log.scrollTo({ top: log.scrollHeight, behavior: isSmooth ? "smooth" : "instant" });
  }

  /** @param {Pick<Message, "author" | "name">} message */
  nameOf({ author, name }) {
    const { strings, title } = this.#settings;
    return author === "visitor" ? strings.you : name || title;
  }

  /** Change what is shown and stay at the end, if we are there. @param {() => void} change */
  #change(change, isNews = false) {
    change();
    if (this.#isAtEnd) this.toEnd();
    else if (isNews) jump.hidden = false;
  }

  /** @param {HTMLElement} item @param {number} place */
  #place(item, place) {
    item.dataset.place = String(place);
    if (this.#isLive) item.classList.add("new");
    let before = list.lastElementChild;
    while (before && (before === item || placeOf(before) > place)) before = before.previousElementSibling;
    if (item.parentNode !== list || item.previousElementSibling !== before)
      list.insertBefore(item, before ? before.nextSibling : list.firstChild);
    for (const each of [item, item.nextElementSibling]) if (each) this.#items.join(/** @type {HTMLElement} */ (each));
  }

  #greet() {
    const { greeting, title } = this.#settings;
    this.#greeting = this.#items.message({ author: "bot", text: greeting, at: "" }, title);
    this.#place(this.#greeting, 0);
  }

  /** @param {Message} message */
  #itemFor(message) {
    if (message.author === "visitor") this.#closed?.remove();
    if (message.author === "system") return this.#items.line(message.text);
    if (message.kind === "capture_prompt") return this.#prompt(message);
    if (message.kind === "capture_thanks") return this.#thank(message);
    if (message.kind === "away") this.#goAway();
    return this.#items.message(message, this.nameOf(message));
  }

  #goAway() {
    if (!this.#isLive) return;
    if (presence.className) this.back(this.#settings.strings.away);
    if (!this.#settings.online) this.#greeting?.remove(); // it says the same
  }

  /** @param {string} text */
  back(text) {
    presence.textContent = text;
    presence.className = "";
  }

  /** @param {Message} message */
  #prompt(message) {
    if (this.#isLive && message.seq > this.#newest) this.#isAsked = true;
    const plain = this.#items.message(message, this.nameOf(message));
    if (!this.#isAsked) return plain;
    this.#card = this.#items.card(message, this.#actions, (text, isTaken) => {
      this.#actions.announce(text);
      if (!this.#card) return; // the server's own thanks were faster
      const item = isTaken ? this.#items.note(text) : this.#items.line(text);
      if (isTaken) this.#thanks = item;
      this.#settleCard(item);
    });
    this.#question = plain;
    return this.#card;
  }

  /** @param {Message} message */
  #thank({ text }) {
    const isAnswered = this.#card?.ariaBusy === "true"; // by the card, else in a message
    const note = this.#thanks ?? this.#items.note(text);
    find(note, "span").textContent = text;
    if (isAnswered) this.#thanks = note;
    this.#settleCard(isAnswered ? note : this.#question);
    return note;
  }

  /** @param {HTMLElement} [item] what stands in the card's place from now on */
  #settleCard(item) {
    const card = this.#card;
    this.#isAsked = false;
    if (!card || !item) return;
    const hadFocus = card.contains(document.activeElement);
    this.#card = undefined;
    item.dataset.place = card.dataset.place;
    this.#change(() => card.replaceWith(item));
    this.#items.join(item);
    if (hadFocus) this.#actions.focus();
  }

  /** Say how far the visitor's own have come: those that wait, and the last that is stored. */
  #showStates() {
    const { sending, queued, sent, seen } = this.#settings.strings;
    const refused = this.#unsent.filter((each) => each.refused).map((each) => each.client_id);
    const refusedItems = new Set(refused.map((clientId) => this.#known.get(clientId)));
    const own = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".visitor")]);
    const last = own.findLast((item) => placeOf(item) < Infinity);
    for (const item of own) {
      const place = placeOf(item);
      const isPending = place === Infinity;
      const isRefused = refusedItems.has(item);
      const waiting = this.#isConnected ? sending : queued;
      const state = isPending ? waiting : place <= this.#seen ? seen : sent;
      const isTold = !isRefused && (isPending || item === last);
      item.classList.toggle("pending", isPending);
      find(item, ".again").hidden = !isRefused;
      find(item, ".meta").textContent = isTold ? state : "";
    }
  }

  #scrolled() {
    this.#isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    if (this.#isAtEnd) {
      jump.hidden = true;
      this.#actions.reachedEnd();
    }
    if (log.scrollTop < NEAR_START) void this.#loadOlder();
  }

  async #loadOlder() {
    if (this.#isLoading || this.#first <= 1 || this.#first === Infinity) return;
    this.#isLoading = true;
    const messages = await this.#actions.older(this.#first);
    const fromEnd = log.scrollHeight - log.scrollTop;
    this.#isLive = false;
    for (const message of messages ?? []) this.add(message);
    this.#isLive = true;
    log.scrollTop = log.scrollHeight - fromEnd;
    if (messages?.length === 0) this.#first = 0; // that was all
    this.#isLoading = false;
  }
}
