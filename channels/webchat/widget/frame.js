// @ts-check
/** Runs inside the frame: joins the log, the field, the client and the loader in the page around. */
import { Client } from "./client.js";
import { isComposing } from "./composing.js";
import { find } from "./find.js";
import { Log } from "./log.js";

const TYPING_TOLD_EVERY = 3_000;
const RELOAD_PAUSE = 30_000;

/** @type {import("./types").Settings} */
const settings = JSON.parse(find(document, "#settings").textContent ?? "");
const { site, strings, accent, conversation } = settings;
const field = /** @type {HTMLTextAreaElement} */ (find(document, "#text"));
const composer = find(document, "#composer");
const bar = find(document, "#bar");
const mute = find(document, "#mute");
const announcer = find(document, "#announcer");

let isShown = false;
let unread = 0;
let readSeq = conversation.read_seq;
let toldTypingAt = 0;
/** @type {AudioContext | undefined} made when the visitor first writes: no sound before that */
let sound;

/** What outlives a reload of the frame, but not the tab. */
const memory = {
  key: `chat ${site}`,
  /** @returns {{ draft?: string, unsent?: import("./types").Unsent[], isMuted?: boolean, files?: any[] }} */
  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    } catch {
      return {}; // storage is blocked
    }
  },
  write() {
    const isMuted = mute.ariaPressed === "true";
    const kept = { draft: field.value, unsent: client.unsent, isMuted, files: tray ? tray.kept : keptFiles };
    try {
      sessionStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // storage is blocked
    }
  },
};
const kept = memory.read();
const keptFiles = kept.files ?? [];

/** Nobody around: a link in a mail has opened the chat as a page of its own. */
const isAlone = parent === window;
const tell = (/** @type {object} */ message) => {
  if (!isAlone) parent.postMessage(message, site);
};
const announce = (/** @type {string} */ text) => (announcer.textContent = text);

const plural = new Intl.PluralRules(document.documentElement.lang);
const count = (/** @type {number} */ number) => {
  unread = number;
  const words = strings.unread[plural.select(unread)] ?? strings.unread.other;
  tell({ type: "unread", count: unread, words: words.replace("{n}", String(unread)) });
};

const isReading = () => isShown && !document.hidden && log.isAtEnd;

const read = () => {
  if (!isReading()) return;
  if (unread) count(0);
  if (log.newest <= readSeq) return;
  readSeq = log.newest;
  client.seen(readSeq);
};

/** Two short tones. */
const chime = () => {
  if (!sound || mute.ariaPressed === "true") return;
  for (const [index, frequency] of [660, 880].entries()) {
    const from = sound.currentTime + index * 0.12;
    const tone = new OscillatorNode(sound, { frequency });
    const volume = new GainNode(sound, { gain: 0.08 });
    volume.gain.setValueAtTime(0.08, from);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.25);
    tone.connect(volume).connect(sound.destination);
    tone.start(from);
    tone.stop(from + 0.25);
  }
};

const log = new Log(settings, {
  retry: (clientId) => client.retry(clientId),
  giveEmail: (email, consent) => client.giveEmail(email, consent),
  decline: () => client.decline(),
  older: (before) => client.older(before),
  reachedEnd: read,
  focus: () => field.focus(),
  announce,
});

const showOutbox = () => {
  log.pending(client.unsent, client.isConnected);
  memory.write();
};

const client = new Client(settings.ticket, conversation.last_seq, kept.unsent ?? [], {
  received(message) {
    if (conversation.goes_on && message.author === "visitor") return reload(); // another one begins
    if (conversation.owned && message.kind === "capture_thanks") return reload(); // there is a code to type
    const isNew = log.add(message);
    if (message.author === "visitor") tell({ type: "started" });
    showOutbox();
    if (!isNew || message.author === "visitor") return;
    announce(`${log.nameOf(message)}: ${message.text}`);
    if (isReading()) return read();
    count(unread + 1);
    if (!isShown || document.hidden) chime();
  },
  typing: (name, isTyping) => log.typing(name, isTyping),
  seen: (seq) => log.seen(seq),
  status: (status) => log.status(status),
  back: (text) => log.back(text),
  connected(isConnected) {
    const text = isConnected ? "" : strings.offline;
    if (bar.textContent !== text) bar.textContent = text;
    if (isConnected && readSeq) client.seen(readSeq); // an earlier one may be lost
    showOutbox();
  },
  outboxChanged: showOutbox,
  expired() {
    memory.write();
    const isRepeated = location.hash === "#again" && performance.now() < RELOAD_PAUSE;
    history.replaceState(null, "", "#again");
    setTimeout(reload, isRepeated ? RELOAD_PAUSE : 0);
  },
});

/** @param {any} page @returns {import("./types").Page | undefined} */
const readPage = (page) => {
  const cut = (/** @type {any} */ text) => (typeof text === "string" ? text.slice(0, 500) : "");
  const bare = (/** @type {any} */ address) => cut(address).split(/[?#]/)[0]; // no secrets
  return page && { url: bare(page.url), title: cut(page.title), referrer: bare(page.referrer) };
};

/** The page around waits for what comes next, and for nothing for ever. */
const reload = () => {
  tell({ type: "leaving" });
  location.reload();
};

/** @type {import("./files.js").Tray | undefined} what is to be sent along, once there is any */
let tray;
const useTray = async () => {
  const { Tray } = await import("./files.js");
  return (tray ??= new Tray(settings, { changed: () => memory.write(), ready: submit, announce }));
};
const attach = async (/** @type {FileList | undefined} */ files) => {
  const chosen = [...(files ?? [])]; // the field is emptied meanwhile
  if (chosen.length) (await useTray()).add(chosen);
};

const submit = () => {
  const text = field.value.trim();
  const files = tray?.take();
  if (files === null || (!text && !files?.length)) return;
  sound ??= new AudioContext();
  client.send(text, files);
  field.value = "";
  toldTypingAt = 0;
  showOutbox();
};

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
  event.preventDefault();
  submit();
});
field.addEventListener("input", () => {
  memory.write();
  if (Date.now() - toldTypingAt < TYPING_TOLD_EVERY) return;
  toldTypingAt = Date.now();
  client.typing();
});
composer.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
// a tap on the button must not put the keyboard away
find(composer, "button").addEventListener("pointerdown", (event) => event.preventDefault());
const picker = /** @type {HTMLInputElement} */ (find(document, "#files"));
picker.addEventListener("change", () => {
  void attach(picker.files ?? undefined);
  picker.value = "";
  field.focus();
});
field.addEventListener("paste", ({ clipboardData }) => void attach(clipboardData?.files));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  void attach(event.dataTransfer?.files);
});
mute.addEventListener("click", () => {
  mute.ariaPressed = String(mute.ariaPressed !== "true");
  memory.write();
});
find(document, "#close").addEventListener("click", () => tell({ type: "close" }));
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !isComposing(event)) tell({ type: "close" });
});
document.addEventListener("visibilitychange", read);

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== site || source !== parent) return;
  switch (data?.type) {
    case "init":
      document.documentElement.dataset.theme = data.theme === "dark" ? "dark" : "light";
      client.page = readPage(data.page);
      break;
    case "open":
      isShown = true;
      if (data.focus === true) field.focus();
      read();
      break;
    case "closed":
      isShown = false;
  }
});

const tones = (/** @type {import("./types").Tones} */ { accent: colour, on_accent: on }) =>
  `{--accent:${colour};--on-accent:${on}}`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`:root${tones(accent.light)}[data-theme=dark]${tones(accent.dark)}`);
document.adoptedStyleSheets = [sheet];
if (isAlone) {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  find(document, "#close").hidden = true;
  isShown = true;
}
field.value = kept.draft ?? "";
if (keptFiles.length) void useTray().then((held) => held.restore(keptFiles));
mute.ariaPressed = String(kept.isMuted === true);
showOutbox();
log.toEnd();
if (conversation.goes_on || conversation.to_prove)
  void import("./moved.js").then(({ startMoved }) => startMoved(strings, { client, proved: reload }));
client.start();
tell({ type: "ready" });
if (conversation.last_seq) tell({ type: "started" });
const missed = conversation.messages.filter(({ direction, seq }) => direction === "outgoing" && seq > readSeq);
if (missed.length) count(missed.length);
if (isAlone) read();
