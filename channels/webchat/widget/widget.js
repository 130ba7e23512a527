// @ts-check
/**
 * The one line that a site embeds. It draws the launcher and opens the chat, a frame of the chat's
 * own server, only when the visitor asks for it or has chatted before in this browser.
 */
(() => {
  if (window.Whosthere?.attach) return window.Whosthere.attach(); // embedded twice, or run again
  const { origin, title, locale, style, strings, refused } = __SETTINGS__;
  const wishes = document.currentScript?.dataset ?? {};
  const language =
    [wishes.lang ?? "", document.documentElement.lang, ...navigator.languages]
      .map((tag) => tag.split("-")[0].toLowerCase())
      .find((tag) => strings[tag]) ?? locale;
  const [opens, closes, failed, again] = strings[language];
  const phone = matchMedia("(max-width: 480px), (max-height: 480px)");
  const dark = matchMedia("(prefers-color-scheme: dark)");

  /**
   * Build an element. No markup is ever parsed, so that a site may enforce Trusted Types.
   * @param {string} name @param {Record<string, string>} attributes @param {(Node | string)[]} children
   */
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElementNS(
      `http://www.w3.org/${name === "svg" || name === "path" ? "2000/svg" : "1999/xhtml"}`,
      name,
    );
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.append(...children);
    return /** @type {HTMLElement} */ (element);
  };

  // in the top layer, where there is one, nothing reaches it that is done to the page's root
  const host = make("whosthere-chat", { popover: "manual" });
  const root = host.attachShadow({ mode: "open" });
  const drawing = make("path");
  const icon = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, drawing);
  const badge = make("b", { "aria-hidden": "true" });
  const launcher = make("button", { class: "go", "aria-haspopup": "dialog" }, icon, badge);
  const leave = make("button", { class: "off", "aria-label": closes }, "×");
  const redo = make("button", { class: "again" }, again);
  const trouble = make("div", { role: "alert", dir: "auto" }, failed, redo);
  const spinner = make("i");
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { "aria-label": title }));
  const frame = /** @type {HTMLIFrameElement} */ (make("iframe", { title }));
  let isReady = false;
  let unread = 0;
  /** The same in words, as the frame says them. */
  let news = "";
  /** Until the frame has come, has failed, or is tried again. */
  let timer = 0;
  let failures = 0;
  let returns = 0;
  let isSaid = false;

  /** Only a hint that this browser has chatted: who it is stays in a cookie no script can read. */
  const hasChatted = (isSure = false) => {
    try {
      if (isSure) localStorage.whosthere = 1;
      return localStorage.whosthere;
    } catch {
      // storage is blocked
    }
  };
  const tell = (/** @type {object} */ message) => {
    if (isReady) frame.contentWindow?.postMessage(message, origin);
  };
  const tellOpen = () => tell({ type: "open", focus: !matchMedia("(pointer: coarse)").matches });
  const paint = () => {
    const isDark = wishes.theme === "dark" || (wishes.theme === "auto" && dark.matches);
    const theme = isDark ? "dark" : "light";
    host.dataset.theme = theme;
    // where the visitor is, without what may follow the path and be secret
    const url = location.origin + location.pathname;
    tell({ type: "init", theme, page: { url, title: document.title, referrer: document.referrer } });
  };
  const label = () => {
    const isOpen = dialog.open;
    launcher.ariaLabel = isOpen ? closes : opens + news;
    launcher.ariaExpanded = `${isOpen}`;
    drawing.setAttribute("d", isOpen ? "M6 9l6 6 6-6" : "M4 5h16v11H12l-5 4v-4H4z");
    badge.textContent = isOpen || !news ? "" : unread > 9 ? "9+" : `${unread}`;
  };

  const later = (/** @type {() => void} */ act, /** @type {number} */ pause) => {
    clearTimeout(timer);
    timer = setTimeout(act, pause);
  };
  const complain = () => {
    if (!isSaid)
      console.error(
        `Whosthere: no frame of ${origin} on ${location.origin}. See WEBCHAT_ALLOWED_ORIGINS, and frame-src, COEP, sandbox.`,
      );
    isSaid = true;
  };
  const fail = () => {
    complain();
    spinner.replaceWith(trouble);
    failures++;
    // a closed chat waits for its next opening
    if (dialog.open) later(load, Math.min(60_000, 1_000 * 2 ** failures));
  };
  /** The frame is on its way. */
  const expect = () => {
    isReady = false;
    if (!leave.isConnected) dialog.prepend(spinner, leave);
    later(fail, 7_000);
  };
  const load = () => {
    const { direction } = getComputedStyle(host);
    frame.remove(); // loaded anew in its place it would be a step in the page's history
    frame.src = `${origin}/chat/frame?origin=${encodeURIComponent(location.origin)}&lang=${language}&dir=${direction}`;
    dialog.append(frame);
    expect();
  };
  const retry = () => {
    trouble.replaceWith(spinner);
    leave.focus();
    load();
  };
  /** The keyboard of iOS covers the page without making it smaller: follow what is left to see. */
  const fit = () => {
    const view = dialog.open && phone.matches && visualViewport?.scale === 1 ? visualViewport : null;
    dialog.style.height = view ? `${view.height}px` : "";
    dialog.style.top = view ? `${view.offsetTop}px` : "";
  };
  const show = () => {
    if (phone.matches) dialog.showModal();
    else dialog.show();
    if (isReady) frame.focus();
    fit();
    paint(); // the page may be another one by now
    tellOpen();
    label();
  };
  const open = () => {
    try {
      attach();
      if (dialog.open) return;
      if (failures || !frame.isConnected) retry();
      show();
    } catch {
      // the page is none any more
    }
  };
  const close = () => dialog.close();
  const toggle = () => (dialog.open ? close() : open());
  const hear = (/** @type {MessageEvent} */ { origin: from, source, data }) => {
    if (from !== origin || !source || source !== frame.contentWindow) return;
    switch (data?.type) {
      case "ready":
        clearTimeout(timer);
        isReady = true;
        failures = 0;
        paint();
        for (const each of [spinner, trouble, leave]) each.remove(); // nothing turns behind the chat
        if (dialog.open) {
          frame.focus();
          tellOpen();
        }
        break;
      case "leaving":
        expect();
        break;
      case "started":
        hasChatted(true);
        break;
      case "close":
        close();
        break;
      case "unread":
        unread = data.count | 0;
        news = unread > 0 ? `, ${data.words ?? unread}` : "";
        label();
    }
  };

  const observer = new MutationObserver(() => {
    if (returns > 10 || host.parentNode === document.documentElement) return;
    if (++returns > 10) {
      returns = Infinity;
      return console.warn("Whosthere: this page keeps removing the chat.");
    }
    setTimeout(() => returns--, 10_000);
    attach();
  });
  /** Stand in the page and hear it, also after all of it was replaced, listeners included. */
  const attach = () => {
    const page = document.documentElement;
    if (!page || host.parentNode === page) return;
    observer.observe(document, { childList: true });
    observer.observe(page, { childList: true });
    addEventListener("message", hear);
    host.onkeydown = ({ key }) => {
      if (key === "Escape") close();
    };
    launcher.onclick = toggle;
    leave.onclick = close;
    redo.onclick = retry;
    frame.onload = () => {
      if (!isReady) later(fail, 1_000); // what says nothing is the browser's page of an error
    };
    dialog.onclose = () => {
      label();
      fit();
      tell({ type: "closed" });
      launcher.focus();
    };
    page.append(host);
    host.showPopover?.();
    if (frame.isConnected) expect(); // it loads anew
    if (dialog.open) {
      dialog.open = false;
      show();
    }
  };

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  if (refused) complain();
  else root.append(launcher);
  root.append(dialog);
  dark.onchange = paint;
  window.navigation?.addEventListener("navigatesuccess", paint); // a page that loads no other
  visualViewport?.addEventListener("resize", fit);
  visualViewport?.addEventListener("scroll", fit);
  paint();
  label();
  window.Whosthere = { open, close, toggle, attach };
  const start = () => {
    attach();
    if (refused || !hasChatted()) return;
    // the page comes first
    if (document.readyState === "complete") load();
    else addEventListener("load", load);
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
