"""The gateway writes to the operator by an id that `accounts` gives its company on every platform."""

from accounts.domain.platform import OPERATOR_COMPANY as GIVEN
from gateway.domain.operator import OPERATOR_COMPANY as KNOWN


def test_the_gateway_knows_the_operators_company() -> None:
    assert KNOWN == GIVEN
