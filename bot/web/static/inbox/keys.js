// @ts-check
/* One letter, one act: only outside of fields, without modifiers, and never for who has said no. */

/** @param {string} selector */
const find = (selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector));
const isOn = () => document.documentElement.dataset.shortcuts !== "off";

/** @param {number} step */
function go(step) {
  const items = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#rows .item")]);
  const at = items.findIndex((item) => item.hasAttribute("aria-current"));
  const next = at < 0 ? items[0] : items[at + step];
  next?.focus();
  next?.click();
}

/** @param {string} kind */
function write(kind) {
  const choice = /** @type {HTMLInputElement | null} */ (find(`#kind-${kind}`));
  if (choice && !choice.disabled && !choice.checked) choice.click();
  find("#text")?.focus();
}

function closeAndGo() {
  const button = find("#close");
  if (!button) return;
  const rows = [...document.querySelectorAll("#rows li[data-name]")];
  const at = rows.findIndex((row) => row.querySelector("[aria-current]"));
  const next = (rows[at + 1] ?? rows[at - 1])?.id;
  document.addEventListener(
    "htmx:after:swap",
    () => {
      // who came too late is told so, and stays
      if (next && !find("#notice p")) find(`#${next} .item`)?.click();
    },
    { once: true },
  );
  button.click();
}

/** @type {Record<string, () => void>} */
const ACTS = {
  j: () => go(1),
  k: () => go(-1),
  r: () => write("reply"),
  n: () => write("note"),
  a: () => {
    find("#assign")?.focus(); // where the focus comes back to
    find("#assign")?.click();
  },
  m: () => find("#assign-menu [data-me][aria-checked=false]")?.click(),
  e: closeAndGo,
  c: () => find("#add-contact")?.click(),
  "/": () => find("#q")?.focus(),
  "?": () => /** @type {HTMLDialogElement | null} */ (find("#keys"))?.showModal(),
};

/** @param {KeyboardEvent} event */
function press(event) {
  const at = /** @type {HTMLElement} */ (event.target);
  const isField = at.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  if (event.key === "Escape") return leave(at, isField);
  if (isField || event.ctrlKey || event.metaKey || event.altKey || (event.repeat && !"jk".includes(event.key))) return;
  if (at.closest("dialog, .menu:popover-open")) return;
  const act = isOn() ? ACTS[event.key] : undefined;
  if (!act) return;
  event.preventDefault();
  act();
}

/** @param {HTMLElement} at @param {boolean} isField */
function leave(at, isField) {
  const app = find(".app[data-side=open]");
  if (isField) at.blur();
  else if (app && !document.querySelector(":popover-open")) find("#side")?.click();
}

export const start = () => document.addEventListener("keydown", press);
