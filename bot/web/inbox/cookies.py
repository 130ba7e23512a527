"""The cookies of the inbox."""

from datetime import timedelta

from aiohttp import web

from bot.desk.sessions import LONGEST

_A_YEAR = timedelta(days=365)


class OwnCookie:
    """Reads and writes a cookie of ours.

    Over https no other host and no plain http can set it. Over plain http it has another name:
    not all browsers keep a secure cookie there, not even from this machine.
    """

    def __init__(self, public_origin: str, name: str, lasts: timedelta) -> None:
        is_secure = public_origin.startswith("https://")
        self.name = f"__Host-{name}" if is_secure else name
        self._lasts = lasts
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

    def write(self, response: web.StreamResponse, value: str) -> None:
        """Make the browser remember."""
        self._set(response, value, self._lasts)

    def forget(self, response: web.StreamResponse) -> None:
        """Make the browser forget."""
        self._set(response, "", timedelta(0))

    def _set(self, response: web.StreamResponse, value: str, lasts: timedelta) -> None:
        age = int(lasts.total_seconds())
        response.headers.add(
            "Set-Cookie", f"{self.name}={value}; Max-Age={age}; {self._attributes}"
        )


def session_cookie(public_origin: str) -> OwnCookie:
    """Make the cookie that carries a session."""
    return OwnCookie(public_origin, "inbox", LONGEST)


def browser_cookie(public_origin: str) -> OwnCookie:
    """Make the cookie by which a browser is known after its session has ended."""
    return OwnCookie(public_origin, "inbox-browser", _A_YEAR)
