"""Refusals that several doors of sign-in answer with another status than their kind has."""

from accounts.domain.attempts import WINDOW
from accounts.domain.errors import TooManySignIns
from chassis.web.problems import Problem


def too_many(refusal: TooManySignIns) -> Problem:
    """429, and when it is worth to try again."""
    return Problem(429, refusal.code, refusal.title, headers={"Retry-After": str(int(WINDOW.total_seconds()))})
