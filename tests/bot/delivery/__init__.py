"""Tests of the work outside."""
