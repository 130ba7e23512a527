// @ts-check
/* The list keeps what it shows: a signal brings the rows that changed, and each goes where the list has it. */

import { isBefore, search } from "./sorting.js";

const SOME = 50,
  MANY = 100; // rows
const PATIENCE = 20_000;

/** @typedef {{id: string, top: number}[]} Sight */

/** @type {Set<string>} */
const named = new Set();
/** What was named since a whole list was asked for: it may have been read before that. @type {Set<string>} */
const since = new Set();
let isWhole = false,
  isHead = false,
  isMore = false,
  isBusy = false;
let turn = 0,
  told = () => {};
/** @type {Sight} */
let seen = [];

const list = () => /** @type {HTMLElement | null} */ (document.querySelector("#list"));
const box = () => /** @type {HTMLElement | null} */ (document.querySelector("#rows"));
const tail = () => /** @type {HTMLElement | null} */ (document.querySelector("#further"));
const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#rows li[data-name]")]);
const top = (/** @type {Element} */ element) => element.getBoundingClientRect().top;

/** @type {string | undefined} */
let query = list()?.dataset.query;

/** Which rows are in sight, and where. */
function look() {
  const place = box();
  if (!place?.clientHeight) return seen; // a phone shows a conversation in its place
  const { top: start, bottom: end } = place.getBoundingClientRect(),
    all = rows();
  const first = search(all, (row) => row.getBoundingClientRect().bottom <= start);
  const last = search(all, (row) => top(row) < end);
  return place.scrollTop ? all.slice(first, last).map((row) => ({ id: row.id, top: top(row) - start })) : [];
}

/** The first of these rows that is still there stands where it stood. @param {Sight} sight */
function keep(sight) {
  const place = box(),
    held = sight.find(({ id }) => document.getElementById(id));
  seen = sight;
  if (!place?.clientHeight) return;
  if (held) place.scrollTop += top(/** @type {Element} */ (document.getElementById(held.id))) - top(place) - held.top;
  seen = look();
}

/** @param {string} query */
async function ask(query) {
  const shown = list()?.dataset.query;
  const address = `/inbox/rows${shown || "?"}${shown ? "&" : ""}${query}`;
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  return made.content;
}

/** @param {HTMLElement} known @param {HTMLElement} found */
function renew(known, found) {
  const { unread, name, place, version } = found.dataset;
  Object.assign(known.dataset, { unread, name, place, version });
  const was = known.querySelector("a"),
    is = found.querySelector("a");
  if (!was || !is) return known;
  was.className = is.className;
  for (const name of ["href", "hx-get"]) was.setAttribute(name, is.getAttribute(name) ?? "");
  was.replaceChildren(...is.childNodes);
  return known;
}

/** @param {HTMLElement} row @param {Set<string>} moved */
function settle(row, moved) {
  const end = tail(),
    others = rows().filter((other) => other !== row);
  if (end?.dataset.place && isBefore(end, row)) return row.remove(); // it comes when one goes on
  const next = others[search(others, (other) => isBefore(other, row))] ?? end,
    ul = box()?.querySelector("ul");
  if (row.isConnected && row.nextElementSibling === next) return;
  moved.add(row.id);
  const held = row.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  ul?.insertBefore(row, next ?? null);
  held?.focus({ preventScroll: true });
}

/** @param {DocumentFragment} part @param {(row: HTMLElement) => boolean} ought what must be in it, or is gone @param {boolean} [isOld] */
function fold(part, ought, isOld) {
  const sight = look(),
    /** @type {Set<string>} */ moved = new Set(),
    there = new Set();
  for (const found of /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll("li[id^=c]"))) {
    const known = document.getElementById(found.id);
    there.add(found.id);
    if (!found.dataset.place) continue; // as it is
    settle(known ? renew(known, found) : found, moved);
    if (!known) /** @type {any} */ (window).htmx.process(found);
  }
  for (const row of rows()) if (!there.has(row.id) && ought(row)) row.remove();
  for (const count of part.querySelectorAll(".n")) {
    const shown = document.querySelector(`#${count.parentElement?.id} .n`);
    if (shown) shown.textContent = count.textContent;
  }
  told();
  keep(sight.filter(({ id }) => !moved.has(id)));
  document.body.dispatchEvent(new CustomEvent("inbox:rows", { detail: { isOld } }));
}

async function readNamed() {
  const asked = [...named].slice(0, MANY),
    mine = turn;
  for (const id of asked) named.delete(id);
  try {
    const part = await ask(`named=${asked.join(".")}`);
    if (mine === turn) return fold(part, (row) => asked.includes(row.id.slice(1)));
  } catch (error) {
    for (const id of asked) named.add(id);
    throw error;
  }
  for (const id of asked) named.add(id); // another list is here
}

/** Read some rows after a place. @param {number} count @param {HTMLElement} [from] @returns {Promise<HTMLElement | null>} where to go on */
async function readSlice(count, from) {
  const mine = turn,
    shown = from ? rows().filter((row) => isBefore(from, row)) : rows();
  const known = shown.slice(0, count + SOME).map((row) => `${row.id.slice(1)}-${row.dataset.version}`);
  const part = await ask(`rows=${count}&after=${from?.dataset.after ?? ""}&known=${known.join(".")}`);
  if (mine !== turn) {
    isWhole = true; // another list is here, which may have been read before
    return null;
  }
  const end = /** @type {HTMLElement | null} */ (part.querySelector("#further")),
    last = rows().at(-1);
  const isLast = !end?.dataset.place || !last || !isBefore(end, last);
  if (isLast) {
    tail()?.remove();
    if (end) box()?.querySelector("ul")?.append(end);
    watch();
  }
  fold(part, (row) => !(from && !isBefore(from, row)) && !(end?.dataset.place && isBefore(end, row)), Boolean(from));
  return isLast ? null : end;
}

/** What is shown is read again, part by part. */
async function readAll() {
  /** @type {HTMLElement | null} */
  let from = null;
  do from = await readSlice(MANY, from ?? undefined);
  while (from);
}

async function readHead() {
  await readSlice(SOME);
}

async function readMore() {
  const end = tail();
  if (!end?.dataset.after) return;
  try {
    await readSlice(SOME, end);
  } catch (error) {
    isMore = true;
    throw error;
  }
}

function take() {
  if (isWhole) {
    isWhole = isHead = false;
    named.clear();
    return readAll().catch((error) => {
      isWhole = true;
      throw error;
    });
  }
  if (named.size) return readNamed();
  if (isHead) return ((isHead = false), readHead());
  if (isMore) return ((isMore = false), readMore());
  return null;
}

async function work() {
  if (isBusy || list()?.dataset.query === undefined) return;
  isBusy = true;
  try {
    for (let next = take(); next; next = take()) await next;
  } catch {
    // the next signal tries again
  }
  isBusy = false;
}

/** Who comes to the end goes on. */
const watcher = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  isMore = true;
  work();
});

function watch() {
  watcher.disconnect();
  const end = tail();
  if (end?.dataset.after) watcher.observe(end);
}

/** @param {{conversations?: number[], isOld?: boolean} | null} detail */
function hear(detail) {
  const ids =
    detail?.conversations ??
    (detail?.isOld
      ? look().map((row) => Number(row.id.slice(1)))
      : [Number(document.querySelector("#thread")?.getAttribute("data-id"))]);
  if (detail?.isOld) isHead = true;
  else if (!ids.length) isWhole = true;
  for (const id of ids.filter(Boolean)) {
    named.add(String(id));
    since.add(String(id));
  }
  work();
}

/** Another list is shown. */
function begin() {
  turn++;
  for (const id of since) named.add(id);
  const place = box();
  if (place && list()?.dataset.query !== query) place.scrollTop = 0;
  query = list()?.dataset.query;
  seen = [];
  watch();
  work();
}

/** Who comes back finds as many rows as there were. */
async function restore() {
  const left = history.state?.list;
  if (!left || left.query !== query) return;
  isBusy = true;
  try {
    while (rows().length < left.count && tail()?.dataset.after) await readSlice(MANY, tail() ?? undefined);
  } catch {
    // there is the beginning
  }
  isBusy = false;
  keep(left.sight);
}

/** @param {Event} event */
const isOfList = (event) => /** @type {CustomEvent} */ (event).detail.ctx.target?.id === "list";

/** @type {Record<string, (event: Event) => void>} */
const ears = {
  "inbox:list": (event) => hear(/** @type {CustomEvent} */ (event).detail),
  "inbox:opened": () => keep(seen),
  "htmx:before:request": (event) => isOfList(event) && since.clear(),
  "htmx:after:swap": (event) => isOfList(event) && begin(),
  scroll: (event) => event.target === box() && (seen = look()),
  click(event) {
    const at = /** @type {MouseEvent} */ (event);
    if (!(at.target instanceof Element && at.target.closest("#further a")) || at.ctrlKey || at.metaKey || at.shiftKey)
      return;
    event.preventDefault();
    isMore = true;
    work();
  },
};

/** @param {Event[]} early what has happened before this was here @param {() => void} whenChanged */
export async function start(early, whenChanged) {
  told = whenChanged;
  for (const [kind, ear] of Object.entries(ears)) document.addEventListener(kind, ear, true);
  addEventListener("pagehide", () =>
    history.replaceState({ ...history.state, list: { query, sight: look(), count: rows().length } }, ""),
  );
  watch();
  await restore();
  for (const event of early) ears[event.type]?.(event);
}
