// @ts-check
/* What reaches an agent who looks elsewhere: title, badge of the app, desktop notification, sound. */

import { openConversation } from "./live.js";

const SPEAK_EVERY = 10_000;
const root = document.documentElement;
let spokenAt = 0;

/** What stands in the list, by conversation: how much is unread and by whom. */
function readRows() {
  /** @type {Map<number, {unread: number, name: string}>} */
  const rows = new Map();
  for (const row of document.querySelectorAll("#list [data-unread]"))
    rows.set(Number(row.id.slice(1)), {
      unread: Number(row.getAttribute("data-unread")),
      name: row.getAttribute("data-name") ?? "",
    });
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

/** The list was drawn again: tell of what is new in it. */
function compare() {
  const rows = readRows();
  const fresh = [...rows].filter(
    ([id, row]) => row.unread > (known.get(id)?.unread ?? 0) && (document.hidden || id !== openConversation()),
  );
  known = rows;
  badge([...rows.values()].filter((row) => row.unread).length);
  if (!fresh.length) return;
  const wanted =
    document.hidden && root.dataset.desktop === "on" && window.Notification?.permission === "granted"
      ? fresh.slice(0, 3)
      : [];
  if (root.dataset.sound === "on" || wanted.length) alarm(wanted);
  if (Date.now() - spokenAt > SPEAK_EVERY) {
    spokenAt = Date.now();
    announce(
      fresh.length === 1 ? `New message from ${fresh[0]?.[1].name}` : `${fresh.length} conversations with new messages`,
    );
  }
}

/** Few agents want it: the first look does without. @param {[number, {name: string}][]} wanted */
async function alarm(wanted) {
  const { beep, show } = await import("./alarms.js");
  if (root.dataset.sound === "on") beep();
  for (const [id, row] of wanted) show(id, row.name);
}

document.addEventListener("htmx:after:swap", compare);
document.body.addEventListener("inbox:rows", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.isOld) known = readRows(); // further down in the list: no news
  compare();
});
badge([...known.values()].filter((row) => row.unread).length);
