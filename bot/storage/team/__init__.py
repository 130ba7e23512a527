"""Agents, what they keep, and how they and programs are told."""
