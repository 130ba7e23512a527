// @ts-check
/* What reaches an agent who looks elsewhere: title, badge of the app, desktop notification, sound. */

import { openConversation } from "./live.js";

const SPEAK_EVERY = 10_000;
const root = document.documentElement;
let spokenAt = 0;
/** @type {AudioContext | null} */
let audio = null;

/** What stands in the list, by conversation: how much is unread and by whom. */
function readRows() {
  /** @type {Map<number, {unread: number, name: string}>} */
  const rows = new Map();
  for (const row of document.querySelectorAll("#list [data-unread]"))
    rows.set(Number(row.id.slice(1)), { unread: Number(row.getAttribute("data-unread")), name: row.getAttribute("data-name") ?? "" });
  return rows;
}

let known = readRows();

/** @param {number} count */
function badge(count) {
  const bare = document.title.replace(/^\(\d+\) /, "");
  document.title = count ? `(${count}) ${bare}` : bare;
  // not every browser has it, and some refuse
  /** @type {any} */ (navigator).setAppBadge?.(count).catch(() => {});
}

/** @param {string} words */
function announce(words) {
  const place = document.querySelector("#announcer");
  if (place) place.textContent = words;
}

function beep() {
  try {
    audio ??= new AudioContext();
    const now = audio.currentTime;
    for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
      const tone = audio.createOscillator(), loudness = audio.createGain();
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.06, now + at);
      loudness.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.18);
      tone.connect(loudness).connect(audio.destination);
      tone.start(now + at);
      tone.stop(now + at + 0.2);
    }
  } catch {
    audio = null; // no sound before somebody has touched the page
  }
}

/** The list was drawn again: tell of what is new in it. */
function compare() {
  const rows = readRows();
  const fresh = [...rows].filter(([id, row]) => row.unread > (known.get(id)?.unread ?? 0) && (document.hidden || id !== openConversation()));
  known = rows;
  badge([...rows.values()].filter((row) => row.unread).length);
  if (!fresh.length) return;
  if (root.dataset.sound === "on") beep();
  if (Date.now() - spokenAt > SPEAK_EVERY) {
    spokenAt = Date.now();
    announce(fresh.length === 1 ? `New message from ${fresh[0]?.[1].name}` : `${fresh.length} conversations with new messages`);
  }
  if (document.hidden && root.dataset.desktop === "on" && window.Notification?.permission === "granted")
    for (const [id, row] of fresh.slice(0, 3)) show(id, row.name);
}

/** @param {number} id @param {string} name */
function show(id, name) {
  // without the text: a screen may be shared
  const notice = new Notification(name, { body: "New message", tag: `conversation-${id}` });
  notice.onclick = () => {
    window.focus();
    /** @type {HTMLElement | null} */ (document.querySelector(`#c${id} a`))?.click();
    notice.close();
  };
}

document.addEventListener("htmx:after:swap", compare);
badge([...known.values()].filter((row) => row.unread).length);
