"""What routes are given by the composition root, as typed dependencies."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request

from accounts.domain.challenges import Challenges
from accounts.domain.known_devices import KnownDevices
from accounts.domain.link_tokens import LinkTokens
from accounts.domain.refresh_tokens import RefreshTokens
from accounts.domain.session import SignInRules
from accounts.use_cases import ports
from chassis.db.executor import Executor


@dataclass(frozen=True)
class Doors:
    """Ports of the routes; `run` on the executor is for writes that carry no Idempotency-Key."""

    executor: Executor[Any]
    queries: ports.Queries
    markets: ports.Markets
    business: ports.OpenBusinessElsewhere
    directory: ports.MarketDirectory
    files: ports.FileReader
    passwords: ports.Passwords
    tokens: ports.Tokens
    activation_tokens: LinkTokens
    password_tokens: LinkTokens
    email_tokens: LinkTokens
    refresh_tokens: RefreshTokens
    known_devices: KnownDevices
    rules: SignInRules
    challenges: Challenges
    checks: ports.Checks
    invitation_tokens: LinkTokens
    signatures_live: timedelta


async def _doors(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


Given = Annotated[Doors, Depends(_doors)]
