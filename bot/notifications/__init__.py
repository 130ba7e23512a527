"""Notifications for the team and events for programs: texts, rules and channels."""
