"""What operators' commands are tried with."""

from tests.environment import set_up
from tests.fake_graph import fake_graph

__all__ = ["fake_graph", "set_up"]  # for pytest to find
