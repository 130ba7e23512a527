// @ts-check
/* Saved replies: a slash at the beginning of an answer lists them. */

/** @typedef {{shortcut: string, text: string}} Reply */

const MOST = 8;
/** @type {Promise<Reply[]> | null} */
let known = null;
let chosen = 0;

const list = () => /** @type {HTMLElement | null} */ (document.querySelector("#replies"));
const options = () => /** @type {HTMLElement[]} */ ([...(list()?.children ?? [])]);

/** @returns {Promise<Reply[]>} */
async function read() {
  try {
    const answer = await fetch("/inbox/replies.json", { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).replies : [];
  } catch {
    known = null; // the next slash asks again
    return [];
  }
}

/** @param {Reply} reply @param {number} number */
function draw(reply, number) {
  const option = document.createElement("li"),
    name = document.createElement("b"),
    text = document.createElement("span");
  option.id = `reply-${number}`;
  option.role = "option";
  option.dataset.text = reply.text;
  name.textContent = `/${reply.shortcut.replace(/^\//, "")}`;
  text.textContent = reply.text;
  option.append(name, text);
  return option;
}

/** @param {() => HTMLTextAreaElement | null} field @param {() => void} changed */
export function start(field, changed) {
  const wish = () => /^\/(\S*)$/.exec(field()?.value ?? "")?.[1]?.toLowerCase();

  /** @param {number} number */
  function choose(number) {
    const all = options();
    chosen = (number + all.length) % (all.length || 1);
    all.forEach((option, at) => (option.ariaSelected = String(at === chosen)));
    const option = all[chosen];
    if (option) field()?.setAttribute("aria-activedescendant", option.id);
  }

  function hide() {
    const place = list();
    if (place) place.hidden = true;
    field()?.removeAttribute("aria-activedescendant");
  }

  async function show() {
    const before = wish(),
      place = list();
    if (before === undefined || !place) return hide();
    const all = await (known ??= read());
    if (wish() !== before) return; // typed on meanwhile
    const found = all.filter(
      (reply) =>
        reply.shortcut.toLowerCase().replace(/^\//, "").startsWith(before) ||
        (before && reply.text.toLowerCase().includes(before)),
    );
    place.replaceChildren(...found.slice(0, MOST).map(draw));
    place.hidden = !found.length;
    if (found.length) choose(0);
    else hide();
  }

  /** @param {HTMLElement | undefined} option */
  function take(option) {
    const place = field();
    if (!place || !option) return;
    place.value = option.dataset.text ?? "";
    hide();
    place.focus();
    changed();
  }

  document.addEventListener("input", (event) => event.target === field() && show());
  document.addEventListener(
    "focusout",
    (event) => event.target === field() && setTimeout(() => document.activeElement === field() || hide(), 150),
  );
  document.addEventListener("mousedown", (event) => {
    const option =
      event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("#replies li")) : null;
    if (!option) return;
    event.preventDefault();
    take(option);
  });
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-shows=replies]")) return;
    const place = field();
    if (!place || place.value.trim()) return place?.focus();
    place.value = "/";
    place.focus();
    changed();
  });
  if (wish() !== undefined) show(); // typed before this was here
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== field() || list()?.hidden !== false) return;
      const steps = { ArrowDown: chosen + 1, ArrowUp: chosen - 1 };
      const next = steps[/** @type {keyof typeof steps} */ (event.key)];
      if (next !== undefined) choose(next);
      else if (event.key === "Enter" || event.key === "Tab") take(options()[chosen]);
      else if (event.key === "Escape") hide();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}
