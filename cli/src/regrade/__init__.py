"""The regrade command."""
