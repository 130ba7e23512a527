"""Rules of sites' style sheets that reach whatever else stands in the page.

Dawn's are told in our words, since its licence lets its sheets be used for themes alone: what
`assets/base.css` and `layout/theme.liquid` of github.com/Shopify/dawn say of elements without a
class, of the page's grid and of what is empty. The others are habits of many sites.
"""

DAWN = """
  *, *::before, *::after { box-sizing: inherit }
  html { box-sizing: border-box; font-size: 62.5%; height: 100% }
  body { display: grid; grid-template-rows: auto auto 1fr auto; grid-template-columns: 100%;
         min-height: 100%; margin: 0; font-size: 1.5rem; letter-spacing: .06rem }
  a:empty, ul:empty, dl:empty, div:empty, section:empty, article:empty, p:empty, h1:empty,
  h2:empty, h3:empty, h4:empty, h5:empty, h6:empty { display: none }
  .no-js:not(html), .hidden { display: none !important }
"""

_DECLARED = (
    "display: none",
    "visibility: hidden",
    "opacity: .2",
    "pointer-events: none",
    "transform: translate(-50vw)",
    "translate: -50vw",
    "scale: .5",
    "filter: blur(9px)",
    "clip-path: inset(50%)",
    "mask: linear-gradient(#0000, #0000)",
    "position: relative; z-index: 1",
    "position: static",
    "inset: 0; margin: auto",
    "width: 10px; height: 10px; overflow: hidden",
    "max-width: 100px; max-height: 100px",
    "contain: strict",
    "content-visibility: hidden",
    "animation: gone 1s infinite",
    "transition: all 99s",
    "mix-blend-mode: difference",
    "all: unset",
    "all: initial",
    "all: inherit",
    "all: revert",
    "font: 0/0 serif; letter-spacing: 9px; text-transform: uppercase; writing-mode: vertical-rl",
    "border: 9px solid red; padding: 9px; outline: 9px solid red; background: red; color: red",
    "float: left; clear: both",
    "cursor: none; user-select: none; interactivity: inert",
)
# all but what holds the page itself
_REACHING = "body, body *, html > :not(head, body)"
_ANYWHERE = tuple(
    f"{_REACHING} {{ {each.replace(';', ' !important;')} !important }}" for each in _DECLARED
)
_BY_NAME = tuple(
    f"{selector} {{ display: none !important; opacity: 0 !important }}"
    for selector in (
        "div",
        "div:empty",
        "body > div",
        "body > :not(main)",
        "body ~ *",
        "html > :last-child:not(body)",
        ":not(:defined)",
        "[class]",
        "[style]",
        "[popover]",
        ":popover-open",
        "[data-theme]",
        "button",
        "dialog",
        "iframe",
        "svg",
    )
)
_ROOT = tuple(
    f"html {{ {each} }}"
    for each in (
        "opacity: .2",
        "visibility: hidden",
        "pointer-events: none",
        "transform: scale(.5)",
        "transform: translateY(-900px)",
        "perspective: 1px",
        "will-change: transform",
        "filter: blur(9px)",
        "contain: paint",
        "container-type: inline-size",
        "clip-path: inset(0 0 50% 0)",
        "overflow: hidden; height: 10px",
        "position: fixed; top: -900px",
        "display: flex",
        "display: grid; grid-template-columns: 1fr 1fr",
        "columns: 2",
        "writing-mode: vertical-rl",
        "font-size: 1px",
    )
)
_BODY = tuple(rule.replace("html {", "body {") for rule in _ROOT)
_AROUND = (
    "html > :not(head, body)::before { content: 'x'; position: fixed; inset: 0; background: red }",
    "html > :not(head, body)::after { content: 'x'; position: fixed; inset: 0; background: red }",
    "::backdrop { background: red !important; backdrop-filter: invert(1); opacity: 1 !important }",
    "* { --whosthere: red !important; --whosthere-on: red !important; --accent: red !important }",
)

HIDING = (DAWN, *_ANYWHERE, *_BY_NAME, *_ROOT, *_BODY, *_AROUND)
"""Each would hide, move, fade or paint over what stands in the page like its own parts."""

_IN_THE_BODY = (
    "display: flex; flex-direction: column; min-height: 100vh; justify-content: space-between",
    "display: flex; flex-direction: row; justify-content: space-around",
    "display: grid; grid-template-columns: 1fr 1fr 1fr",
    "display: grid; grid-template-rows: auto auto 1fr auto; gap: 20px; min-height: 100vh",
    "columns: 3",
    "display: table",
    "text-align: center; line-height: 3",
)
LAYOUTS = (
    *(f"body {{ margin: 0; {each} }}" for each in _IN_THE_BODY),
    "html { display: flex; gap: 40px } body { flex: 1 }",
    "html { display: grid; gap: 40px }",
    "body > * + * { margin-top: 99px } html > * + * { margin-top: 0 }",
    "body > :last-child { position: absolute; bottom: 0 }",
)
"""Each gives every child of the page a place, an empty one too."""
