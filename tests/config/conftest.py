"""What settings are tried with."""

from tests.environment import set_up

__all__ = ["set_up"]  # for pytest to find
