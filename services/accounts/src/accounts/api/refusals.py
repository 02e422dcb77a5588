"""Refusals that several doors of sign-in answer with another status than their kind has."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.domain.attempts import WINDOW
from accounts.domain.errors import ChallengeRefused, SecondFactorRefused, SignInRefused, TooManySignIns
from chassis.web.problems import Problem


def too_many(refusal: TooManySignIns) -> Problem:
    """429, and when it is worth to try again."""
    return Problem(429, refusal.code, refusal.title, headers={"Retry-After": str(int(WINDOW.total_seconds()))})


@contextmanager
def sign_in_refusals() -> Iterator[None]:
    """401 for whatever did not fit, said in the same few words whatever it was."""
    try:
        yield
    except TooManySignIns as refusal:
        raise too_many(refusal) from refusal
    except (SignInRefused, ChallengeRefused, SecondFactorRefused) as refusal:
        raise Problem(401, refusal.code, refusal.title) from refusal
