"""Mails that went to visitors, mails that came, and addresses that get none."""
