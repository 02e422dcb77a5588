"""The taxonomy's HTTP door: open to everybody, and exactly what pushes are held to."""

from typing import Any

import pytest

from catalog.domain.product import Category

pytestmark = pytest.mark.storage


async def test_whoever_asks_reads_what_may_be_pushed(door: Any) -> None:
    answer = await door.client.get("/v1/categories")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=3600"
    found = {one["category"]: one for one in answer.json()["items"]}
    assert set(found) == {str(one) for one in Category}
    assert found["laptop"]["has_battery"]
    assert not found["monitor"]["has_battery"]
    (inches,) = (one for one in found["monitor"]["attributes"] if one["name"] == "screen_inches")
    assert inches == {
        "name": "screen_inches",
        "type": "decimal",
        "unit": "inch",
        "least": "10",
        "most": "60",
        "choices": [],
        "identifying": True,
    }
