// @ts-check
/** The line above the field where a conversation goes on elsewhere, and the ways to come along. */
import { find } from "./find.js";

const ASKED = 204;
const OK = 200;
const REFUSED = 422;

/**
 * @param {import("./types").Strings} strings
 * @param {{ client: import("./client").Client, proved(): void }} actions
 */
export const startMoved = (strings, { client, proved }) => {
  const ask = document.querySelector("#ask");
  if (!ask) return; // nothing to come along with
  const form = /** @type {HTMLFormElement} */ (find(document, "#code"));
  const field = /** @type {HTMLInputElement} */ (find(form, "input"));
  const note = find(document, "#moved-note");
  ask.addEventListener("click", async () => {
    const isAsked = (await client.prove({})) === ASKED;
    note.textContent = isAsked ? strings.link_sent : strings.email_failed;
    form.hidden = !isAsked && form.hidden;
    if (isAsked) field.focus();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = field.value.trim();
    if (!code || form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const status = await client.prove({ code });
    form.ariaBusy = "false";
    if (status === OK) return proved();
    note.textContent = status === REFUSED ? strings.code_bad : strings.email_failed;
    field.select();
  });
};
