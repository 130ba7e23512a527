// @ts-check
/** Finds what must be there. */

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} parent @param {string} selector @returns {T}
 */
export const find = (parent, selector) => /** @type {T} */ (parent.querySelector(selector));
