"""Tests of RQ's side."""
