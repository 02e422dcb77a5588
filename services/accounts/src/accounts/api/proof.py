"""The password again, before something that a stolen token must not be able to do."""

from functools import partial

from accounts.api.refusals import too_many
from accounts.api.state import Doors
from accounts.domain.errors import PasswordWrong, TooManySignIns
from accounts.domain.user import User
from accounts.use_cases.begin_sign_in import BeginSignIn, SignInAttempt, begin_sign_in
from chassis.kernel.clock import real_now
from chassis.web.auth import Subject


async def person_behind(subject: Subject, given: Doors) -> User:
    """Whose token it is; the door has asked for the scope that only people have."""
    user = await given.queries.user(subject.id)
    assert user is not None, "only people have the scope for it, and nobody is ever deleted"
    return user


async def prove(subject: Subject, password: str, given: Doors) -> SignInAttempt:
    """A stolen token must not become a stolen account, nor a place to guess the password: attempts count as sign-ins.

    The attempt counts as a failed one until a use case forgets it.
    """
    user = await person_behind(subject, given)
    # Counted by itself: who is signed in is not held up by what strangers tried.
    begin = BeginSignIn(user.email, f"session/{subject.session_id}", real_now())
    try:
        attempt = await given.executor.run(partial(begin_sign_in, begin))
    except TooManySignIns as refusal:
        raise too_many(refusal) from refusal
    if not await given.passwords.matches(password, attempt.password_hash):
        raise PasswordWrong()
    found: SignInAttempt = attempt
    return found
