// @ts-check
/* Runs before htmx: the only way by which text becomes HTML here is what our own server has
   rendered. No policy makes scripts or script addresses of text, so nothing can. */
/** @type {any} */ (window).trustedTypes?.createPolicy("default", {
  createHTML: (/** @type {string} */ text) => text,
});
