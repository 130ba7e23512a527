// @ts-check
/* "Add contact": tabs by arrows, Escape closes, and Save waits until somebody has the email. */

/** @param {KeyboardEvent} event */
function press(event) {
  const at = /** @type {HTMLElement} */ (event.target);
  const panel = at.closest("#contact[role=group]");
  if (!panel) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation(); // what else Escape does is not meant
    /** @type {HTMLElement | null} */ (panel.querySelector("#contact-cancel"))?.click();
  } else if (event.key === " " && at.matches("a[role=tab], a[role=button]")) {
    event.preventDefault();
    at.click();
  } else if (at.matches("[role=tab]")) {
    walk(event, at);
  }
}

/** @param {KeyboardEvent} event @param {HTMLElement} at */
function walk(event, at) {
  const tabs = /** @type {HTMLElement[]} */ ([...(at.parentElement?.children ?? [])]);
  const here = tabs.indexOf(at),
    last = tabs.length - 1;
  const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: last }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  tabs[(next + tabs.length) % tabs.length]?.focus();
}

/** @param {boolean} isDisabled */
function disableSave(isDisabled) {
  const save = /** @type {HTMLButtonElement | null} */ (document.querySelector("#contact-save"));
  if (save) save.disabled = isDisabled;
}

/** Where there is no room for a third pane, it comes when it is wanted. @param {Event} event */
function drawer(event) {
  const at = /** @type {Element} */ (event.target),
    app = document.querySelector(".app");
  const side = /** @type {HTMLElement | null} */ (document.querySelector("#side"));
  const isOpen = app?.getAttribute("data-side") === "open";
  if (at.closest("#side-close") && isOpen) {
    side?.click();
    side?.focus();
  } else if (at.closest("#add-contact") && !isOpen && side?.checkVisibility()) {
    side.click();
  }
}

export function start() {
  document.addEventListener("click", drawer);
  document.addEventListener("keydown", press, true);
  document.addEventListener("input", (event) => {
    if (/** @type {HTMLElement} */ (event.target).matches("#contact-email")) disableSave(true); // until it was looked up
  });
  // htmx looks for it after each swap, and would take the focus back to where it once was meant to be
  document.addEventListener("focusin", (event) =>
    /** @type {HTMLElement} */ (event.target).removeAttribute("autofocus"),
  );
  disableSave(!document.querySelector("#found .hit")); // the page works without scripts: it comes enabled
}
