"""An installation that is told of events, and all that it then shows of a person."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from bot.storage.tables import visitors
from channels.meta.signature import sign
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import as_htmx, names, read, words
from tests.bot.web.sites import HOST, Client
from tests.events.meta import PAGE, SECRET, Item
from tests.office import Office

TOKEN = "a program's token that is long enough"  # noqa: S105 - of these tests only
_PROGRAM = {**HOST, "Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Sight:
    """What can be seen of a person; what was taken back can't."""

    said: tuple[tuple[str, str, int], ...] = ()
    """Incoming or outgoing, the text, and how many things came along."""
    capture: str = "idle"
    is_asked_for_email: bool = False
    waits: bool = False
    mail: str | None = None
    """The address of the contact."""
    guest: bool = False
    elsewhere: bool = False
    """Another app has the conversation, and nobody here may answer."""

    def in_any_order(self) -> "Sight":
        """Leave out what was said first: what comes late stands below."""
        return replace(self, said=tuple(sorted(self.said)))

    def __str__(self) -> str:
        flags = {
            "waits": self.waits,
            "to be asked": self.is_asked_for_email,
            self.capture: self.capture not in {"idle", "scheduled"},
            f"is {self.mail}": self.mail,
            "guest": self.guest,
            "elsewhere": self.elsewhere,
        }
        said = [
            f"{'>' if direction == 'incoming' else '<'} {text}{f' +{things}' if things else ''}"
            for direction, text, things in self.said
        ]
        return "; ".join([*said, *(name for name, is_so in flags.items() if is_so)])


@dataclass
class World:
    """The web process with its database, an agent at the inbox, a program at the API."""

    office: Office
    client: Client
    agent: Browser

    async def deliver(self, *items: Item, box: str = "messaging") -> None:
        """Post one delivery as Meta does."""
        entry = {"id": PAGE, "time": 1_772_366_400_723, box: items}
        await self.post(json.dumps({"object": "page", "entry": [entry]}).encode())

    async def post(self, body: bytes) -> None:
        signed = {**HOST, "X-Hub-Signature-256": sign(SECRET, body)}
        async with self.client.post("/webhooks/messenger", data=body, headers=signed) as answer:
            assert (answer.status, await answer.text()) == (200, "EVENT_RECEIVED")

    async def ask(self, path: str, **query: str) -> Any:  # noqa: ANN401 - any JSON
        """Read by the API."""
        url = "/api/v1" + path
        async with self.client.get(url, params=query, headers=_PROGRAM) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def answer(self, person: str, text: str) -> None:
        """Let a program reply by the API."""
        await self.call("POST", f"{self._path(person)}/messages", text=text, client_id=text)

    async def note(self, person: str, text: str) -> None:
        """Let a program write what only the team reads."""
        body = {"text": text, "client_id": text, "note": True}
        await self.call("POST", f"{self._path(person)}/messages", **body)

    async def change(self, person: str, **changes: str) -> None:
        """Let a program close, open or assign a conversation."""
        version = (await self.talk(person))["version"]
        await self.call("PATCH", self._path(person), version=version, **changes)

    async def talk(self, person: str) -> Any:  # noqa: ANN401 - any JSON
        """Read a conversation by the API."""
        return await self.ask(self._path(person))

    def _path(self, person: str) -> str:
        return f"/conversations/{self.find(person)}"

    async def call(self, method: str, path: str, **body: object) -> None:
        """Change something by the API."""
        url = "/api/v1" + path
        async with self.client.request(method, url, json=body, headers=_PROGRAM) as answer:
            assert answer.ok, await answer.text()

    async def look(self, person: str) -> Sight:
        """See what the API says of a person, and find the inbox of the same mind."""
        number = self.find(person)
        if number is None:
            guests = self.office.rows("visitors", external_id=person, guest=True)
            return Sight(guest=bool(guests))
        talk = await self.ask(f"/conversations/{number}")
        messages = (await self.ask(f"/conversations/{number}/messages", after_seq="0"))["messages"]
        shown = [each for each in messages if not each.get("deleted")]
        assert all(not (each["text"] or each["attachments"]) for each in messages
                   if each.get("deleted"))  # fmt: skip
        page = await self._read_thread(number, [str(each["text"]) for each in shown])
        prompts = self.office.rows("outbox", kind="capture_prompt", conversation_id=number)
        return Sight(
            tuple((each["direction"], each["text"], len(each["attachments"])) for each in shown),
            talk["capture"]["state"],
            [row["state"] for row in prompts] == ["pending"],
            talk["waiting_since"] is not None,
            talk["contact"] and talk["contact"]["email"],
            talk["visitor"]["guest"],
            "Another app has the conversation." in page,
        )

    def find(self, person: str) -> int | None:
        """Find a person's conversation."""
        for visitor in self.office.rows("visitors", external_id=person):
            for talk in self.office.rows("conversations", visitor_id=visitor["id"]):
                return int(talk["id"])
        return None

    def people(self, mark: str) -> list[str]:
        """List the visitors whose names end so."""
        column = visitors.c.external_id
        with self.office.database.read() as connection:
            return list(
                connection.execute(sa.select(column).where(column.endswith(mark))).scalars()
            )

    async def inbox(self, person: str) -> str:
        """Read the page of a person's conversation and the list beside it, without the tags."""
        path = f"/inbox/{self.find(person)}"
        return words(await read(self.agent, path))

    async def unread(self, person: str) -> int:
        """Read what the list counts as unread."""
        page = await read(self.agent, "/inbox?status=open")
        found = re.search(rf'id="c{self.find(person)}" data-unread="(\d+)"', page)
        assert found, page
        return int(found[1])

    async def replies(self, person: str) -> list[Any]:
        """Read by the API what went out."""
        path = f"/conversations/{self.find(person)}/messages"
        found = (await self.ask(path, after_seq="0"))["messages"]
        return [each for each in found if each["direction"] == "outgoing"]

    async def is_found(self, text: str) -> bool:
        """Search by the API and in the inbox, which must agree."""
        found = bool((await self.ask("/conversations", q=text))["conversations"])
        page = await read(self.agent, f"/inbox?{urlencode({'q': text, 'status': 'all'})}")
        assert bool(names(page)) == found, page
        return found

    async def _read_thread(self, number: int, texts: Sequence[str]) -> str:
        """Read a conversation as the inbox shows it, which must hold these texts."""
        page = words(
            await read(self.agent, f"/inbox/{number}/thread", **as_htmx(f"/inbox/{number}"))
        )
        missing = [text for text in texts if " ".join(text.split()) not in page]
        assert not missing, (missing, page)
        return page
