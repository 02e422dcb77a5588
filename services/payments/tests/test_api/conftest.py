"""The HTTP door in process: real routes, real tokens, real database, fake world."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id, new_id
from chassis.testing.tokens import TestTokens
from chassis.web.acts import look_at
from chassis.web.app import make_app
from payments.main import ROUTERS
from payments.storage.queries import PaymentQueries
from services.payments.tests.world import World

SECRET = "whsec_" + base64.b64encode(b"a secret of 32 bytes for testing").decode()
INTERNAL_TOKEN = "internal"
SCOPES = {
    "buyer": ("payments:read",),
    "seller": ("payments:read", "payouts:read"),
    "auditor": ("audit:read",),
    "operator": ("operator:money", "payments:read", "payouts:read", "audit:read"),
}


@dataclass
class Door:
    """A client with sign-ins at hand."""

    http: httpx.AsyncClient
    tokens: TestTokens

    async def get(self, path: str, kind: str, company_id: Id | None = None, *scopes: str) -> httpx.Response:
        """As somebody of this kind, with the kind's scopes unless others are given."""
        headers = self.tokens.headers(kind, company_id or new_id(), *(scopes or SCOPES[kind]))
        return await self.http.get(path, headers=headers)

    async def webhook(
        self,
        body: str,
        *,
        secret: str = SECRET,
        at: datetime | None = None,
        id: str = "evt_1",
        sent: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """A message signed as the provider signs it; `sent` is what is sent in its place."""
        at = at or real_now()
        signed = {
            "webhook-id": id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(id, at, body),
        }
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post("/v1/webhooks/psp", content=sent or body, headers={**signed, **changed})


@pytest.fixture
async def door(world: World) -> AsyncIterator[Door]:
    app = make_app(title="payments", description="", routers=ROUTERS)
    tokens = TestTokens()
    app.state.executor = world.executor
    app.state.internal_token = INTERNAL_TOKEN
    app.state.verifier = tokens.verifier
    app.state.queries = PaymentQueries(world.executor.engine)
    app.state.psp_webhook = Webhook(SECRET)
    app.state.proposals_live = timedelta(days=7)
    app.state.looks = {
        "correction_id": look_at("proposals", ("state", "decided_by")),
        "contest_id": look_at("contests", ("state", "dismissal")),
    }
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://payments") as http:
        yield Door(http, tokens)
