"""Contacts, what is known about them, and the claims that lead to them."""
