// The panel: what the system knows, as its own API says it.

import { announce, byId, icon, make, say, second } from "./elements.js";

const STATES = {
  none: ["clock", "Not asked"],
  idle: ["pause", "Not asking"],
  scheduled: ["clock", "About to ask for an email"],
  asked: ["ask", "Asked for an email"],
  captured: ["check", "Email captured"],
  declined: ["cross", "Said no, thanks"],
  skipped: ["minus", "Will not ask"],
};
const ASSURANCES = {
  claimed: "Given by the visitor, not verified",
  confirmed: "Confirmed",
  verified: "Verified",
};
const FRESH = 4000; // a contact younger than the conversation was made by it

const capture = byId("capture");
const contact = byId("contact");
const happenings = byId("happenings");

let state = "";
let contactId = null;
let newest = 0;
let due = 0;
let wait = 0;
let skew = 0;

/** Forget whoever was here. */
export function clearPanel() {
  [state, contactId, newest, due] = ["", null, 0, 0];
  happenings.replaceChildren();
  contact.classList.remove("fresh");
}

/** @param {any} now @param {any} person @param {any} conversation */
export function drawPanel(now, person, conversation, isNews) {
  skew = Date.parse(now) - Date.now();
  drawIdentity(conversation);
  drawCapture(conversation, isNews);
  drawContact(conversation, isNews);
  drawHappenings(person.happenings);
  drawSteps(person, conversation);
  const canAnswer = Boolean(conversation);
  for (const id of ["reply", "answer"]) byId(id).toggleAttribute("disabled", !canAnswer);
}

function drawIdentity(conversation) {
  const visitor = conversation?.visitor;
  say(byId("who-name"), visitor?.name ?? "Nobody yet");
  say(byId("who-what"), conversation ? describe(conversation) : "Waiting for the first message.");
  const pill = byId("who-pill");
  pill.hidden = !visitor;
  if (!visitor) return;
  pill.dataset.tone = visitor.unknown ? "warn" : "ok";
  say(pill, visitor.unknown ? (visitor.guest ? "Guest" : "Unknown") : "Contact");
}

function describe(conversation) {
  const count = conversation.messages?.length ?? conversation.last_seq ?? 0;
  const words = count === 1 ? "1 message stored" : `${count} messages stored`;
  return conversation.status === "open" ? words : `${words} · ${conversation.status}`;
}

function drawCapture(conversation, isNews) {
  const facts = conversation?.capture;
  const next = facts?.state ?? "none";
  const [picture, title] = STATES[next] ?? STATES.none;
  due = next === "scheduled" && facts.due_at ? Date.parse(facts.due_at) : 0;
  if (due) {
    const since = Date.parse(conversation.waiting_since ?? conversation.last_message_at);
    wait = Math.max(1000, due - since);
  }
  say(byId("capture-title"), title);
  say(byId("capture-reason"), facts?.reason ?? "A visitor’s message sets the clock.");
  capture.dataset.state = next;
  if (next !== state) {
    byId("mark").replaceChildren(icon(picture, 22));
    if (isNews && state) announce(`${title}. ${facts?.reason ?? ""}`);
  }
  state = next;
  drawCountdown();
}

/** Runs on its own between two looks at the server. */
export function drawCountdown() {
  const left = due ? due - Date.now() - skew : 0;
  capture.toggleAttribute("data-counting", left > 0);
  const seconds = Math.ceil(left / 1000);
  say(byId("count"), left > 0 ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "");
  const part = left > 0 ? Math.min(1, left / wait) : state === "captured" ? 1 : 0;
  byId("arc").style.strokeDashoffset = String(100 - 100 * part);
}

function drawContact(conversation, isNews) {
  const known = conversation?.contact ?? null;
  contact.toggleAttribute("data-empty", !known);
  if ((known?.id ?? null) === contactId && contact.dataset.email === (known?.email ?? "")) return;
  contactId = known?.id ?? null;
  contact.dataset.email = known?.email ?? "";
  const face = byId("contact-face");
  if (!known) {
    contact.classList.remove("fresh");
    face.className = "face lg";
    face.replaceChildren(icon("plus", 20));
    say(byId("contact-title"), "No contact yet");
    say(byId("contact-what"), "It appears here when the visitor gives an email.");
    return;
  }
  const name = [known.first_name, known.last_name].filter(Boolean).join(" ");
  face.className = `face lg h${hash(String(known.id)) % 5}`;
  face.replaceChildren(initials(name || known.email));
  const isOld = Date.parse(known.created_at) < Date.parse(conversation.messages?.[0]?.at) - FRESH;
  const title = isOld ? "A contact we knew already" : "Contact created";
  const assurance = ASSURANCES[conversation.contact_assurance];
  say(byId("contact-title"), name ? `${name}` : known.email);
  byId("contact-what").replaceChildren(
    ...[title, name && known.email, assurance].filter(Boolean).map((line) => make("span", {}, line)),
  );
  if (isNews) {
    contact.classList.add("fresh");
    announce(`${title}: ${known.email}`);
  }
}

function drawHappenings(all) {
  const fresh = all.filter((each) => each.number > newest);
  if (fresh.length) newest = fresh[fresh.length - 1].number;
  for (const each of fresh) {
    const item = make("li", { class: each.is_good ? each.direction : `${each.direction} bad` });
    const way = each.direction === "in" ? "Messenger to Whosthere: " : "Whosthere to Messenger: ";
    item.append(
      icon(each.direction, 14),
      make("div", { class: "grow" }, make("span", { class: "vh" }, way), each.text),
      make("span", { class: "outcome num" }, each.outcome),
      make("time", { class: "num", datetime: each.at }, second(each.at)),
    );
    happenings.prepend(item);
  }
  while (happenings.childElementCount > 200) happenings.lastElementChild?.remove();
  happenings.hidden = all.length === 0;
  byId("quiet").hidden = all.length > 0;
}

function drawSteps(person, conversation) {
  const captured = Boolean(conversation?.contact);
  const done = {
    wrote: person.messages.some((message) => !message.from_page),
    asked: captured || ["asked", "captured", "declined"].includes(conversation?.capture?.state),
    captured: captured || conversation?.capture?.state === "captured",
    contact: captured,
  };
  let isNext = true;
  for (const step of document.querySelectorAll("[data-step]")) {
    const isDone = done[/** @type {HTMLElement} */ (step).dataset.step ?? ""];
    step.classList.toggle("done", isDone);
    step.toggleAttribute("data-next", !isDone && isNext);
    if (!isDone) isNext = false;
  }
}

function initials(name) {
  const words = name.split(/[\s.]+/u).filter(Boolean);
  const last = words.length > 1 && !name.includes("@") ? words[words.length - 1] : "";
  return ((words[0] ?? "?").slice(0, 1) + last.slice(0, 1)).toUpperCase();
}

function hash(text) {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
}
