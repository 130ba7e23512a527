"""What Meta's channels share: Graph, signatures, deliveries and what its codes mean."""
