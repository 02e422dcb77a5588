"""The public keys with which everybody checks access tokens."""

from typing import Any

from fastapi import APIRouter

from accounts.api.state import Given

router = APIRouter(tags=["accounts"])


@router.get("/.well-known/jwks.json")
async def read_jwks(given: Given) -> dict[str, Any]:
    """A JSON Web Key Set (RFC 7517)."""
    return await given.tokens.jwks()
