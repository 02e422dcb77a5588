"""Shapes of second factors and passkeys."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from accounts.api.schemas import Request, Text
from accounts.domain.challenges import Challenge
from accounts.use_cases.show_factor import Assertion, Shown
from chassis.web.text import ONE_LINE

Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=20_000)]
ChallengeText = Annotated[str, StringConstraints(max_length=400), ONE_LINE]
Typed = Annotated[str, StringConstraints(min_length=1, max_length=40), ONE_LINE]
Password = Annotated[str, StringConstraints(max_length=256)]


class FromBrowser(BaseModel, extra="ignore"):
    """What `PublicKeyCredential.toJSON()` gives; browsers add to it as the standard grows, and we read what we need."""


class AssertionResponseBody(FromBrowser):
    """AuthenticatorAssertionResponseJSON of WebAuthn."""

    clientDataJSON: Base64Url  # noqa: N815 - the standard's name
    authenticatorData: Base64Url  # noqa: N815
    signature: Base64Url
    userHandle: Base64Url | None = None  # noqa: N815


class AssertionBody(FromBrowser):
    """AuthenticationResponseJSON of WebAuthn: what `navigator.credentials.get` has answered."""

    id: Base64Url
    rawId: Base64Url  # noqa: N815 - the standard's name
    type: Literal["public-key"]
    response: AssertionResponseBody


class AttestationResponseBody(FromBrowser):
    """AuthenticatorAttestationResponseJSON of WebAuthn."""

    clientDataJSON: Base64Url  # noqa: N815 - the standard's name
    attestationObject: Base64Url  # noqa: N815


class CreationBody(FromBrowser):
    """RegistrationResponseJSON of WebAuthn: what `navigator.credentials.create` has answered."""

    id: Base64Url
    rawId: Base64Url  # noqa: N815 - the standard's name
    type: Literal["public-key"]
    response: AttestationResponseBody


class FactorRequest(Request):
    """Exactly one of the three."""

    code: Typed | None = Field(None, description="Six digits of the authenticator app")
    recovery_code: Typed | None = None
    passkey: AssertionBody | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.code, self.recovery_code, self.passkey)) != 1:
            raise ValueError("give one of code, recovery_code and passkey")
        return self

    def shown(self, challenge: str | None, proof: Challenge | None = None) -> Shown:
        """For the use case; `challenge` is what a passkey has signed, `proof` the same where it was for this alone."""
        made = Assertion(self.passkey.model_dump(), challenge or "") if self.passkey else None
        return Shown(self.code, self.recovery_code, made, proof)


class SecondFactorRequest(FactorRequest):
    """What the 401 of the sign-in asked for. `device_token` as at `POST /v1/sessions`."""

    challenge: ChallengeText
    device_token: Annotated[str, StringConstraints(max_length=200)] | None = None


class PasskeySignInRequest(Request):
    """The browser's answer to the challenge of `POST /v1/sessions/passkey-challenges`."""

    challenge: ChallengeText
    passkey: AssertionBody
    device_token: Annotated[str, StringConstraints(max_length=200)] | None = None


class PasskeyChallengeBody(BaseModel):
    """`options` are for `navigator.credentials` (WebAuthn's JSON form); send `challenge` back with the answer."""

    challenge: str
    expires_in: int
    options: dict[str, Any]


class PasswordAgainRequest(Request):
    """The present password once more: a stolen token must not become a stolen account."""

    password: Password


class ProofRequest(FactorRequest):
    """Password and second factor once more. `challenge` goes with a passkey: the one of a proof."""

    password: Password
    challenge: ChallengeText | None = None


class OfferedAuthenticatorBody(BaseModel):
    """For the app, as a picture or typed in. Shown this once; it counts when the first code has come."""

    secret: str
    uri: str
    qr_rows: list[str] = Field(description="The QR code of `uri`, row by row: 1 is a dark square. It has no margin")


class CodeRequest(Request):
    """The code that the app shows now."""

    code: Typed


class RecoveryCodesBody(BaseModel):
    """Ten codes that work once each where no other factor is at hand, shown this once; empty where there are some already."""

    recovery_codes: list[str]


class PasskeyChallengeRequest(PasswordAgainRequest):
    """`registration` to make a passkey, `proof` to show one before something is taken away."""

    purpose: Literal["registration", "proof"]


class NewPasskeyRequest(Request):
    """What the browser has made, and what its owner calls it."""

    challenge: ChallengeText
    passkey: CreationBody
    name: Text


class PasskeyBody(BaseModel):
    """A passkey of a person; nothing of it opens anything."""

    id: UUID
    name: str
    added_at: datetime
    last_used_at: datetime | None


class NewPasskeyBody(RecoveryCodesBody):
    """With recovery codes if it is the person's first factor."""

    passkey: PasskeyBody


class SecondFactorBody(BaseModel):
    """What a person has beside the password. `needed` says that nothing else is possible without one."""

    authenticator: str = Field(description="off, offered (no code of it has come yet) or on")
    recovery_codes_left: int
    passkeys: list[PasskeyBody]
    needed: bool
