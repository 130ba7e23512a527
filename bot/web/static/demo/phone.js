// The phone: bubbles, chips, and what a finger can do.

import { announce, byId, hour, icon, make, say } from "./elements.js";

const KINDS = {
  guest: () => "You are a guest",
  member: (name) => `You are ${name}`,
  member_with_email: (name) => `You are ${name}`,
};

const log = byId("log");
const list = byId("messages");
const chips = byId("chips");
const starters = byId("starters");
const title = document.querySelector(".chat h3")?.textContent ?? "";

/** @type {Map<string, HTMLElement>} */
const bubbles = new Map();
let shown = "";
let offered = "";

/** Forget whoever was here. */
export function clearPhone() {
  bubbles.clear();
  list.replaceChildren();
  [shown, offered] = ["", ""];
}

/**
 * @param {any} person
 * @param {{tap: (payload: string) => void, edit: (message: any) => void, unsend: (mid: string) => void}} acts
 */
export function drawPhone(person, acts) {
  say(byId("as"), KINDS[person.kind](person.name));
  const text = JSON.stringify(person.messages);
  if (text !== shown) drawMessages(person.messages, acts, shown !== "");
  shown = text;
  drawChips(person.chips, acts);
  starters.hidden = person.messages.length > 0;
  byId("typing").hidden = !person.page_types;
}

function drawMessages(messages, acts, isNews) {
  const known = new Set(messages.map((message) => message.mid));
  for (const [mid, item] of bubbles) {
    if (!known.has(mid)) {
      item.remove();
      bubbles.delete(mid);
    }
  }
  messages.forEach((message, index) => {
    let item = bubbles.get(message.mid);
    if (!item) {
      item = makeBubble(message, acts);
      bubbles.set(message.mid, item);
      list.append(item);
      if (isNews && message.from_page) announce(`${title}: ${message.text}`);
      if (isNews) item.classList.add("new");
      queueMicrotask(scrollDown);
    }
    drawBubble(item, message, messages[index - 1], messages[index + 1]);
  });
}

function makeBubble(message, acts) {
  const item = make("li", { class: message.from_page ? "msg" : "msg out" });
  const body = make("div", { class: "body", dir: "auto" });
  if (message.from_page) {
    item.append(make("span", { class: "face page", "aria-hidden": "true" }, title.slice(0, 1)), body);
  } else {
    item.append(makeMenu(item, message.mid, acts), body);
  }
  item.append(make("div", { class: "meta num" }));
  return item;
}

function makeMenu(item, mid, acts) {
  const more = make("button", { class: "ib more", type: "button", "aria-expanded": "false" });
  more.setAttribute("aria-label", "Change this message");
  more.append(icon("more", 18));
  const change = make("button", { class: "btn", type: "button" }, "Edit");
  const unsend = make("button", { class: "btn", type: "button" }, "Unsend");
  const menu = make("div", { class: "acts" }, change, unsend);
  menu.hidden = true;
  const open = (isOpen) => {
    menu.hidden = !isOpen;
    more.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) menu.scrollIntoView({ block: "nearest" });
  };
  more.addEventListener("click", () => open(menu.hidden));
  change.addEventListener("click", () => (open(false), acts.edit(mid)));
  unsend.addEventListener("click", () => (open(false), acts.unsend(mid)));
  item.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !menu.hidden) {
      open(false);
      more.focus();
    }
  });
  item.append(menu);
  return more;
}

function drawBubble(item, message, before, after) {
  const body = /** @type {Element} */ (item.querySelector(".body"));
  say(body, message.is_unsent ? "You unsent a message" : message.text);
  item.classList.toggle("unsent", message.is_unsent);
  item.classList.toggle("grouped", before?.from_page === message.from_page);
  const isLast = after?.from_page !== message.from_page;
  item.classList.toggle("last", isLast);
  const meta = /** @type {HTMLElement} */ (item.querySelector(".meta"));
  const parts = [];
  if (isLast) parts.push(hour(message.at));
  if (message.edits && !message.is_unsent) parts.push("Edited");
  if (!message.is_taken) parts.push("Not taken by the webhook");
  else if (isLast && !message.from_page && !after) parts.push("Sent");
  say(meta, parts.join(" · "));
  meta.hidden = parts.length === 0;
  meta.classList.toggle("bad", !message.is_taken);
}

function drawChips(offers, acts) {
  const text = JSON.stringify(offers);
  if (text === offered) return;
  offered = text;
  const hadFocus = chips.contains(document.activeElement);
  chips.replaceChildren(
    ...offers.map((offer) => {
      const chip = make("button", { class: "chip", type: "button" });
      if (offer.kind === "user_email") chip.append(icon("mail", 16));
      chip.append(make("span", {}, offer.title));
      chip.addEventListener("click", () => acts.tap(offer.payload));
      return chip;
    }),
  );
  chips.hidden = offers.length === 0;
  if (offers.length) announce(`Quick replies: ${offers.map((offer) => offer.title).join(", ")}`);
  if (hadFocus) byId("text").focus();
  queueMicrotask(scrollDown);
}

function scrollDown() {
  log.scrollTop = log.scrollHeight;
}
