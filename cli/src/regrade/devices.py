"""Turns rows of a device list (name, brand, launch price, storage, …) into the lines of a stock push."""

import csv
import random
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

OWN_LIST = Path(__file__).parent / "data" / "devices.csv"

# What a refurbished device costs, as a share of its launch price in percent, by grade.
_PRICE_PERCENT = {"premium": 68, "excellent": 60, "good": 52, "fair": 44}
_COLOUR_LENGTH_MAX = 40
_SCREEN_OF_A_TABLET_INCHES = 7.5
_SCREEN_OF_A_WATCH_INCHES = 2.6


def read_devices(path: Path) -> list[dict[str, str]]:
    """The rows of a device list that can be sold: they have a brand, a storage size and a price."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if row["brand"] and row["storage"] and row["launch_price_eur"]]


def push_lines(
    devices: Iterable[dict[str, str]],
    *,
    prefix: str,
    vat_regime: str,
    ship_from: str,
    markets: list[str],
    as_of: datetime,
    seed: int = 1,
) -> Iterator[dict[str, Any]]:
    """One line per device and colour: the same list and seed give the same lines, so that a push may be repeated."""
    chance = random.Random(seed)  # noqa: S311 - demo stock, not a secret
    for number, device in enumerate(devices, start=1):
        for colour_number, colour in enumerate(_colours(device), start=1):
            grade = chance.choice(sorted(_PRICE_PERCENT))
            cents = int(device["launch_price_eur"].split(".")[0]) * _PRICE_PERCENT[grade]
            yield {
                "sku": f"{prefix}-{number:05d}-{colour_number}",
                "product": {
                    "brand": _brand(device),
                    "model": _model(device),
                    "category": _category(device),
                    "storage": device["storage"],
                    "ram": device["ram"] or None,
                    "color": colour,
                },
                "grade": grade,
                "price": {"amount": max(cents, 1900), "currency": "EUR"},
                "quantity": chance.randint(3, 40),
                "vat_regime": vat_regime,
                "ship_from": ship_from,
                "warranty_months": chance.choice([12, 24]),
                "battery_health_percent": chance.randint(86, 100),
                "dispatch_business_days": 1,
                "shipping_fee": {"amount": 990, "currency": "EUR"},
                "as_of": as_of.isoformat(),
                "markets": markets,
            }


def _brand(device: dict[str, str]) -> str:
    """Lists write brands in lower case; people write LG and Samsung."""
    brand = device["brand"]
    if not brand.islower():
        return brand
    return brand.upper() if len(brand) <= 3 else brand.title()


def _model(device: dict[str, str]) -> str:
    name, brand = device["name"], device["brand"]
    return name[len(brand) :].strip() if name.lower().startswith(f"{brand.lower()} ") else name


def _colours(device: dict[str, str]) -> list[str]:
    named = [_clean(colour)[:_COLOUR_LENGTH_MAX] for colour in device.get("colors", "").split(",")]
    return [colour for colour in named if colour][:3] or ["Black"]


def _clean(name: str) -> str:
    """Lists come with line breaks and invisible characters inside of names."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())


def _category(device: dict[str, str]) -> str:
    if device.get("category"):
        return device["category"]
    inches = float(device.get("display_in") or 6)
    if inches < _SCREEN_OF_A_WATCH_INCHES:
        return "watch"
    return "tablet" if inches > _SCREEN_OF_A_TABLET_INCHES else "smartphone"
