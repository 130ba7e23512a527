"""Measurements that anyone can run; bench/README.md says how, and what they last showed."""
