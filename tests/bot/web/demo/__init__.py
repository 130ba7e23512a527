"""Tests of `bot.web.demo`."""
