// @ts-check
/* What keeps the list as it is comes when anything happens to the list: the first look does without. */

import { openConversation } from "./live.js";

/** @type {Event[]} */
const early = [];
let isLoading = false,
  tries = 0;

/** @param {Event} event */
function concerns(event) {
  const at = event.target;
  if (event.type === "scroll") return at instanceof Element && at.id === "rows";
  if (event instanceof MouseEvent)
    return at instanceof Element && at.closest("#further a") && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  return event.type === "inbox:list" || /** @type {CustomEvent} */ (event).detail.ctx.target?.id === "list";
}

const KINDS = ["inbox:list", "scroll", "click", "htmx:before:request", "htmx:after:swap"];

/** @param {Event} event */
function note(event) {
  if (!concerns(event)) return;
  if (event.type === "click") event.preventDefault();
  early.push(event);
  load();
}

async function load() {
  if (isLoading) return;
  isLoading = true;
  try {
    const { start } = await import(`./rows.js${tries++ ? `?${tries}` : ""}`); // a browser may not ask twice for one address
    for (const kind of KINDS) document.removeEventListener(kind, note, true);
    start(early, mark);
  } catch {
    isLoading = false; // what happens next tries again
  }
}

/** Show which row is open. */
export function mark() {
  const open = openConversation();
  for (const item of document.querySelectorAll("#list .item")) {
    if (item.parentElement?.id === `c${open}`) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
}

/** Going back beside the same list leaves the list alone. @param {Event} event */
function goBack(event) {
  const { path } = /** @type {CustomEvent} */ (event).detail;
  const search = new URL(path, location.href).search.replace(/[?&]at=\d+$/, "");
  if (search !== document.querySelector("#list")?.getAttribute("data-query")) return;
  event.preventDefault();
  const left = openConversation();
  /** @type {any} */ (window).htmx
    .ajax("GET", path, { source: "#open", target: "#open", swap: "innerHTML" })
    .then(() => {
      if (!openConversation())
        /** @type {HTMLElement | null} */ (document.querySelector(`#c${left} .item`))?.focus({ preventScroll: true });
    });
}

export function start() {
  for (const kind of KINDS) document.addEventListener(kind, note, true);
  document.addEventListener("htmx:before:history:restore", goBack);
  document.addEventListener("htmx:error", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.ctx?.sourceElement?.id === "open") location.reload();
  });
  const end = document.querySelector("#further");
  if (history.state?.list || (end && end.getBoundingClientRect().top < innerHeight)) load();
}
