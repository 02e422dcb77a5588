"""The sandbox's memory: one PostgreSQL database of its own, so that a restart forgets nothing."""
