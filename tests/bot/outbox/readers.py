"""Whoever reads what the outbox holds, by the whole web process: pages, API, figures, exports."""

from dataclasses import dataclass

from bot.storage.outbox.metrics import read_metrics
from bot.storage.team.webhook_endpoints import list_deliveries, list_endpoints
from bot.web.app import make_app
from tests.bot.agents import JONAS, join
from tests.bot.web.inbox.browsers import Browser, open_inbox
from tests.bot.web.sites import Serve
from tests.environment import TOKEN
from tests.office import Office


@dataclass
class Readers:
    """An admin's browser, and a program that uses the API."""

    office: Office
    browser: Browser

    @classmethod
    async def open(cls, office: Office, serve: Serve, redis_url: str) -> "Readers":
        parts = open_inbox(office, redis_url, api_tokens=TOKEN)
        browser = Browser(await serve(make_app(parts)), parts, join(office, JONAS, is_admin=True))
        await browser.sign_in(JONAS)
        return cls(office, browser)

    async def read(self) -> None:
        """Read everything; nothing fails, and no conversation is missing."""
        talks = [row["id"] for row in self.office.rows("conversations")]
        programs = [row["id"] for row in self.office.rows("webhook_endpoints")]
        shown = await self._get("/inbox")
        for path in (
            *(f"/inbox/{talk}" for talk in talks),
            *(f"/inbox/webhooks/{program}" for program in programs),
            *(f"/api/v1/conversations/{talk}" for talk in talks),
            *(f"/api/v1/conversations/{talk}/messages?after_seq=0" for talk in talks),
            "/inbox/operations",
            "/inbox/contacts",
            "/inbox/contacts/export.csv",
            "/api/v1/conversations",
            "/metrics",
        ):
            await self._get(path)
        assert [talk for talk in talks if f"/inbox/{talk}" not in shown] == []
        self._check()

    def _check(self) -> None:
        """Ask as ./run check does: of each program's deliveries the last, and the figures."""
        now = self.office.now
        with self.office.database.read() as connection:
            for program in list_endpoints(connection):
                rows = self.office.rows("outbox", kind="webhook", account=program.target)
                assert len(list_deliveries(connection, program, 100)) == len(rows)
            figures = read_metrics(connection, now)
        states = ("pending", "sending", "dead", "unknown")
        rows = self.office.rows("outbox")
        assert sum(figures.outbox.values()) == sum(row["state"] in states for row in rows)

    async def _get(self, path: str) -> str:
        bearer = {"Authorization": f"Bearer {TOKEN}"} if path.startswith("/api") else {}
        answer = await self.browser.get(path, **bearer)
        assert (path, answer.status) == (path, 200)
        return await answer.text()
