"""Takes signed webhooks to our own door, over a real socket, as Meta would."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.web.demo.payloads import delivery_to, encode
from bot.web.demo.people import DemoHappening, DemoPerson, Direction
from bot.web.demo.settings import DemoSettings
from channels.meta.signature import sign

_ATTEMPTS = 3  # Meta "will immediately try a few more times"
_PATIENCE = ClientTimeout(total=5)  # and waits five seconds for an answer


class DemoPostman:
    """Lives as long as the application does; whatever is still under way then is given up."""

    def __init__(self, demo: DemoSettings) -> None:
        self._demo = demo
        self._session: ClientSession | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def work(self, _app: web.Application) -> AsyncIterator[None]:
        """Hold the connections, for `cleanup_ctx`."""
        async with ClientSession(timeout=_PATIENCE) as self._session:
            yield
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)
        self._session = None

    def later(self, errand: Coroutine[None, None, None]) -> None:
        """Run an errand once the caller has answered."""
        task = asyncio.create_task(errand)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def deliver(self, person: DemoPerson, what: str, item: Mapping[str, object]) -> bool:
        """Post an event until it is taken; say whether it was."""
        body = encode(delivery_to(self._demo.page_id, self._demo.now(), item))
        for _ in range(_ATTEMPTS):
            begun = time.perf_counter()
            status = await self._post(body)
            took = max(1, round((time.perf_counter() - begun) * 1000))
            taken = status == HTTPStatus.OK
            outcome = f"{status} · {took} ms" if status else "no answer"
            at = self._demo.now()
            person.note(DemoHappening(at, Direction.IN, f"Webhook: {what}", outcome, taken))
            if taken:
                return True
        return False

    async def _post(self, body: bytes) -> int | None:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "Facebook-API-Version": "unversioned",
            "X-Hub-Signature-256": sign(self._demo.app_secret, body),
        }
        if self._session is None:
            return None
        try:
            async with self._session.post(
                self._demo.webhook_url(), data=body, headers=headers, allow_redirects=False
            ) as response:
                return response.status
        except (ClientError, TimeoutError):
            return None
