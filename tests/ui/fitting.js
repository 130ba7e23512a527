// Says what is wider than its window or box, sticks out, or can't be clicked.
(scope) => {
  // innerWidth grows along with what is too wide; the root's clientWidth is the window's own
  const root = document.documentElement,
    faults = [];
  const isShown = (part) => part.checkVisibility({ visibilityProperty: true });
  const name = (part) => {
    const classes = (part.getAttribute("class") ?? "").trim().replace(/^(?=.)| +/g, ".");
    return part.tagName.toLowerCase() + (part.id && `#${part.id}`) + classes;
  };
  const isCut = (part, style) =>
    style.textOverflow === "ellipsis" ||
    style.webkitLineClamp !== "none" ||
    ["visible", "clip"].includes(style.overflowX) ||
    style.display === "inline" ||
    part.matches(".vh, .vh *, input, textarea, .bar nav, svg, svg *, .skip");
  if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} px wide`);
  const within = scope ? document.querySelector(scope) : document.body;
  for (const part of within.querySelectorAll("*")) {
    if (!isShown(part) || isCut(part, getComputedStyle(part))) continue;
    const { scrollWidth, clientWidth } = part;
    if (scrollWidth > clientWidth + 1) faults.push(`${name(part)} holds ${scrollWidth} px in ${clientWidth}`);
  }
  const places = [...document.querySelectorAll("*")].map((part) => [part, part.scrollLeft, part.scrollTop]);
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const control of within.querySelectorAll(controls)) {
    if (!isShown(control) || control.matches(".vh, .vh *, .skip")) continue;
    control.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const boxes = [...control.getClientRects()].filter((one) => one.width && one.height); // one a line
    if (!boxes.length) faults.push(`${name(control)} has no size`);
    for (const { left, right } of boxes) {
      const isOutside = left < -0.5 || right > root.clientWidth + 0.5;
      if (isOutside) faults.push(`${name(control)} lies at ${left}..${right}`);
    }
    const targets = [control, ...(control.labels ?? [])];
    const over = boxes.map((box) => document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
    const isHit = over.some((part) => part && targets.some((target) => target.contains(part)));
    if (!isHit) faults.push(`${name(control)} lies under ${over[0] ? name(over[0]) : "nothing: out of sight"}`);
  }
  for (const [part, left, top] of places) {
    part.scrollLeft = left;
    part.scrollTop = top;
  }
  return faults;
};
