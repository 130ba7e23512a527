"""The chat's process killed by its failpoint, with a browser in the middle of a send."""

import asyncio
import shutil
from pathlib import Path

from playwright.async_api import expect

from bot.storage.database.engine import Database
from tests.fake_graph import running_fake_graph
from tests.office import Office
from tests.system.processes import free_port, installed
from tests.ui.conftest import Windows
from tests.ui.widget.shop import Visitor, running_shop
from tests.ui.widget.stage import Stage

_LOOK_AGAIN = "dispatchEvent(new Event('online'))"  # lest the test wait as long as the widget may


async def test_a_server_killed_during_a_send_has_one_copy(
    windows: Windows, tmp_path: Path, migrated_file: Path, redis_url: str
) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'whosthere.db')}"
    database, shop_port = Database(url), free_port()
    office, shop = Office(database), f"http://shop.localhost:{shop_port}"
    with running_fake_graph() as graph, installed(tmp_path, url, redis_url, graph) as system:
        chat = f"http://chat.localhost:{system.port}"
        system.environment |= {"PUBLIC_URL": chat, "WEBCHAT_ALLOWED_ORIGINS": shop}
        async with running_shop(shop_port, Stage(shop, f"{chat}/widget.js")):
            await asyncio.to_thread(system.start, "web")
            visitor = await Visitor.arrive(await windows.context(), shop)
            await visitor.chat("Before")
            system.kill("web")
            bar = visitor.frame.get_by_role("status")
            await expect(bar).to_have_text("No connection. Trying again…")
            await asyncio.to_thread(system.start, "web", FAILPOINT="intake.after_commit")
            await visitor.inside.evaluate(_LOOK_AGAIN)
            await expect(bar).to_have_text("")

            await visitor.write("Only once")
            await asyncio.to_thread(system.wait_for_death, "web")
            await visitor.state("Waiting for connection…").wait_for()
            assert [row["text"] for row in office.rows("messages")] == ["Before", "Only once"]

            await asyncio.to_thread(system.start, "web")
            await visitor.inside.evaluate(_LOOK_AGAIN)
            await visitor.sent()
            await expect(visitor.own).to_have_text(["Before", "Only once"])
            assert office.count("messages") == 2
    database.close()
