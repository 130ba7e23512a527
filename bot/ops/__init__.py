"""Operators' work: checks, replay, lists."""
