"""Device lists become stock lines: always the same ones, priced by grade, and within the rules of the default market."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from regrade.devices import OWN_LIST, push_lines, read_devices

AS_OF = datetime(2026, 11, 21, 8, tzinfo=UTC)
REAL_LIST = Path(__file__).parents[3] / "shared" / "data" / "devices.csv"


def lines_of(path: Path) -> list[dict[str, object]]:
    return list(
        push_lines(read_devices(path), prefix="T", vat_regime="normal", ship_from="FR", markets=["fr-pro"], as_of=AS_OF)
    )


def test_the_same_list_makes_the_same_lines() -> None:
    assert lines_of(OWN_LIST) == lines_of(OWN_LIST)


def test_every_line_has_a_sku_of_its_own_and_a_price() -> None:
    lines = lines_of(OWN_LIST)
    assert len({line["sku"] for line in lines}) == len(lines) > len(read_devices(OWN_LIST))
    assert all(isinstance(line["price"]["amount"], int) and line["price"]["amount"] >= 1900 for line in lines)  # type: ignore[index]


def test_laptops_watches_and_phones_are_told_apart() -> None:
    categories = {line["product"]["category"] for line in lines_of(OWN_LIST)}  # type: ignore[index]
    assert categories == {"smartphone", "tablet", "laptop", "desktop", "watch"}


@pytest.mark.skipif(not REAL_LIST.exists(), reason=f"the real device list is not at {REAL_LIST.name}")
def test_the_real_list_makes_thousands_of_lines() -> None:
    lines = lines_of(REAL_LIST)
    assert len(lines) > 2_000
    assert {"Samsung", "LG", "Nokia"} <= {str(line["product"]["brand"]) for line in lines}  # type: ignore[index]
