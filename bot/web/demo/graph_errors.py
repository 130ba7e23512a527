"""Graph's way of saying no."""

from aiohttp import web


class GraphError(Exception):
    """A call that Graph refuses, with the code that it gives."""

    def __init__(
        self,
        message: str,
        code: int = 100,
        subcode: int | None = None,
        *,
        status: int = 400,
        kind: str = "OAuthException",
    ) -> None:
        super().__init__(message)
        self.status = status
        finer = {} if subcode is None else {"error_subcode": subcode}
        self._error = {"message": message, "type": kind, "code": code, **finer}

    def as_response(self) -> web.Response:
        """Write it as Graph does."""
        error = {**self._error, "fbtrace_id": "Simulated"}
        return web.json_response({"error": error}, status=self.status)


def no_such_object(id: str) -> GraphError:
    """Refuse an id, which may not exist or may not be ours to see."""
    return GraphError(
        f"Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation.",
        100,
        33,
        kind="GraphMethodException",
    )
