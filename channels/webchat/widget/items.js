// @ts-check
/**
 * What stands in the conversation: messages, lines, notes and the card that asks for an email.
 * Each is cloned from a template of the page and filled with text, never with markup.
 *
 * @typedef {import("./types").Message} Message
 * @typedef {import("./types").Strings} Strings
 */

import { find } from "./find.js";

const LINK = /(https?:\/\/[^\s<>"]*[^\s<>".,:;!?'’”)\]}])/gi;
const GROUPED_FOR = 10 * 60_000;

/** @param {string} name @returns {HTMLLIElement} */
function clone(name) {
  const { content } = /** @type {HTMLTemplateElement} */ (find(document, `template#${name}`));
  return /** @type {HTMLLIElement} */ (document.importNode(content, true).firstElementChild);
}

/** Split text into strings and links. @param {string} text @returns {(string | Node)[]} */
function linked(text) {
  return text.split(LINK).map((part, index) => (index % 2 ? link(part, part) : part));
}

/** @param {string} url @param {string} text */
function link(url, text) {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow";
  anchor.textContent = text;
  return anchor;
}

const isSafe = (/** @type {unknown} */ url) => /^https?:\/\//i.test(String(url));
const dayOf = (/** @type {HTMLElement} */ item) => new Date(item.dataset.at ?? 0).toDateString();

export class Items {
  #strings;
  #ticket;
  #language;

  /** @param {import("./types").Settings} settings @param {string} language */
  constructor({ strings, ticket }, language) {
    this.#strings = strings;
    this.#ticket = ticket;
    this.#language = language;
  }

  /**
   * @param {Pick<Message, "author" | "text" | "at" | "attachments">} message
   * @param {string} name
   */
  message(message, name) {
    const item = clone("message");
    const isOwn = message.author === "visitor";
    item.classList.add(isOwn ? "visitor" : "team");
    item.dataset.name = name;
    item.dataset.at = message.at;
    const moment = message.at && `, ${this.#time(message.at)}`; // a greeting has none
    find(item, ".vh").textContent = `${name}${moment}: `;
    find(item, ".text").append(...linked(message.text), ...this.#attached(message));
    if (!isOwn && message.at) find(item, ".meta").textContent = `${name} · ${this.#time(message.at)}`;
    return item;
  }

  /** @param {string} text */
  line(text) {
    const item = clone("line");
    find(item, "span").textContent = text;
    return item;
  }

  /** @param {string} text */
  note(text) {
    const item = clone("note");
    find(item, "span").textContent = text;
    return item;
  }

  /**
   * @param {Pick<Message, "text" | "email">} question
   * @param {Pick<import("./types").Actions, "giveEmail" | "decline">} actions
   * @param {(text: string, isTaken: boolean) => void} settle called with what to show instead
   */
  card(question, actions, settle) {
    const item = clone("card");
    const form = /** @type {HTMLFormElement} */ (item.firstElementChild);
    const field = /** @type {HTMLInputElement} */ (find(form, "#email"));
    const consent = /** @type {HTMLInputElement | null} */ (form.querySelector("#consent"));
    const problem = find(form, "#problem");
    const strings = this.#strings;
    find(form, "#question").textContent = question.text;
    field.value = question.email ?? "";

    const complain = (/** @type {(string | Node)[]} */ ...parts) => {
      problem.replaceChildren(...parts);
      field.setAttribute("aria-invalid", String(parts.length > 0));
      if (parts.length) field.focus();
    };
    const suggest = (/** @type {string} */ email) => {
      const [before, after] = strings.email_suggestion.split("{email}");
      const take = document.createElement("button");
      take.type = "button";
      take.dir = "ltr";
      take.textContent = email;
      take.addEventListener("click", () => {
        field.value = email;
        form.requestSubmit();
      });
      complain(before, take, after);
    };
    const give = async () => {
      const email = field.value.trim();
      if (!email || !field.checkValidity()) return complain(strings.email_bad);
      if (consent && !consent.checked) {
        complain(strings.consent_missing);
        return consent.focus();
      }
      if (item.ariaBusy === "true") return;
      item.ariaBusy = "true";
      const answer = await actions.giveEmail(email, Boolean(consent));
      item.ariaBusy = "false";
      if (answer.outcome === "taken")
        settle(
          strings.email_thanks.replace("{email}", () => answer.email),
          true,
        );
      else if (answer.outcome === "failed") complain(strings.email_failed);
      else if (answer.outcome === "enough") complain(strings.email_enough);
      else if (answer.suggestion) suggest(answer.suggestion);
      else complain(strings.email_bad);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void give();
    });
    field.addEventListener("input", () => complain());
    consent?.addEventListener("change", () => complain());
    find(form, ".decline").addEventListener("click", async () => {
      if (await actions.decline()) settle(strings.declined, false);
      else complain(strings.email_failed);
    });
    return item;
  }

  /** Join a message to the one before it, or set it apart by a day. @param {HTMLElement} item */
  join(item) {
    const day = /** @type {HTMLElement | null} */ (item.querySelector(".day"));
    if (!day || !item.dataset.at) return;
    let before = /** @type {HTMLElement | null} */ (item.previousElementSibling);
    const isNeighbour = before?.dataset.name === item.dataset.name;
    while (before && !before.dataset.at) before = /** @type {any} */ (before.previousElementSibling);
    const at = new Date(item.dataset.at);
    const gap = before ? at.getTime() - new Date(before.dataset.at ?? 0).getTime() : Infinity;
    const isNewDay = dayOf(item) !== (before ? dayOf(before) : new Date().toDateString());
    day.hidden = !isNewDay;
    day.textContent = isNewDay ? this.#day(at) : "";
    item.classList.toggle("more", isNeighbour && !isNewDay && gap < GROUPED_FOR);
  }

  /** @param {string} at */
  #time(at) {
    return new Date(at).toLocaleTimeString(this.#language, { timeStyle: "short" });
  }

  /** @param {Date} at */
  #day(at) {
    const isThisYear = at.getFullYear() === new Date().getFullYear();
    const year = isThisYear ? undefined : "numeric";
    const days = (new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000;
    if (days >= 2) return at.toLocaleDateString(this.#language, { day: "numeric", month: "long", year });
    const relative = new Intl.RelativeTimeFormat(this.#language, { numeric: "auto" });
    const name = relative.format(-Math.round(days), "day");
    return name.charAt(0).toLocaleUpperCase(this.#language) + name.slice(1);
  }

  /** @param {Pick<Message, "text" | "attachments">} message */
  #attached({ text, attachments }) {
    const safe = (attachments ?? []).filter(({ id, url }) => id || isSafe(url));
    /** @returns {(string | Node)[]} */
    const shown = (/** @type {import("./types").Attachment} */ { url, name, ...file }, /** @type {number} */ index) =>
      file.id ? [this.#file({ name, ...file })] : [text || index ? "\n" : "", link(String(url), name || String(url))];
    return safe.flatMap(shown);
  }

  /** @param {any} file */
  #file(file) {
    const place = document.createElement("span");
    place.className = "file";
    place.textContent = file.name;
    void import("./files.js").then(({ show }) => show(place, file, this.#ticket));
    return place;
  }
}
