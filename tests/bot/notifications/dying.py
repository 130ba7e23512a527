"""A worker that dies at a named place: `python -m tests.bot.notifications.dying URL PLACE`."""

import sys
from dataclasses import replace

from bot.runtime.failpoints import arm
from bot.storage.database.engine import Database
from tests.bot.notifications.bureau import RULES, Bureau
from tests.office import Office

if __name__ == "__main__":
    url, place = sys.argv[1:]
    arm(place)
    Bureau(Office(Database(url)), replace(RULES, urls=())).work()
