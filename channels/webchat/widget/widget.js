// @ts-check
/**
 * The one line that a site embeds. It draws the launcher and opens the chat, a frame of the chat's
 * own server, only when the visitor asks for it or has chatted before in this browser.
 */
(() => {
  if (window.Whosthere) return; // embedded twice
  const { origin, title, locale, accent, strings } = __SETTINGS__;
  const script = document.currentScript;
  /** @type {DOMStringMap} */
  const wishes = script instanceof HTMLScriptElement ? script.dataset : {};
  const page = document.documentElement;
  const primary = (/** @type {string} */ tag) => tag.split("-")[0].toLowerCase();
  const language =
    [wishes.lang ?? "", page.lang, ...navigator.languages].find((tag) => strings[primary(tag)]) ??
    locale;
  const texts = strings[primary(language)];
  const phone = matchMedia("(max-width: 480px), (max-height: 480px)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const icons = {
    chat: "M4 5h16v11H12l-5 4v-4H4z",
    down: "M6 9l6 6 6-6",
    close: "M6 6l12 12M18 6L6 18",
  };

  const style = `:host{all:initial;--accent:${accent.light.accent};--on:${accent.light.on_accent};--bg:#fff;--ink:#57534c}
:host([data-theme=dark]){--accent:${accent.dark.accent};--on:${accent.dark.on_accent};--bg:#181c1a;--ink:#b6bdb9}
button{border:0;padding:0;cursor:pointer;display:grid;place-items:center}
.go{position:fixed;z-index:2147483646;inset-block-end:max(20px,env(safe-area-inset-bottom));inset-inline-end:20px;inline-size:56px;block-size:56px;border-radius:50%;background:var(--accent);color:var(--on);box-shadow:0 4px 14px #0000003d;transition:transform .15s}
.go:hover{transform:scale(1.06)}
svg{inline-size:26px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
button:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.go b{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-inline-size:22px;padding-inline:6px;border-radius:11px;background:#b3261e;color:#fff;font:600 13px/22px Inter,system-ui,sans-serif;box-sizing:border-box}
.go b:empty{display:none}
dialog{position:fixed;z-index:2147483647;inset:auto;inset-block-end:88px;inset-inline-end:20px;margin:0;padding:0;border:0;inline-size:392px;block-size:min(680px,100dvh - 108px);border-radius:16px;overflow:hidden;background:var(--bg);box-shadow:0 12px 48px #00000038;color-scheme:normal}
dialog::backdrop{background:none}
iframe{position:absolute;inset:0;inline-size:100%;block-size:100%;border:0}
.wait{position:absolute;inset:0;display:grid;place-items:center;color:var(--ink)}
.wait button{position:absolute;inset-block-start:14px;inset-inline-end:8px;inline-size:44px;block-size:44px;background:none;color:inherit}
i{inline-size:24px;block-size:24px;border:3px solid;border-inline-end-color:#0000;border-radius:50%;animation:r 1s linear infinite}
@keyframes r{to{rotate:1turn}}
@keyframes in{from{opacity:0;transform:translateY(12px)}}
@media (max-width:480px),(max-height:480px){dialog{inset:0;inline-size:100%;max-inline-size:none;block-size:100dvh;max-block-size:none;border-radius:0}}
@media (prefers-reduced-motion:no-preference){dialog[open]{animation:in .2s cubic-bezier(.2,0,0,1)}}
@media (prefers-reduced-motion:reduce){.go{transition:none}i{animation-duration:4s}}
@media (forced-colors:active){.go,dialog{border:1px solid}}
@media print{:host{display:none}}`;

  /**
   * Build an element. No markup is ever parsed, so that a site may enforce Trusted Types.
   * @param {string} name @param {Record<string, string>} attributes @param {Node[]} children
   */
  const make = (name, attributes = {}, ...children) => {
    const svg = name === "svg" || name === "path";
    const element = svg
      ? document.createElementNS("http://www.w3.org/2000/svg", name)
      : document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.append(...children);
    return element;
  };
  const drawing = (/** @type {string} */ d) => {
    const box = { viewBox: "0 0 24 24", "aria-hidden": "true" };
    return make("svg", box, make("path", { d }));
  };

  const host = make("div");
  const root = host.attachShadow({ mode: "open" });
  const badge = make("b", { "aria-hidden": "true" });
  const launcher = /** @type {HTMLButtonElement} */ (
    make(
      "button",
      { class: "go", "aria-haspopup": "dialog" },
      drawing(icons.chat),
      badge,
    )
  );
  const leave = make("button", { "aria-label": texts.close }, drawing(icons.close));
  const wait = make("div", { class: "wait" }, make("i"), leave);
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { "aria-label": title }, wait));
  const frame = /** @type {HTMLIFrameElement} */ (make("iframe", { title }));
  let isReady = false;
  let loadedAt = -Infinity;
  let unread = 0;

  /** Only a hint that this browser has chatted: who it is stays in a cookie no script can read. */
  const hasChatted = (isSure = false) => {
    try {
      if (isSure) localStorage.setItem("whosthere", "1");
      return localStorage.getItem("whosthere") === "1";
    } catch {
      return false; // storage is blocked
    }
  };
  const tell = (/** @type {object} */ message) => {
    if (isReady) frame.contentWindow?.postMessage(message, origin);
  };
  const tellOpen = () => tell({ type: "open", focus: !matchMedia("(pointer: coarse)").matches });

  /** Where the visitor is, without what may follow the path and be secret. */
  const here = () => ({
    url: location.origin + location.pathname,
    title: document.title,
    referrer: document.referrer,
  });
  const paint = () => {
    const isDark = wishes.theme === "dark" || (wishes.theme === "auto" && dark.matches);
    const theme = isDark ? "dark" : "light";
    host.dataset.theme = theme;
    tell({ type: "init", theme, page: here() });
  };
  const label = () => {
    const words = texts.unread[new Intl.PluralRules(language).select(unread)] ?? texts.unread.other;
    const news = unread ? `, ${words.replace("{n}", String(unread))}` : "";
    launcher.setAttribute("aria-label", dialog.open ? texts.close : texts.open + news);
    launcher.setAttribute("aria-expanded", String(dialog.open));
    launcher.querySelector("path")?.setAttribute("d", dialog.open ? icons.down : icons.chat);
    badge.textContent = dialog.open || !unread ? "" : unread > 9 ? "9+" : String(unread);
  };
  const load = () => {
    if (isReady || performance.now() - loadedAt < 10_000) return; // what fails is tried again
    loadedAt = performance.now();
    const query = new URLSearchParams({
      origin: location.origin,
      lang: language,
      dir: getComputedStyle(page).direction,
    });
    frame.style.visibility = "hidden";
    frame.src = `${origin}/chat/frame?${query}`;
    dialog.append(frame);
  };
  /** The keyboard of iOS covers the page without making it smaller: follow what is left to see. */
  const fit = () => {
    const view = dialog.open && phone.matches && visualViewport?.scale === 1 ? visualViewport : null;
    dialog.style.blockSize = view ? `${view.height}px` : "";
    dialog.style.insetBlockStart = view ? `${view.offsetTop}px` : "";
  };
  const open = () => {
    if (dialog.open) return;
    load();
    if (phone.matches) dialog.showModal();
    else dialog.show();
    if (isReady) frame.focus();
    fit();
    paint(); // the page may be another one by now
    tellOpen();
    label();
  };
  const close = () => dialog.close();

  dialog.addEventListener("close", () => {
    label();
    fit();
    tell({ type: "closed" });
    launcher.focus();
  });
  root.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === "Escape") close();
  });
  launcher.addEventListener("click", () => (dialog.open ? close() : open()));
  leave.addEventListener("click", close);
  dark.addEventListener("change", paint);
  window.navigation?.addEventListener("navigatesuccess", paint); // a page that loads no other
  visualViewport?.addEventListener("resize", fit);
  visualViewport?.addEventListener("scroll", fit);

  addEventListener("message", ({ origin: from, source, data }) => {
    if (from !== origin || !source || source !== frame.contentWindow) return;
    switch (data?.type) {
      case "ready":
        isReady = true;
        paint();
        frame.style.visibility = "";
        if (dialog.open) {
          frame.focus();
          tellOpen();
        }
        break;
      case "started":
        hasChatted(true);
        break;
      case "close":
        close();
        break;
      case "unread":
        if (Number.isSafeInteger(data.count) && data.count >= 0) unread = data.count;
        label();
    }
  });

  const start = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    root.append(launcher, dialog);
    paint();
    label();
    document.body.append(host);
    if (!hasChatted()) return;
    // the page comes first
    if (document.readyState === "complete") load();
    else addEventListener("load", load);
  };
  window.Whosthere = { open, close };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
