"""Shared parts of Meta's channels: Graph, signatures, deliveries, error codes."""
