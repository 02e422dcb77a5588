"""What the gateway does by itself, one file per use case."""
