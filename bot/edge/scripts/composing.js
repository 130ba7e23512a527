// @ts-check
/* Keys that an input method (IME) has taken: the Enter that confirms a word, the Escape that drops it. */

const TAKEN = 229; // the keyCode of such a key, and all that Safari tells
const ONE_KEYSTROKE = 500;

/** Android's keyboards end each word before the Enter that is meant for the page. */
const isAndroid = /Android/.test(navigator.userAgent);
let endedAt = -Infinity;
/** The key that ends a Korean syllable comes twice: for the input method, then for the page. */
let isEnterDown = false;
/** @type {KeyboardEvent | undefined} */
let confirming;

addEventListener(
  "compositionend",
  ({ timeStamp }) => {
    if (!isEnterDown && !isAndroid) endedAt = timeStamp;
  },
  true,
);
addEventListener(
  "keydown",
  (event) => {
    confirming = event.timeStamp - endedAt < ONE_KEYSTROKE ? event : undefined;
    endedAt = -Infinity;
    isEnterDown ||= /Enter$/.test(event.code || event.key);
  },
  true,
);
addEventListener(
  "keyup",
  () => {
    endedAt = -Infinity;
    isEnterDown = false;
  },
  true,
);

/** Whether the key belongs to the input method and must do nothing else. @param {KeyboardEvent} event */
export const isComposing = (event) => event.isComposing || event.keyCode === TAKEN || event === confirming;
