"""Products: what an offer is an offer of, recognised by GTIN or by what makes two devices the same."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from chassis.kernel.ids import Id


class Category(StrEnum):
    """The categories of `markets/schema.toml`; VAT rules and delivery times depend on them."""

    SMARTPHONE = "smartphone"
    TABLET = "tablet"
    LAPTOP = "laptop"
    DESKTOP = "desktop"
    MONITOR = "monitor"
    WATCH = "watch"
    CONSOLE = "console"
    ACCESSORY = "accessory"


WITH_BATTERY = frozenset({Category.SMARTPHONE, Category.TABLET, Category.LAPTOP, Category.WATCH})


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """A product as a seller describes it."""

    brand: str
    model: str
    category: Category
    storage: str | None = None
    ram: str | None = None
    color: str | None = None
    launch_year: int | None = None
    gtin: str | None = None

    @property
    def key(self) -> str:
        """The same for two spellings of the same device: `apple|iphone13|128gb|4gb|blue`."""
        parts = (self.brand, self.model, self.storage, self.ram, self.color)
        return "|".join(normalised(part or "") for part in parts)

    @property
    def title(self) -> str:
        """What buyers read: `Apple iPhone 13 128GB 4GB RAM Blue`."""
        ram = f"{self.ram} RAM" if self.ram else None
        return " ".join(part for part in (self.brand, self.model, self.storage, ram, self.color) if part)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the platform. The first description of a product stays: there is no moderation yet."""

    id: Id
    spec: ProductSpec

    def is_described_by(self, spec: ProductSpec) -> bool:
        """Whether a seller's description means this product."""
        return (
            spec is self.spec
            or spec == self.spec
            or spec.key == self.spec.key
            or (spec.gtin is not None and spec.gtin == self.spec.gtin)
        )


# A feed repeats the same few products thousands of times: what was described before is the same object again.
described = lru_cache(maxsize=8192)(ProductSpec)


# A feed repeats the same few brands, sizes and colours thousands of times.
@lru_cache(maxsize=8192)
def normalised(text: str) -> str:
    """Letters and digits only, in lower case; a plus stays, for a Galaxy S21 is no Galaxy S21+."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum() or char == "+")


def gtin_is_valid(gtin: str) -> bool:
    """GS1 check digit: from the right, the digits before the last weigh 3, 1, 3, 1, …"""
    *body, check = (int(digit) for digit in gtin)
    weighed = sum(digit * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return (weighed + check) % 10 == 0
