"""Tests of the whole: real processes, a real Valkey, real databases, and a Graph API of our own."""
