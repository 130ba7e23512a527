// Building and changing the page: data becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {string} name @param {number} size */
export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, "svg");
  for (const side of ["width", "height"]) svg.setAttribute(side, String(size));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Leave a node alone that says the same already. @param {Element} node @param {string} text */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const precise = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** @param {string | Date} at */
export const hour = (at) => clock.format(new Date(at));
/** @param {string} at */
export const second = (at) => precise.format(new Date(at));

const announcer = byId("announcer");

/** Tell those who listen instead of looking. @param {string} text */
export function announce(text) {
  announcer.append(make("p", {}, text));
  while (announcer.childElementCount > 3) announcer.firstElementChild?.remove();
}
