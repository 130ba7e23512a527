"""The door for answers by mail: `POST /webhooks/email` takes a mail as it came, raw."""

import asyncio
import hmac
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from bot.edge.bodies import UnreadableError, read_body
from bot.edge.refusals import tell_cause
from bot.follow_ups.answers import AnswerDesk, MailVerdict
from bot.mail.inbound import MOST_BYTES
from bot.ports.errors import UnavailableError
from channels.base import Observer

PATH = "/webhooks/email"
_READ_WITHIN = timedelta(seconds=15)
_MOST_UNDER_WAY = 8
MAIL_THREADS = 2


def _threads() -> Executor:
    """Give mails threads of their own: nobody's chat waits for them."""
    return ThreadPoolExecutor(MAIL_THREADS, "mail")


@dataclass(slots=True)
class MailDoor:
    """Lets in who shows the secret, and says 200 when the mail is stored or set aside."""

    desk: AnswerDesk
    secret: str = field(repr=False)
    observer: Observer
    _threads: Executor = field(default_factory=_threads)
    _under_way: int = 0

    def routes(self) -> list[web.RouteDef]:
        """Say where it is reached."""
        return [web.post(PATH, self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        if not self._is_let_in(request):
            return _answer(HTTPStatus.FORBIDDEN, is_done=False)
        try:
            body = await read_body(request, MOST_BYTES, _READ_WITHIN)
        except UnreadableError as error:
            return _answer(error.status, is_done=False)
        if not body:
            return _answer(HTTPStatus.BAD_REQUEST)
        if self._under_way >= _MOST_UNDER_WAY:
            tell_cause(request, "as many mails are being read as may be")
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            verdict = await self._read(body)
        except UnavailableError as error:
            tell_cause(request, error)
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE)
        self.observer.ignored(f"mail_{verdict}", 1)
        return _answer(HTTPStatus.OK)

    async def _read(self, mail: bytes) -> MailVerdict:
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._threads, self.desk.take, mail)
        self._under_way += 1
        reading.add_done_callback(self._done)
        return await asyncio.shield(reading)  # who hangs up makes no room for another

    def _done(self, _reading: asyncio.Future[MailVerdict]) -> None:
        self._under_way -= 1

    def _is_let_in(self, request: web.Request) -> bool:
        shown = request.headers.getall("Authorization", [])
        ours = f"Bearer {self.secret}".encode()
        return len(shown) == 1 and hmac.compare_digest(
            shown[0].encode(errors="surrogatepass"), ours
        )


def _answer(status: HTTPStatus, *, is_done: bool = True) -> web.Response:
    headers = {"Retry-After": "5"} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    response = web.Response(status=status, text=status.phrase, headers=headers)
    if not is_done:
        response.force_close()  # what is left of the body is not worth reading
    return response
