"""Mails to visitors who are not there: replies out, links back, answers in."""
