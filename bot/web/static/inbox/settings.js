// @ts-check
/* Asks the browser for its permission when an agent wants notifications, and not before. */

const box = /** @type {HTMLInputElement | null} */ (document.querySelector("#desktop"));
const more = document.querySelector("#desktop-more");

/** @param {string} words */
function refuse(words) {
  if (box) box.checked = false;
  if (more) more.textContent = words;
}

box?.addEventListener("change", async () => {
  if (!box.checked) return;
  if (!("Notification" in window)) return refuse("This browser shows none.");
  if ((await Notification.requestPermission()) !== "granted")
    refuse("Your browser does not allow this page to show any. Its own settings change that.");
});
