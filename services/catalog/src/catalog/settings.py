"""The environment variables of the catalogue: those every process shares."""

from chassis.settings import Settings

__all__ = ["Settings"]
