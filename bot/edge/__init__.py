"""The edge: client addresses, rate limits, bodies, forms, signatures and assets."""
