// @ts-check
/**
 * Files in the chat, loaded with the first of them: what waits above the field to be sent, and what
 * came with messages. Where the browser keeps no cookie, bytes are fetched with the ticket.
 *
 * @typedef {import("./types").SentFile} SentFile
 * @typedef {import("./types").FileWords} FileWords
 * @typedef {{ name: string, file?: File, sent?: SentFile, call?: XMLHttpRequest, item: HTMLElement }} Entry
 */
import { find } from "./find.js";

const MOST = 5;
const MIB = 1024 * 1024;
const TOO_MANY = 429;
const SIZES = ["B", "KB", "MB"];

const beside = (/** @type {string} */ name) => new URL(name, import.meta.url).href;
/** @type {FileWords} */
const words = await (await fetch(beside(`files.${document.documentElement.lang}.json`))).json();
const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = beside("files.css");
document.head.append(sheet);

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {string} [text] @returns {HTMLElementTagNameMap[T]}
 */
const make = (tag, text = "") => {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
};

const addressOf = (/** @type {string} */ id) => `/chat/files/${id}`;

/** @param {number} size */
const written = (size) => {
  let unit = 0;
  for (; size >= 1000 && unit < SIZES.length - 1; unit++) size /= 1024;
  return `${size.toLocaleString(document.documentElement.lang, { maximumFractionDigits: unit && size < 10 ? 1 : 0 })} ${SIZES[unit]}`;
};

/** @param {string} id @param {string} ticket @returns {Promise<string>} an address of the bytes */
const fetched = async (id, ticket) => {
  const answer = await fetch(addressOf(id), { headers: { "X-Chat-Ticket": ticket } });
  if (!answer.ok) throw new Error(String(answer.status));
  return URL.createObjectURL(await answer.blob());
};

/** Ask with the cookie first; without one, fetch. @param {HTMLImageElement | HTMLMediaElement} shown @param {string} id @param {string} ticket */
const load = (shown, id, ticket) => {
  shown.addEventListener("error", async () => (shown.src = await fetched(id, ticket)), { once: true });
  shown.src = addressOf(id);
};

/** @param {HTMLImageElement} picture */
const enlarge = (picture) => {
  const viewer = make("dialog");
  const large = make("img");
  large.src = picture.src;
  large.alt = picture.alt;
  viewer.id = "viewer";
  viewer.append(large);
  viewer.addEventListener("click", () => viewer.close());
  // Escape closes the picture, not the chat
  viewer.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  viewer.addEventListener("close", () => viewer.remove());
  document.body.append(viewer);
  viewer.showModal();
};

/**
 * Show a file in a message.
 * @param {HTMLElement} place @param {SentFile} file @param {string} ticket
 */
export const show = (place, file, ticket) => {
  const { id, kind, name, size, width, height } = file;
  if (kind === "image") {
    const open = make("button");
    const picture = make("img");
    open.type = "button";
    picture.alt = name;
    if (width && height) [picture.width, picture.height] = [width, height];
    load(picture, id, ticket);
    open.append(picture);
    open.addEventListener("click", () => enlarge(picture));
    return place.replaceChildren(open);
  }
  const keep = make("button");
  keep.type = "button";
  keep.className = "keep";
  keep.append(make("bdi", name), make("small", written(size)));
  keep.addEventListener("click", async () => {
    const link = make("a");
    link.href = await fetched(id, ticket);
    link.download = name;
    link.click();
  });
  place.replaceChildren(keep);
  if (kind !== "audio" && kind !== "video") return;
  const player = make(kind);
  player.controls = true;
  player.preload = "metadata";
  load(player, id, ticket);
  place.prepend(player);
};

/** What waits above the field: uploaded at once, and sent with the next message. */
export class Tray {
  #ticket;
  #most;
  #actions;
  /** @type {Entry[]} */ #entries = [];
  #list = make("ul");
  #isAwaited = false;

  /**
   * @param {import("./types").Settings} settings
   * @param {{ changed(): void, ready(): void, announce(text: string): void }} actions
   */
  constructor({ ticket, most }, actions) {
    this.#ticket = ticket;
    this.#most = most;
    this.#actions = actions;
    this.#list.id = "tray";
    find(document, "#composer").before(this.#list);
    addEventListener("online", () =>
      this.#entries.filter(({ file, sent, call }) => file && !sent && !call).forEach(this.#upload),
    );
  }

  /** What a reload needs: what is uploaded, and the names of what was not. */
  get kept() {
    return this.#entries.map(({ name, sent }) => sent ?? { name });
  }

  /** @param {(SentFile | { name: string })[]} kept */
  restore(kept) {
    for (const one of kept) {
      const entry = this.#add(one.name);
      if ("id" in one) this.#finish(entry, one);
      else this.#complain(entry, words.gone);
    }
    this.#actions.changed();
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) {
      if (this.#entries.length >= MOST) return this.#actions.announce(words.many);
      const entry = this.#add(file.name);
      entry.file = file;
      if (file.size > this.#most) {
        this.#complain(entry, words.too_large.replace("{n}", String(this.#most / MIB)));
        entry.file = undefined;
      } else this.#upload(entry);
    }
    this.#actions.changed();
  }

  /** Give what is uploaded to a message; null: some of it is under way, and `ready` follows. */
  take() {
    this.#isAwaited = this.#entries.some(({ call }) => call);
    if (this.#isAwaited) return null;
    const taken = this.#entries.filter(({ sent }) => sent);
    taken.forEach((entry) => this.#drop(entry));
    return taken.map(({ sent }) => /** @type {SentFile} */ (sent));
  }

  /** @param {string} name @returns {Entry} */
  #add(name) {
    const item = make("li");
    const remove = make("button", "×");
    const entry = { name, item };
    remove.type = "button";
    remove.ariaLabel = words.remove.replace("{name}", () => name);
    remove.addEventListener("click", () => {
      this.#drop(entry);
      this.#actions.changed();
    });
    item.append(make("span"), make("bdi", name), make("small"), remove);
    this.#entries.push(entry);
    this.#list.append(item);
    return entry;
  }

  /** @param {Entry} entry */
  #drop(entry) {
    this.#entries = this.#entries.filter((each) => each !== entry);
    entry.call?.abort();
    entry.item.remove();
  }

  #upload = (/** @type {Entry} */ entry) => {
    const call = new XMLHttpRequest();
    const form = new FormData();
    const progress = make("progress");
    form.append("file", /** @type {File} */ (entry.file));
    progress.ariaLabel = entry.name;
    find(entry.item, "small").replaceChildren(progress);
    call.upload.addEventListener("progress", ({ loaded, total }) => (progress.value = loaded / total));
    call.addEventListener("loadend", () => {
      entry.call = undefined;
      if (!entry.item.isConnected) return;
      if (call.status === 201) this.#finish(entry, JSON.parse(call.responseText));
      else if (call.status >= 400 && call.status < 500 && call.status !== TOO_MANY)
        this.#complain(entry, words.refused);
      else this.#offerAgain(entry);
      this.#actions.changed();
      if (this.#isAwaited && !this.#entries.some((each) => each.call)) this.#actions.ready();
    });
    call.open("POST", "/chat/files");
    call.setRequestHeader("X-Chat-Ticket", this.#ticket);
    entry.call = call;
    call.send(form);
  };

  /** @param {Entry} entry @param {SentFile} sent */
  #finish(entry, sent) {
    entry.sent = sent;
    find(entry.item, "small").textContent = written(sent.size);
    if (sent.kind !== "image") return;
    const picture = make("img");
    picture.alt = "";
    load(picture, sent.id, this.#ticket);
    find(entry.item, "span").replaceChildren(picture);
  }

  /** @param {Entry} entry @param {string} words */
  #complain(entry, words) {
    find(entry.item, "small").textContent = words;
    entry.item.className = "refused";
    this.#actions.announce(`${entry.name}: ${words}`);
  }

  /** @param {Entry} entry */
  #offerAgain(entry) {
    const again = make("button", words.again);
    again.type = "button";
    again.addEventListener("click", () => this.#upload(entry));
    find(entry.item, "small").replaceChildren(again);
    this.#actions.announce(`${entry.name}: ${words.failed}`);
  }
}
