"""Adapters to what is outside of the service: the markets' files."""
