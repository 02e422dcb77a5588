"""A person's own second factor: an authenticator app, recovery codes, passkeys. Only people have the scope for it.

No answer of these doors is kept for a repeat: it would hold secrets, or a quick hash of a body with a password in it.
"""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api.factor_schemas import (
    CodeRequest,
    NewPasskeyBody,
    NewPasskeyRequest,
    OfferedAuthenticatorBody,
    PasskeyBody,
    PasskeyChallengeBody,
    PasskeyChallengeRequest,
    PasswordAgainRequest,
    ProofRequest,
    RecoveryCodesBody,
    SecondFactorBody,
)
from accounts.api.proof import person_behind, prove
from accounts.api.state import Doors, Given
from accounts.domain.challenges import VALID_FOR, Challenge, Purpose
from accounts.domain.errors import ChallengeRefused
from accounts.domain.passkey import Passkey
from accounts.domain.scopes import SELF
from accounts.domain.user import User
from accounts.use_cases.add_passkey import AddPasskey, add_passkey
from accounts.use_cases.begin_passkey import BeginPasskey, begin_passkey
from accounts.use_cases.confirm_authenticator import ConfirmAuthenticator, confirm_authenticator
from accounts.use_cases.offer_authenticator import OfferAuthenticator, offer_authenticator
from accounts.use_cases.remove_authenticator import RemoveAuthenticator, remove_authenticator
from accounts.use_cases.remove_passkey import RemovePasskey, remove_passkey
from accounts.use_cases.renew_recovery_codes import RenewRecoveryCodes, renew_recovery_codes
from accounts.use_cases.show_factor import Assertion, Shown
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.writes import UnkeptWrite

router = APIRouter(prefix="/v1/me", tags=["accounts"])
Person = Annotated[Subject, require(SELF)]

_PURPOSES = {"registration": Purpose.REGISTRATION, "proof": Purpose.PROOF}


@router.get("/second-factor")
async def read_second_factor(subject: Person, given: Given) -> SecondFactorBody:
    """What you have beside the password: an authenticator app, recovery codes, passkeys."""
    factors = await given.queries.factors(subject.id)
    return SecondFactorBody(
        authenticator=factors.second.authenticator,
        recovery_codes_left=len(factors.second.recovery_hashes),
        passkeys=[_passkey(one) for one in factors.passkeys],
        needed=subject.kind in given.rules.factor_needed_by,
    )


@router.post("/authenticator", status_code=status.HTTP_201_CREATED)
async def offer_own_authenticator(
    body: PasswordAgainRequest, subject: Person, given: Given, write: UnkeptWrite
) -> OfferedAuthenticatorBody:
    """Get the secret for an authenticator app. Nothing changes before `POST /v1/me/authenticator/confirmation`.

    Asked again before that, it gives another secret, and the one before works no more.
    """
    user = await person_behind(subject, given)
    proof = await prove(subject, body.password, given)
    command = OfferAuthenticator(subject.id, proof)
    sealed = await write.run(partial(offer_authenticator, command, given.checks))
    apps = given.checks.authenticators
    secret = apps.plain(sealed, subject.id)
    uri = apps.key_uri(secret, user.email)
    return OfferedAuthenticatorBody(secret=secret, uri=uri, qr_rows=list(apps.picture(uri)))


@router.post("/authenticator/confirmation", status_code=status.HTTP_201_CREATED)
async def confirm_own_authenticator(
    body: CodeRequest, subject: Person, given: Given, write: UnkeptWrite
) -> RecoveryCodesBody:
    """Send the app's first code. From now on signing in with the password asks for a code; other sessions have ended.

    The answer has ten recovery codes if this is your first factor. They are shown this once.
    """
    command = ConfirmAuthenticator(subject.id, subject.session_id, body.code, real_now())
    codes = await write.run(partial(confirm_authenticator, command, given.checks))
    return RecoveryCodesBody(recovery_codes=list(codes))


@router.post("/authenticator/removal", status_code=status.HTTP_204_NO_CONTENT)
async def remove_own_authenticator(body: ProofRequest, subject: Person, given: Given, write: UnkeptWrite) -> Response:
    """Give the authenticator app up: with the password, and a code, a recovery code or a passkey. Other sessions end."""
    proof = await prove(subject, body.password, given)
    shown = await _shown(body, subject, given)
    command = RemoveAuthenticator(subject.id, subject.session_id, proof, shown, real_now())
    await write.run(partial(remove_authenticator, command, given.checks))
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/recovery-codes", status_code=status.HTTP_201_CREATED)
async def renew_own_recovery_codes(
    body: ProofRequest, subject: Person, given: Given, write: UnkeptWrite
) -> RecoveryCodesBody:
    """Get ten new recovery codes, with the password and a second factor. The old ones work no more."""
    proof = await prove(subject, body.password, given)
    shown = await _shown(body, subject, given)
    command = RenewRecoveryCodes(subject.id, proof, shown, real_now())
    codes = await write.run(partial(renew_recovery_codes, command, given.checks))
    return RecoveryCodesBody(recovery_codes=list(codes))


@router.post("/passkey-challenges", status_code=status.HTTP_201_CREATED)
async def begin_own_passkey(
    body: PasskeyChallengeRequest, subject: Person, given: Given, write: UnkeptWrite
) -> PasskeyChallengeBody:
    """Get the options for your browser to make a passkey, or to show one before something is taken away."""
    user = await person_behind(subject, given)
    proof = await prove(subject, body.password, given)
    known = await write.run(partial(begin_passkey, BeginPasskey(subject.id, proof)))
    challenge = given.challenges.new(_PURPOSES[body.purpose], real_now(), subject.id, proof.password_hash)
    text, browser = given.challenges.write(challenge), given.checks.ceremonies
    is_new = challenge.purpose is Purpose.REGISTRATION
    options = browser.creation(user, known, text) if is_new else browser.request(known, text)
    return PasskeyChallengeBody(challenge=text, expires_in=int(VALID_FOR.total_seconds()), options=dict(options))


@router.post("/passkeys", status_code=status.HTTP_201_CREATED)
async def add_own_passkey(body: NewPasskeyRequest, subject: Person, given: Given, write: UnkeptWrite) -> NewPasskeyBody:
    """Keep the passkey that your browser has made. It signs in without a password; other sessions have ended.

    The answer has ten recovery codes if this is your first factor. They are shown this once.
    """
    challenge = given.challenges.read(body.challenge, Purpose.REGISTRATION, real_now())
    _must_be_of_today(challenge, await person_behind(subject, given), given)
    made = Assertion(body.passkey.model_dump(), body.challenge)
    command = AddPasskey(subject.id, subject.session_id, challenge, made, body.name, real_now())
    added = await write.run(partial(add_passkey, command, given.checks))
    return NewPasskeyBody(passkey=_passkey(added.passkey), recovery_codes=list(added.recovery_codes))


@router.post("/passkeys/{passkey_id}/removal", status_code=status.HTTP_204_NO_CONTENT)
async def remove_own_passkey(
    passkey_id: Id, body: ProofRequest, subject: Person, given: Given, write: UnkeptWrite
) -> Response:
    """Give a passkey up: with the password, and a code, a recovery code or a passkey. Other sessions end."""
    proof = await prove(subject, body.password, given)
    shown = await _shown(body, subject, given)
    command = RemovePasskey(subject.id, subject.session_id, passkey_id, proof, shown, real_now())
    await write.run(partial(remove_passkey, command, given.checks))
    return Response(status_code=status.HTTP_204_NO_CONTENT)


async def _shown(body: ProofRequest, subject: Subject, given: Doors) -> Shown:
    if body.passkey is None:
        return body.shown(None)
    # A passkey has signed a challenge: it must be one for this, of this person.
    proof = given.challenges.read(body.challenge or "", Purpose.PROOF, real_now())
    _must_be_of_today(proof, await person_behind(subject, given), given)
    return body.shown(body.challenge, proof)


def _must_be_of_today(challenge: Challenge, user: User, given: Doors) -> None:
    """Of this person, and of the password that the person still has."""
    if challenge.user_id != user.id or challenge.mark != given.challenges.mark_of(user.password_hash):
        raise ChallengeRefused()


def _passkey(one: Passkey) -> PasskeyBody:
    return PasskeyBody(id=one.id, name=one.name, added_at=one.added_at, last_used_at=one.last_used_at)
