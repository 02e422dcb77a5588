"""The payment provider's HTTP interface, below /psp/v1."""
