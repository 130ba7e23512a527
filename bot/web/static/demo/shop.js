// @ts-check
/** The made-up shop's own script: a basket, and a button that opens the chat. */

const basket = /** @type {HTMLElement} */ (document.querySelector("#basket b"));

document.querySelector("#buy")?.addEventListener("click", () => {
  basket.textContent = String(Number(basket.textContent) + 1);
});
document.querySelector("#ask")?.addEventListener("click", () => window.Whosthere?.open());
