"""A herald that dies at a named place: `python -m tests.bot.errands.dying URL PLACE`."""

import sys
from dataclasses import replace

from bot.errands.herald import Herald
from bot.failpoints import arm
from bot.notifications.senders import Ways
from bot.storage.engine import Database
from tests.bot.errands.bureau import ON_THIS_MACHINE, RULES, Recorder
from tests.factories import NOON

if __name__ == "__main__":
    url, place = sys.argv[1:]
    arm(place)
    nobody = Recorder()
    ways = Ways(ON_THIS_MACHINE, nobody, nobody, nobody, lambda: NOON)
    Herald(Database(url), replace(RULES, urls=()), ways, lambda: NOON).work()
