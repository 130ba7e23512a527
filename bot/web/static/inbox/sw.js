// @ts-check
/* Shows what the server pushes, and opens the conversation when it is tapped. Nothing else. */

const worker = /** @type {any} */ (self);

/** @param {string | null} url */
function own(url) {
  const home = new URL("/inbox", worker.location.origin);
  if (!url) return home.href;
  const wanted = new URL(url, home);
  return wanted.origin === home.origin && wanted.pathname.startsWith("/inbox") ? wanted.href : home.href;
}

worker.addEventListener("push", (/** @type {any} */ event) => {
  const told = event.data?.json() ?? {};
  const options = { body: told.body, tag: told.tag, renotify: Boolean(told.tag), data: { url: own(told.url) } };
  event.waitUntil(worker.registration.showNotification(told.title ?? "Whosthere", options));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

/** @param {string} url */
async function open(url) {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((/** @type {any} */ one) => one.url === url) ?? null;
  return page ? page.focus() : worker.clients.openWindow(url);
}
