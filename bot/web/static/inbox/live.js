// @ts-check
/* The socket: it says that something has changed, never what. HTML comes over HTTP. */

/** @typedef {{type: string, conversations?: number[], conversation?: number, author?: string, name?: string, rooms?: Record<string, boolean>}} Signal */
/** @typedef {"up" | "down"} Line */

const FIRST_PAUSE = 500,
  LONGEST_PAUSE = 30_000;
const SIGNED_OUT = 4401,
  TOO_SLOW = 1013;
const TICKET_WITHIN = 10_000;
const TYPING_LASTS = 6_000,
  TYPING_TOLD_EVERY = 1_500,
  REFRESH_EVERY = 30_000;

/** @type {WebSocket | null} */
let socket = null;
let tries = 0;
/** @type {number | undefined} */
let hush;
/** @type {Map<number, number>} */
const toldTyping = new Map();

/** @param {string} name @param {object} [detail] */
export const say = (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));

/** The conversation that is open, if one is. */
export const openConversation = () => Number(document.querySelector("#thread")?.getAttribute("data-id")) || null;

/** Whether a conversation is told in the one that is open. @param {number} id */
const isBeside = (id) => !!document.querySelector(`#thread[data-beside~="${id}"]`);

/** Everything on the page is read again: nothing is ever missed, whatever the socket did. */
export function refresh() {
  say("inbox:list", { conversations: [] });
  for (const part of ["inbox:thread", "inbox:details"]) say(part);
}

/** Tell visitor and colleagues that an answer is being written. @param {number} conversation */
export function tellTyping(conversation) {
  const now = Date.now();
  if (socket?.readyState !== WebSocket.OPEN || now - (toldTyping.get(conversation) ?? 0) < TYPING_TOLD_EVERY) return;
  toldTyping.set(conversation, now);
  socket.send(JSON.stringify({ type: "typing", conversation }));
}

export async function connect() {
  const ticket = await readTicket();
  if (ticket === null) return later();
  const line = new WebSocket(`${location.origin.replace("http", "ws")}/inbox/socket`);
  socket = line;
  line.onopen = () => line.send(JSON.stringify({ type: "hello", ticket }));
  line.onmessage = (event) => hear(JSON.parse(event.data));
  line.onclose = (event) => {
    socket = null;
    if (event.code === SIGNED_OUT) return location.reload(); // whoever is signed out is led to the sign-in
    if (event.code === TOO_SLOW) refresh();
    later();
  };
}

/** @returns {Promise<string | null>} */
async function readTicket() {
  try {
    const answer = await fetch("/inbox/ticket", {
      headers: { Accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(TICKET_WITHIN),
    });
    if (answer.status === 401) location.reload();
    return answer.ok ? (await answer.json()).ticket : null;
  } catch {
    return null;
  }
}

function later() {
  show("down");
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries++);
  setTimeout(connect, pause * (0.7 + Math.random() * 0.6)); // not all at once
}

/** @param {Line} line */
const show = (line) => (document.body.dataset.line = line);

/** @param {Signal} signal */
function hear(signal) {
  const open = openConversation();
  if (signal.type === "ready") {
    if (tries) refresh();
    tries = 0;
    show("up");
  } else if (signal.type === "changed") {
    say("inbox:list", { conversations: signal.conversations ?? [] });
    // none are named where too many have changed
    if (!signal.conversations?.length || signal.conversations.some((id) => id === open || isBeside(id))) {
      say("inbox:thread");
      say("inbox:details");
    }
  } else if (signal.type === "presence") {
    for (const [room, isHere] of Object.entries(signal.rooms ?? {})) showPresence(room, isHere);
  } else if (signal.type === "typing" && signal.conversation) {
    markRow(signal.conversation, signal.author === "visitor");
    if (signal.conversation === open) markThread(signal);
  }
}

/** @param {string} room @param {boolean} isHere */
function showPresence(room, isHere) {
  for (const face of document.querySelectorAll(`#rows [data-room="${room}"]`)) {
    face.toggleAttribute("data-on", isHere);
    face.closest("li")?.removeAttribute("data-version"); // it is no more as the server wrote it
  }
  if (!document.querySelector(`#thread[data-room="${room}"]`)) return;
  for (const part of ["inbox:thread", "inbox:details"]) say(part);
}

/** @param {number} id @param {boolean} isVisitor */
function markRow(id, isVisitor) {
  const row = isVisitor ? document.querySelector(`#c${id}`) : null;
  if (!row) return;
  row.toggleAttribute("data-typing", true);
  setTimeout(() => row.toggleAttribute("data-typing", false), TYPING_LASTS);
}

/** @param {Signal} signal */
function markThread(signal) {
  const place = document.querySelector("#typing");
  if (!(place instanceof HTMLElement)) return;
  const isVisitor = signal.author === "visitor";
  place.dataset.who = isVisitor ? "visitor" : "agent";
  const words = place.querySelector("[data-words]");
  if (words) words.textContent = isVisitor ? "" : `${signal.name} is replying`;
  place.hidden = false;
  clearTimeout(hush);
  hush = setTimeout(() => (place.hidden = true), TYPING_LASTS);
}

// waiting times and presence move on by themselves
setInterval(() => document.hidden || say("inbox:list", { isOld: true }), REFRESH_EVERY);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
