"""Questions to Graph that change nothing."""

from typing import Any

from bot.ports.errors import SendError
from channels.meta.error_rows import Verdict
from channels.meta.graph import GraphLostError, GraphRefusedError, PageGraph


def ask(graph: PageGraph, path: str, **args: str) -> dict[str, Any] | None:
    """Answer, `None` if there is nothing to tell for good, or raise `SendError`: ask later."""
    try:
        answer: dict[str, Any] = graph.get_object(path, **args)
    except GraphRefusedError as error:
        explained = graph.errors.explain(error.refusal)
        if isinstance(explained, SendError):
            raise explained from error
        return None
    except GraphLostError as error:  # asking twice harms nobody
        raise graph.errors.as_error(Verdict.UNREACHABLE) from error
    return answer


def read_list(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Take the objects out of a list as Graph wraps it."""
    items = answer.get("data")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
