"""The HTTP doors of the simulated world."""
