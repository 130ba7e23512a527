// The simulator: asks the server twice a second, and tells it what was done.

import "./composing_keys.js";
import { announce, byId, hour, say } from "./elements.js";
import { clearPanel, drawCountdown, drawPanel } from "./panel.js";
import { clearPhone, drawPhone } from "./phone.js";

const BASE = "/demo/messenger";
const EVERY = 500;
const READING_TAKES = 700;
const NOTICE_LASTS = 6000;

const field = /** @type {HTMLInputElement} */ (byId("text"));
const reply = /** @type {HTMLInputElement} */ (byId("reply"));
const offline = byId("offline");

/** @type {any} */
let state = null;
let psid = new URLSearchParams(location.search).get("person") ?? "";
let editing = "";
let isReading = false;
let noticeEnds = 0;

class Refusal extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(BASE + path, options);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, answer.error?.message ?? "Something went wrong.");
  return answer;
}

const tell = (what, body) => call(`/people/${encodeURIComponent(psid)}/${what}`, body);

function draw(next) {
  if (next.person.psid !== psid) return;
  if (state && Date.parse(next.now) < Date.parse(state.now)) return;
  const isNews = state !== null;
  state = next;
  byId("gone").hidden = true;
  drawPhone(state.person, { tap, edit, unsend });
  drawPanel(state.now, state.person, state.conversation, isNews);
  for (const button of document.querySelectorAll("[data-kind]")) {
    const isChosen = /** @type {HTMLElement} */ (button).dataset.kind === state.person.kind;
    button.setAttribute("aria-pressed", String(isChosen));
  }
  if (state.person.has_unseen && !document.hidden) readSoon();
}

function readSoon() {
  if (isReading) return;
  isReading = true;
  setTimeout(() => {
    const done = () => (isReading = false);
    attempt(() => tell("seen", {})).then(done, done);
  }, READING_TAKES);
}

/** Do something and show what came of it; true if it worked. */
async function attempt(act) {
  try {
    draw(await act());
    if (Date.now() > noticeEnds) say(offline, "");
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

function complain(error) {
  if (error instanceof Refusal && error.status === 404) {
    byId("gone").hidden = false;
    byId("again").focus();
  } else if (error instanceof Refusal && error.status < 500) {
    noticeEnds = Date.now() + NOTICE_LASTS;
    say(offline, error.message);
  } else {
    say(offline, "No connection to the server. Trying again…");
  }
}

async function start(kind, isWanted) {
  editing = "";
  stopEditing();
  const begin = async () => {
    const next = await call("/people", { kind });
    psid = next.person.psid;
    state = null;
    clearPhone();
    clearPanel();
    history.replaceState(null, "", `?person=${psid}`);
    return next;
  };
  if ((await attempt(begin)) && isWanted) {
    announce("A new person.");
    field.focus();
  }
}

async function send(text) {
  const mid = editing;
  stopEditing();
  const act = mid ? () => tell("edits", { mid, text }) : () => tell("messages", { text });
  if (!(await attempt(act)) && !field.value) field.value = text;
}

const tap = (payload) => attempt(() => tell("taps", { payload }));
const unsend = (mid) => attempt(() => tell("unsent", { mid }));

function edit(mid) {
  editing = mid;
  field.value = state.person.messages.find((message) => message.mid === mid)?.text ?? "";
  byId("editing").hidden = false;
  field.focus();
}

function stopEditing() {
  editing = "";
  field.value = "";
  byId("editing").hidden = true;
}

byId("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  if (field.value.trim()) send(field.value.trim());
  field.focus();
});

field.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && editing) stopEditing();
});

byId("keep").addEventListener("click", () => (stopEditing(), field.focus()));

byId("starters").addEventListener("click", (event) => {
  const chip = /** @type {Element} */ (event.target).closest("button");
  if (!chip) return;
  send(chip.textContent ?? "");
  field.focus();
});

byId("team").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = reply.value.trim();
  if (!text) return;
  reply.value = "";
  if (!(await attempt(() => tell("replies", { text })))) reply.value = text;
});

for (const button of document.querySelectorAll("[data-kind]")) {
  const kind = /** @type {HTMLElement} */ (button).dataset.kind;
  button.addEventListener("click", () => start(kind, true));
}

const startAgain = () => start(state?.person.kind ?? "guest", true);
byId("new").addEventListener("click", startAgain);
byId("again").addEventListener("click", startAgain);

async function watch() {
  if (psid && !document.hidden && byId("gone").hidden) {
    await attempt(() => call(`/state?person=${encodeURIComponent(psid)}`));
  }
  setTimeout(watch, EVERY);
}

setInterval(() => {
  drawCountdown();
  say(byId("clock"), hour(new Date()));
}, 250);

if (!psid) await start("guest", false);
watch();
