"""A channel that does not exist: carrier pigeons, written by docs/adding-a-channel.md alone.

A loft of ours is the account. A visitor is filed under the ring of its pigeon, and is answered at
the roost where the pigeon lives, which may become another one.
"""
