"""Erasing of everything that is one person's."""
