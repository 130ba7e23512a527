"""Telling those who are not looking: the team, each agent, and programs."""
