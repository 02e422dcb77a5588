"""Sign-ins for API tests: real tokens, signed with a key of the test's own."""

from collections.abc import Iterable
from typing import Any

from joserfc.jwk import ECKey, KeySet

from chassis.kernel.ids import Id, new_id
from chassis.web.auth import Keys, Verifier, sign


class TestTokens:
    """Hands out bearer headers; give `verifier` to the application under test (`app.state.verifier`)."""

    __test__ = False

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        self.verifier = Verifier(Keys(self._fetch))

    async def _fetch(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(
        self,
        kind: str,
        company_id: Id,
        scopes: Iterable[str],
        *,
        market: str | None = "fr-pro",
        seconds: int = 600,
        person: Id | None = None,
    ) -> str:
        """An access token as `accounts` would issue it: to a key, or to a person in a session."""
        claims: dict[str, Any] = {
            "sub": str(person or new_id()),
            "company": str(company_id),
            "kind": kind,
            "scope": " ".join(scopes),
        }
        if person is not None:
            claims["sid"] = str(new_id())
        if market:
            claims["market"] = market
        return sign(self.key, claims, seconds=seconds)

    def headers(
        self,
        kind: str,
        company_id: Id,
        *scopes: str,
        market: str | None = "fr-pro",
        key: str | None = None,
        person: Id | None = None,
    ) -> dict[str, str]:
        """Request headers: the bearer token, and an Idempotency-Key (a new one, or the one given)."""
        return {
            "Authorization": f"Bearer {self.token(kind, company_id, scopes, market=market, person=person)}",
            "Idempotency-Key": key or str(new_id()),
        }
