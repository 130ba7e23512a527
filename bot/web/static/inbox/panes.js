// @ts-check
/* Keeps the panes together: what is open, how far one has scrolled and read, whose zone it is. */

import { refresh, say } from "./live.js";
import { mark } from "./list.js";

/** @typedef {{sourceElement: Element, target?: Element, request: {action: string}, known?: string, response?: {status: number}}} Exchange */

const NEAR_THE_END = 80; // pixels
const A_YEAR = 31_536_000;
const MOST = 1_000; // messages
const CHUNK = 50; // as the server cuts

const log = () => document.querySelector("#log");
const thread = () => /** @type {HTMLElement | null} */ (document.querySelector("#thread[data-id]"));

const story = () => /** @type {HTMLElement | null} */ (document.querySelector("#log ol"));

/** How far up a conversation has been read back. */
let first = 0;
/** @type {number | null} */
let fromTheEnd = 0;
let isHeld = false;
let isAtEnd = true;
let lastShown = "";
/** @type {Element | null} */
let watched = null;

const firstShown = () => Number(document.querySelector("#log [data-seq]")?.getAttribute("data-seq")) || 0;

/** @param {Exchange} exchange */
function address(exchange) {
  const url = new URL(exchange.request.action, location.href);
  const to = thread()?.dataset.to;
  // who looks at the past and answers is shown the end
  if (exchange.target?.id === "thread" && first && !(to && exchange.sourceElement.id === "reply")) {
    url.searchParams.set("from", String(first));
    if (to) url.searchParams.set("to", to);
    // an act is answered in full: what stands here may be another then
    if (first === firstShown() && exchange.sourceElement.id === "thread") exchange.known = story()?.dataset.known ?? "";
    url.searchParams.set("known", exchange.known ?? "");
  }
  exchange.request.action = url.pathname + url.search;
}

/** What the page has already is taken from the page; false: the page has it no more. @param {Exchange} exchange @param {{fragment: DocumentFragment}[]} tasks */
function fill(exchange, tasks) {
  if (exchange.known === undefined) return true;
  const asked = exchange.known.split("."),
    here = (story()?.dataset.known ?? "").split(".");
  for (const same of tasks.flatMap((task) => [
    .../** @type {NodeListOf<HTMLElement>} */ (task.fragment.querySelectorAll("[data-same]")),
  ])) {
    const number = Number(same.dataset.same),
      start = number * CHUNK;
    if (asked[number] !== here[number]) return false;
    same.replaceWith(...[...(story()?.children ?? [])].slice(start, start + CHUNK).map((item) => item.cloneNode(true)));
  }
  return true;
}

function noteScroll() {
  const place = log();
  const below = place ? distance(place) : 0;
  fromTheEnd = isHeld || below > NEAR_THE_END ? below : null;
}

const distance = (/** @type {Element} */ place) => place.scrollHeight - place.scrollTop - place.clientHeight;

// the field grows, dots appear, a phone shows its keyboard: the end stays the end
const keeper = new ResizeObserver(() => {
  const place = log();
  if (place && isAtEnd) place.scrollTop = place.scrollHeight;
});

function watch() {
  const place = log(),
    last = thread()?.dataset.last ?? "";
  const typing = /** @type {HTMLElement | null} */ (document.querySelector("#typing"));
  if (typing && last !== lastShown) typing.hidden = true; // what was being written is there
  lastShown = last;
  if (place === watched) return;
  keeper.disconnect();
  watched = place;
  for (const part of [place, ...(place?.children ?? [])]) if (part) keeper.observe(part);
}

function scroll() {
  const place = log();
  watch();
  if (!place) return;
  // who reads the end sees what comes; who has gone up stays there
  if (fromTheEnd === null) place.scrollTop = place.scrollHeight;
  else if (isHeld) place.scrollTop = place.scrollHeight - place.clientHeight - fromTheEnd;
  isHeld = false;
  isAtEnd = distance(place) <= NEAR_THE_END;
}

/** The end is shown, or what was searched for where it was said. */
function begin() {
  first = firstShown();
  fromTheEnd = null;
  scroll();
  const place = log(),
    found = document.querySelector("#log .found");
  if (!place || !found) return;
  found.scrollIntoView({ block: "center" });
  isAtEnd = distance(place) <= NEAR_THE_END;
}

function showOpened() {
  mark();
  const name = document.querySelector("#thread h2")?.textContent;
  document.title = name ? `${name} · Inbox · Whosthere` : "Inbox · Whosthere";
  document.querySelector(".app")?.removeAttribute("data-side");
  begin();
  say("inbox:opened");
  say("inbox:list");
}

async function markRead() {
  const place = thread(),
    last = Number(place?.dataset.last);
  if (!place || document.hidden || !last || last <= Number(place.dataset.read ?? 0)) return;
  place.dataset.read = String(last);
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}");
  try {
    const answer = await fetch(`/inbox/${place.dataset.id}/read`, {
      method: "POST",
      headers,
      body: new URLSearchParams({ seq: String(last) }),
    });
    if (answer.status === 205) say("inbox:list");
  } catch {
    delete place.dataset.read; // the next signal tries again
  }
}

function goFurtherUp(/** @type {Event} */ event) {
  const link = event.target instanceof Element ? event.target.closest("#earlier a") : null;
  if (!link || (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey))) return;
  const next = Number(link.getAttribute("data-from"));
  if (Number(thread()?.dataset.last) - next >= MOST) return; // that page alone is shown
  event.preventDefault();
  first = next;
  isHeld = true;
  say("inbox:thread");
}

function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === document.documentElement.dataset.zone) return;
  document.cookie = `tz=${zone}; Path=/inbox; Max-Age=${A_YEAR}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  document.documentElement.dataset.zone = zone;
  refresh();
}

function showSide() {
  const app = document.querySelector(".app"),
    button = document.querySelector("#side");
  const isOpen = app?.getAttribute("data-side") !== "open";
  app?.setAttribute("data-side", isOpen ? "open" : "");
  button?.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) /** @type {HTMLElement | null} */ (document.querySelector("#details"))?.focus();
}

export function start() {
  document.addEventListener("htmx:before:request", (event) => address(/** @type {CustomEvent} */ (event).detail.ctx));
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = /** @type {CustomEvent} */ (event).detail;
    if (fill(ctx, tasks)) return noteScroll();
    event.preventDefault();
    say("inbox:thread");
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const target = /** @type {CustomEvent} */ (event).detail.ctx.target;
    if (target?.id === "open") showOpened();
    else scroll();
    markRead();
  });
  document.addEventListener(
    "scroll",
    (event) => {
      const place = log();
      if (place && event.target === place) isAtEnd = distance(place) <= NEAR_THE_END;
    },
    true,
  );
  document.addEventListener("click", goFurtherUp);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("#side")) showSide();
  });
  document.addEventListener("change", (event) => {
    // the filters stand beside the form, and a change of theirs does not reach it
    if (event.target instanceof HTMLSelectElement && event.target.form?.id === "search")
      event.target.form.requestSubmit();
  });
  document.addEventListener("visibilitychange", markRead);
  begin();
  markRead();
  setTimeout(tellZone); // htmx begins to listen by a timer of its own, set before
}
