"""The page where agents choose how they are told, and what browsers need for pushes."""

import asyncio
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

from bot.desk.errors import InvalidError
from bot.edge.assets import Asset
from bot.edge.forms import read_form
from bot.edge.minify import minify
from bot.storage.team.recipients import Device, Wishes
from bot.web.inbox.dependencies import PREFIX, Entry, InboxParts, Who, agent_of
from bot.web.inbox.entry import go
from bot.web.inbox.files import address
from bot.web.inbox.pages import read_said, render

_HOME = f"{PREFIX}/notifications"
_SAID = {"kept": "Saved."}
_WORKER = Path(__file__).parents[2] / "static" / "inbox" / "sw.js"


def notifying_entries(parts: InboxParts) -> list[Entry]:
    """Serve the page, what it does, and the script that shows pushes."""
    pages = _Notifying(parts)
    return [
        Entry("GET", "/notifications", pages.show),
        Entry("POST", "/notifications", pages.choose),
        Entry("POST", "/notifications/devices", pages.add_device),
        Entry("POST", "/notifications/devices/forget", pages.forget_device),
        Entry("GET", "/sw.js", _serve_worker, Who.ANYBODY),
        Entry("GET", "/manifest.webmanifest", _serve_manifest, Who.ANYBODY),
    ]


@dataclass(frozen=True, slots=True)
class _Notifying:
    parts: InboxParts

    async def show(self, request: web.Request) -> web.Response:
        return await self._page(request)

    async def choose(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        wishes = Wishes(
            push="push" in form,
            mail="mail" in form,
            quiet_from=form.get("quiet_from") or None,
            quiet_to=form.get("quiet_to") or None,
            zone=form.get("zone") or self.parts.zone.key,
            alarms="alarms" in form,
        )
        try:
            own = agent_of(request).id
            await asyncio.to_thread(self.parts.notifying.choose, own, wishes)
        except InvalidError as error:
            return await self._page(request, 422, str(error))
        return go(f"{_HOME}?said=kept")

    async def add_device(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        device = Device(form.get("endpoint", ""), form.get("p256dh", ""), form.get("auth", ""))
        try:
            own = agent_of(request).id
            await asyncio.to_thread(self.parts.notifying.add_device, own, device)
        except InvalidError as error:
            return _refuse_device(error)
        return web.Response(status=204)

    async def forget_device(self, request: web.Request) -> web.Response:
        form, own = await read_form(request), agent_of(request).id
        forget = self.parts.notifying.forget_device
        try:
            await asyncio.to_thread(forget, own, form.get("endpoint", ""))
        except InvalidError as error:
            return _refuse_device(error)
        return web.Response(status=204)

    async def _page(
        self, request: web.Request, status: int = 200, refusal: str = ""
    ) -> web.Response:
        notifying = self.parts.notifying
        wishes, devices = await asyncio.to_thread(notifying.wishes, agent_of(request).id)
        return render(
            request,
            "inbox/notifications.html",
            status,
            wishes=wishes,
            devices=devices,
            key=await asyncio.to_thread(notifying.public_key),
            has_mail=notifying.has_mail,
            zone=self.parts.zone.key,
            said=read_said(request, _SAID),
            refusal=refusal,
        )


def _refuse_device(error: InvalidError) -> web.Response:
    return web.json_response({"error": str(error)}, status=422)


async def _serve_manifest(_request: web.Request) -> web.Response:
    # an iPhone lets only what is on its home screen take pushes, and asks for this
    manifest = {
        "name": "Whosthere",
        "id": PREFIX,
        "start_url": PREFIX,
        "scope": PREFIX,
        "display": "standalone",
        "icons": [{"src": address("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return web.json_response(
        manifest,
        content_type="application/manifest+json",
        headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
    )


@cache
def _worker() -> Asset:
    return Asset.of(minify(_WORKER.read_text("utf-8")), ".js")


async def _serve_worker(request: web.Request) -> web.Response:
    policy = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
    return _worker().answer(request, {"Cache-Control": "no-cache", **policy})
