"""The environment variables of the catalogue: the shared ones are all it needs."""

from chassis.settings import Settings

__all__ = ["Settings"]
