"""The routing table: the longest prefix decides, whole segments only."""

import pytest

from gateway.domain.routes import SERVICE_BY_PREFIX, service_for


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1/orders", "orders"),
        ("/v1/orders/42/purchase-order", "orders"),
        ("/v1/seller/offers", "catalog"),
        ("/v1/seller/orders/7/shipments", "orders"),
        ("/v1/operator/sellers/9/approval", "accounts"),
        ("/v1/webhooks/psp", "payments"),
        ("/.well-known/jwks.json", "accounts"),
        ("/v1/ordersx", None),
        ("/v1/seller", None),
        ("/v1/webhooks/unknown", None),
        ("/internal/status", None),
        ("/v1/../internal/status", None),
        ("/metrics", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_path_belongs_to_one_service_or_to_none(path: str, service: str | None) -> None:
    assert service_for(path) == service


def test_no_internal_path_is_ever_routed() -> None:
    assert not [prefix for prefix in SERVICE_BY_PREFIX if prefix.startswith("/internal")]
