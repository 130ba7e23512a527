"""Connections to SQLite and PostgreSQL, transactions, and statements for many rows."""
