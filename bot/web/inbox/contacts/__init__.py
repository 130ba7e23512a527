"""The pages of contacts, and saying who a visitor is."""
