"""The Messenger simulator: people with phones, and a Graph API to reach them through."""

from bot.web.demo.settings import DemoSettings, ReplyRefusedError
from bot.web.demo.site import add_demo

__all__ = ["DemoSettings", "ReplyRefusedError", "add_demo"]
