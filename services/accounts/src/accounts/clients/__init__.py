"""Adapters to what is outside of the service: the VIES register, password hashing, token signing."""
