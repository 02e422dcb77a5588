"""Stock as a large marketplace has it: series of devices in their sizes and colours, from several sellers, in all grades.

The same number gives the same line for ever, so that a push can be repeated, or repeated with other prices.
"""

import json
import random
from collections.abc import Sequence
from typing import Any

_COLOURS = ("Black", "White", "Blue", "Green", "Silver", "Gold", "Red", "Purple", "Space Gray", "Midnight")
_GRADES = ("premium", "excellent", "good", "good", "fair")
_PHONE_SIZES, _LAPTOP_SIZES = ("64GB", "128GB", "256GB", "512GB"), ("256GB", "512GB", "1TB")
# Brand, series, its generations, kind, sizes of storage, sizes of memory, euros when new.
_SERIES: tuple[tuple[str, str, Sequence[str], str, Sequence[str], Sequence[str], int], ...] = (
    ("Apple", "iPhone {}", [str(n) for n in range(8, 17)], "smartphone", _PHONE_SIZES, ("4GB", "6GB"), 900),
    (
        "Apple",
        "iPhone {} Pro",
        [str(n) for n in range(11, 17)],
        "smartphone",
        _PHONE_SIZES,
        ("6GB", "8GB"),
        1200,
    ),
    ("Samsung", "Galaxy S{}", [str(n) for n in range(9, 25)], "smartphone", _PHONE_SIZES, ("8GB", "12GB"), 850),
    ("Samsung", "Galaxy A{}", [str(n) for n in range(10, 56)], "smartphone", _PHONE_SIZES, ("4GB", "6GB"), 350),
    ("Google", "Pixel {}", [str(n) for n in range(3, 10)], "smartphone", _PHONE_SIZES, ("6GB", "8GB"), 700),
    ("Xiaomi", "Redmi Note {}", [str(n) for n in range(7, 14)], "smartphone", _PHONE_SIZES, ("4GB", "8GB"), 300),
    ("OnePlus", "OnePlus {}", [str(n) for n in range(6, 13)], "smartphone", _PHONE_SIZES, ("8GB", "12GB"), 750),
    ("Apple", "iPad Air {}", [str(n) for n in range(2, 6)], "tablet", _PHONE_SIZES, ("4GB", "8GB"), 700),
    ("Samsung", "Galaxy Tab S{}", [str(n) for n in range(5, 10)], "tablet", _PHONE_SIZES, ("6GB", "8GB"), 650),
    ("Apple", "MacBook Pro {}", ["13", "14", "16"], "laptop", _LAPTOP_SIZES, ("8GB", "16GB", "32GB"), 2000),
    ("Apple", "MacBook Air {}", ["13", "15"], "laptop", _LAPTOP_SIZES, ("8GB", "16GB"), 1300),
    (
        "Lenovo",
        "ThinkPad T{}",
        [str(n) for n in range(460, 500)],
        "laptop",
        _LAPTOP_SIZES,
        ("8GB", "16GB"),
        1400,
    ),
    ("Dell", "Latitude {}", [str(n) for n in range(5400, 5440)], "laptop", _LAPTOP_SIZES, ("8GB", "16GB"), 1200),
    ("HP", "EliteBook {}", [str(n) for n in range(830, 860)], "laptop", _LAPTOP_SIZES, ("8GB", "16GB"), 1300),
    ("Apple", "Watch Series {}", [str(n) for n in range(4, 10)], "watch", ("32GB",), ("1GB",), 450),
)


def line(n: int, round_: int = 0) -> dict[str, Any]:
    """The n-th line; each round has another price for it."""
    chance = random.Random(n)
    brand, series, generations, category, sizes, memories, euros = chance.choice(_SERIES)
    # Young generations are offered more often than old ones.
    generation = generations[max(chance.randrange(len(generations)), chance.randrange(len(generations)))]
    return {
        "sku": f"LOT-{n}",
        "product": {
            "brand": brand,
            "model": series.format(generation),
            "category": category,
            "storage": chance.choice(sizes),
            "ram": chance.choice(memories),
            "color": chance.choice(_COLOURS),
        },
        "grade": chance.choice(_GRADES),
        "price": {"amount": euros * chance.randrange(30, 70) + round_, "currency": "EUR"},
        "quantity": chance.choice((0, 1, 1, 2, 5, 10, 40)),
        "vat_regime": "margin" if n % 3 == 0 else "normal",
        "ship_from": "FR",
        "warranty_months": chance.choice((12, 12, 24, 36)),
        "battery_health_percent": chance.randrange(90, 101),
        "dispatch_business_days": chance.choice((1, 1, 2, 3)),
        "markets": ["fr-pro"],
    }


def body(numbers: Sequence[int], round_: int = 0) -> bytes:
    """A push of these lines."""
    return b"\n".join(json.dumps(line(n, round_)).encode() for n in numbers)


def questions(count: int) -> dict[str, list[str]]:
    """What buyers ask, by kind: words, words with a slip, filters without words, and everything there is."""
    chance = random.Random(11)
    asked: dict[str, list[str]] = {"words": [], "slips": [], "filters": [], "everything": []}
    for _ in range(count):
        brand, series, generations, category, sizes, _memories, _euros = chance.choice(_SERIES)
        name = series.format(chance.choice(generations))
        words = f"{brand} {name} {chance.choice(sizes)}".lower().replace(" ", "%20")
        more = chance.choice(("", "&in_stock=true", f"&grade={chance.choice(_GRADES)}", "&quantity=5"))
        asked["words"].append(f"q={words}{more}")
        # Two letters of the first word swapped.
        slip = f"{name[0]}{name[2]}{name[1]}{name[3:]}".replace(" ", "%20")
        asked["slips"].append(f"q={slip}")
        colour = chance.choice(_COLOURS).replace(" ", "%20")
        bound = chance.choice(("", "&battery_min=95", "&warranty_min=24", "&price_max=50000", "&dispatch_max=1"))
        kind = f"category={category}&brand={brand}&storage={chance.choice(sizes)}"
        asked["filters"].append(f"{kind}&color={colour}{bound}{more}")
        asked["everything"].append(f"sort={chance.choice(('price', 'newest', 'battery', 'warranty'))}{more}")
    return asked
