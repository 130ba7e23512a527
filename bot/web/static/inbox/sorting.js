// @ts-check
/* Where the list has a row: three numbers say it. */

const place = (/** @type {HTMLElement} */ row) => (row.dataset.place ?? "").split(" ").map(Number);

/** @param {HTMLElement} one @param {HTMLElement} other */
export function isBefore(one, other) {
  const here = place(one),
    there = place(other);
  const at = here.findIndex((number, index) => number !== there[index]);
  return at >= 0 && /** @type {number} */ (here[at]) < /** @type {number} */ (there[at]);
}

/** The first that is not before, by halves. @param {HTMLElement[]} all @param {(row: HTMLElement) => boolean} isEarlier */
export function search(all, isEarlier) {
  let low = 0,
    high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isEarlier(/** @type {HTMLElement} */ (all[middle]))) low = middle + 1;
    else high = middle;
  }
  return low;
}
