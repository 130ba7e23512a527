"""Joins modules to one script: one request, and they are compressed together."""

import re
from collections.abc import Mapping

_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|const|class) (\w+)", re.MULTILINE)


def join(name: str, modules: Mapping[str, str]) -> str:
    """Write a module behind all that it imports, each in a function of its own.

    It need not know all of JavaScript, only how ours are written: what is exported is a function,
    a class or a constant, and nobody imports in a circle.
    """
    written: dict[str, str] = {}
    _write(name, modules, written)
    return "".join(written.values())


def _write(name: str, modules: Mapping[str, str], written: dict[str, str]) -> None:
    source = modules[f"{name}.js"]
    for _, other in _IMPORT.findall(source):
        if other not in written:
            _write(other, modules, written)
    exported = ", ".join(found for _, found in _EXPORT.findall(source))
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(_take, source))
    written[name] = f"const {name}$ = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"


def _take(found: re.Match[str]) -> str:
    names, module = found.groups()
    return f"const {{{names.replace(' as ', ': ')}}} = {module}$;" if names else ""
