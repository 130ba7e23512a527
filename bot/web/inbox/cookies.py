"""The cookie that carries a session."""

from datetime import timedelta

from aiohttp import web

from bot.desk.team import LONGEST


class SessionCookie:
    """Reads and writes it.

    Over https no other host and no plain http can set it. Over plain http it has another name:
    not all browsers keep a secure cookie there, not even from this machine.
    """

    def __init__(self, public_origin: str) -> None:
        is_secure = public_origin.startswith("https://")
        self.name = "__Host-inbox" if is_secure else "inbox"
        self._attributes = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if is_secure else "")

    def read(self, request: web.Request) -> str | None:
        """Read the one cookie of ours; of two, either may be foreign."""
        pairs = [
            pair.strip().partition("=")
            for header in request.headers.getall("Cookie", [])
            for pair in header.split(";")
        ]
        values = [value for name, _, value in pairs if name == self.name]
        return values[0] if len(values) == 1 and values[0] else None

    def write(self, response: web.StreamResponse, session: str) -> None:
        """Make the browser remember."""
        self._set(response, session, LONGEST)

    def forget(self, response: web.StreamResponse) -> None:
        """Make the browser forget."""
        self._set(response, "", timedelta(0))

    def _set(self, response: web.StreamResponse, value: str, lasts: timedelta) -> None:
        age = int(lasts.total_seconds())
        response.headers.add(
            "Set-Cookie", f"{self.name}={value}; Max-Age={age}; {self._attributes}"
        )
