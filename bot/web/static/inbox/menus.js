// @ts-check
/* Menus are popovers of the browser: this puts them below their buttons and moves in them by keys. */

const GAP = 6,
  EDGE = 8; // pixels

/** @param {HTMLElement} menu */
function place(menu) {
  const button = document.querySelector(`[popovertarget="${menu.id}"]`);
  if (!button) return;
  const from = button.getBoundingClientRect(),
    { offsetWidth: width, offsetHeight: height } = menu;
  const isRtl = getComputedStyle(menu).direction === "rtl";
  const start = isRtl ? from.left : from.right - width;
  const left = Math.max(EDGE, Math.min(start, innerWidth - width - EDGE));
  const isBelow = from.bottom + GAP + height < innerHeight;
  menu.style.inset = "auto";
  menu.style.left = `${left}px`;
  menu.style.top = `${isBelow ? from.bottom + GAP : Math.max(EDGE, from.top - GAP - height)}px`;
}

/** @param {HTMLElement} menu */
const items = (menu) => /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("[role^=menuitem]:not(:disabled)")]);

/** @param {KeyboardEvent} event */
function move(event) {
  const menu =
    event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest(".menu[popover]")) : null;
  if (!menu) return;
  const all = items(menu),
    at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  const next = steps[/** @type {keyof typeof steps} */ (event.key)];
  if (event.key === "Tab") menu.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  all.at(next % all.length)?.focus();
}

export function start() {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!(menu instanceof HTMLElement) || !menu.popover) return;
      const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
      document.querySelector(`[popovertarget="${menu.id}"]`)?.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) return;
      place(menu);
      const all = items(menu);
      (all.find((item) => item.ariaChecked === "true") ?? all[0] ?? menu).focus();
    },
    true,
  );
  document.addEventListener("keydown", move);
  addEventListener("resize", () => {
    for (const menu of document.querySelectorAll(".menu:popover-open")) place(/** @type {HTMLElement} */ (menu));
  });
  document.addEventListener("submit", (event) => {
    if (event.target instanceof Element)
      /** @type {HTMLElement | null} */ (event.target.closest(".menu:popover-open"))?.hidePopover();
  });
  document.addEventListener("click", (event) => {
    const shown = event.target instanceof Element ? event.target.closest("[data-shows=keys]") : null;
    if (!shown) return;
    /** @type {HTMLElement | null} */ (shown.closest("[popover]"))?.hidePopover();
    /** @type {HTMLDialogElement | null} */ (document.querySelector("#keys"))?.showModal();
  });
}
