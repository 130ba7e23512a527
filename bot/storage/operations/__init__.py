"""Figures and findings for operators, and what was set aside for them."""
