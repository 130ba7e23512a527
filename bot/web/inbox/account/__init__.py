"""The agents' accounts: signing in, settings, notices."""
