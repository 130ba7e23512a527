// @ts-check
/* Keeps the keys of an input method from a page: no handler hears them, and no form is sent by them. */

import { isComposing } from "./composing.js";

const TAKEN = 229;

addEventListener(
  "keydown",
  (event) => {
    if (!isComposing(event)) return;
    event.stopImmediatePropagation();
    // this Enter looks like any other to the browser, which would submit the field's form
    const isPlain = !event.isComposing && event.keyCode !== TAKEN;
    if (event.key === "Enter" && isPlain) event.preventDefault();
  },
  true,
);
