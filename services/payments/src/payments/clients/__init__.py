"""The world outside: payment provider, other services, the typesetter."""
