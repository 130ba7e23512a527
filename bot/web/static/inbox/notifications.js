// @ts-check
/* Lets this browser take pushes, or no longer, when the agent says so. */

const box = /** @type {HTMLElement} */ (document.querySelector("#device"));
const allow = /** @type {HTMLButtonElement} */ (document.querySelector("#allow"));
const forbid = /** @type {HTMLButtonElement} */ (document.querySelector("#forbid"));
const state = /** @type {HTMLElement} */ (document.querySelector("#device-state"));
const WORKER = "/inbox/sw.js";

/* a script's address is checked as strictly as HTML: this one, and no other */
/** @type {any} */ (window).trustedTypes?.createPolicy("default", {
  createScriptURL: (/** @type {string} */ url) => (url === WORKER ? url : null),
});

const zone = /** @type {HTMLInputElement | null} */ (document.querySelector("#zone[data-unset]"));
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;

/** @param {string} words @param {HTMLButtonElement} [next] */
function show(words, next) {
  state.textContent = words;
  allow.hidden = next !== allow;
  forbid.hidden = next !== forbid;
}

/** @param {string} text */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {string} path @param {Record<string, string>} fields */
async function tell(path, fields) {
  const response = await fetch(`/inbox/notifications/${path}`, {
    method: "POST",
    headers: { "X-CSRF-Token": box.dataset.csrf ?? "" },
    body: new URLSearchParams(fields),
  });
  if (response.ok) return;
  const refusal = await response.json().catch(() => ({}));
  throw new Error(refusal.error ?? "The server did not take it. Try again.");
}

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  return worker ? worker.pushManager.getSubscription() : null;
}

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted")
    return show("Your browser does not allow this page to notify you. Its own settings change that.", allow);
  const worker = await navigator.serviceWorker.register(WORKER);
  await navigator.serviceWorker.ready.catch(() => null);
  const made = await worker.pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key ?? "") })
    .catch(() => null);
  if (!made)
    return show(
      "This browser could not be set up for pushes. Private windows and some networks do not allow them.",
      allow,
    );
  const { endpoint, keys } = made.toJSON();
  await tell("devices", { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" });
  return look();
}

async function unsubscribe() {
  const made = await subscription();
  if (made) {
    await tell("devices/forget", { endpoint: made.endpoint });
    await made.unsubscribe();
  }
  return look();
}

async function look() {
  if (!("serviceWorker" in navigator && "PushManager" in window)) return show("This browser takes no pushes.");
  return (await subscription())
    ? show("This browser is told, also while the inbox is closed.", forbid)
    : show("This browser is told nothing while the inbox is closed.", allow);
}

/** @param {() => Promise<unknown>} act */
function try_(act) {
  act().catch((error) => show(error instanceof Error ? error.message : String(error), allow));
}

allow.addEventListener("click", () => try_(subscribe));
forbid.addEventListener("click", () => try_(unsubscribe));
try_(look);

export {};
