// @ts-check
/* Writing: Enter sends, what is half written is kept, what would be refused is said before. */

import { openConversation, tellTyping } from "./live.js";

const MOST = 4_000; // characters
/** @template {HTMLElement} T @param {string} selector */
const find = (selector) => /** @type {T | null} */ (document.querySelector(selector));
const field = () => /** @type {HTMLTextAreaElement | null} */ (find("#text"));
const clientId = () => /** @type {HTMLInputElement | null} */ (find("#client-id"));
const isNote = () => Boolean(/** @type {HTMLInputElement | null} */ (find("#kind-note"))?.checked);
const draftOf = (/** @type {number | null} */ id) => `draft:${id}`;

let sent = "";

function keep() {
  const text = field()?.value ?? "",
    key = draftOf(openConversation());
  if (text.trim()) sessionStorage.setItem(key, JSON.stringify({ text, note: isNote(), client: clientId()?.value }));
  else sessionStorage.removeItem(key);
}

/** A conversation was opened: what was half written in it stands there again. */
function restore() {
  const place = field(),
    client = clientId();
  if (!place || !client) return;
  const draft = JSON.parse(sessionStorage.getItem(draftOf(openConversation())) ?? "null");
  if (draft && !place.value) {
    place.value = draft.text;
    client.value = draft.client; // the same message stays the same one
    if (draft.note) find("#kind-note")?.click();
  }
  show();
}

function show() {
  const place = field(),
    hint = find("[data-hint]"),
    button = /** @type {HTMLButtonElement | null} */ (find("#send"));
  if (!place || !hint || !button) return;
  const length = place.value.length,
    isLong = length > MOST;
  place.placeholder = isNote() ? "Write a note for your team" : "Write a reply, or / for a saved one";
  place.setAttribute("aria-invalid", String(isLong));
  button.disabled = isLong;
  const words = warn(length);
  hint.classList.toggle("bad", isLong);
  hint.textContent = words;
  find("[data-usual]")?.toggleAttribute("hidden", Boolean(words));
}

/** @param {number} length */
function warn(length) {
  if (length > MOST) return `${(length - MOST).toLocaleString("en")} characters too long`;
  const { channel, part } = find("#thread")?.dataset ?? {};
  const longest = Number(part ?? Infinity);
  if (length <= longest || isNote() || find("#kind-mail:checked")) return "";
  return `${channel} takes ${longest.toLocaleString("en")} characters at a time: goes out in ${Math.ceil(length / longest)} parts`;
}

/** @param {KeyboardEvent} event */
function press(event) {
  if (event.target !== field() || event.key !== "Enter" || event.shiftKey || event.defaultPrevented) return;
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (find("#reply"));
  const closes = event.ctrlKey || event.metaKey;
  if (!(/** @type {HTMLButtonElement | null} */ (find("#send"))?.disabled))
    form.requestSubmit(/** @type {HTMLElement} */ (find(closes ? "#send-and-close" : "#send")));
}

/** @param {number} status */
function done(status) {
  const place = field(),
    client = clientId();
  if (!place || !client || status >= 400) return;
  place.value = place.value === sent ? "" : place.value.replace(sent, "");
  client.value = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  keep();
  refuse("");
  show();
  place.focus();
}

/** @param {string} words */
function refuse(words) {
  const place = find("#refusal");
  if (place) place.textContent = words;
}

/** Saved replies come when somebody begins to write: the first look does without them. @param {Event} event */
async function loadReplies(event) {
  if (!(event.target instanceof Element) || !event.target.closest("#reply")) return;
  document.removeEventListener("focusin", loadReplies);
  const replies = await import("./replies.js");
  replies.start(field, () => field()?.dispatchEvent(new Event("input", { bubbles: true })));
}

export function start() {
  document.addEventListener("input", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("#reply")) return;
    keep();
    show();
    refuse("");
    const open = openConversation();
    if (event.target === field() && open && !isNote()) tellTyping(open);
  });
  document.addEventListener("keydown", press);
  document.addEventListener("htmx:config:request", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.ctx.sourceElement.id === "reply") sent = field()?.value ?? "";
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { sourceElement, response } = /** @type {CustomEvent} */ (event).detail.ctx;
    if (sourceElement.id === "reply") done(response?.status ?? 0);
  });
  document.addEventListener("htmx:error", (event) => {
    const ctx = /** @type {CustomEvent} */ (event).detail.ctx;
    if (ctx?.sourceElement?.id === "reply" && !ctx.response)
      refuse("Not sent: no connection. Your text is kept, try again.");
  });
  document.body.addEventListener("inbox:opened", restore);
  restore();
  document.addEventListener("focusin", loadReplies);
}
