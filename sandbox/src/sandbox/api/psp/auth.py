"""The payment provider knows one customer, by its API key."""

import hmac
from typing import Annotated

from fastapi import Header

from sandbox.api.common import TheWorld
from sandbox.domain.errors import ApiKeyWrong


def require_api_key(world: TheWorld, authorization: Annotated[str, Header()] = "") -> None:
    """`Authorization: Bearer <key>`. Raises ApiKeyWrong."""
    expected = f"Bearer {world.settings.psp_api_key}"
    if not hmac.compare_digest(authorization.encode(), expected.encode()):
        raise ApiKeyWrong
