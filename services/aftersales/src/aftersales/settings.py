"""The environment variables of aftersales: those every process shares."""

from chassis.settings import Settings

__all__ = ["Settings"]
