"""Products: what an offer is an offer of, recognised by GTIN, part number, or by what makes two devices the same."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from catalog.domain import events
from catalog.domain.errors import ProductMoveRefused, ProductsDiffer
from catalog.domain.taxonomy import Attributes, identity_of, normalised, words_of
from catalog.domain.taxonomy import Category as Category
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable

WITH_BATTERY = frozenset({Category.SMARTPHONE, Category.TABLET, Category.LAPTOP, Category.WATCH})


class EvidenceKind(StrEnum):
    """What a product is recognised by, the strongest first: the maker's numbers go before a seller's words."""

    GTIN = "gtin"
    MPN = "mpn"
    KEY = "key"


class Evidence(NamedTuple):
    """One thing a description says about which product is meant, in the form in which it is compared."""

    kind: EvidenceKind
    value: str


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
    mpn: str | None = None
    attributes: Attributes = ()

    @property
    def key(self) -> str:
        """The same for two spellings of the same device: `apple|iphone13|128gb|4gb|blue`, then what identifies it in its
        category, as far as it is said."""
        parts = (self.brand, self.model, self.storage, self.ram, self.color)
        key = "|".join(normalised(part or "") for part in parts)
        return key + identity_of(self.category, self.attributes) if self.attributes else key

    @property
    def gtin_key(self) -> str | None:
        """A GTIN of 8, 12 or 13 digits is one of 14 with zeros before it (GS1 General Specifications, section 3.3)."""
        return self.gtin.zfill(14) if self.gtin else None

    @property
    def mpn_key(self) -> str | None:
        """The maker and its part number, the same for two spellings: `lenovo|20t0s3a`."""
        return f"{normalised(self.brand)}|{normalised(self.mpn)}" if self.mpn else None

    @property
    def title(self) -> str:
        """What buyers read: `Apple iPhone 13 128GB 4GB RAM Blue`."""
        ram = f"{self.ram} RAM" if self.ram else None
        name = " ".join(part for part in (self.brand, self.model, self.storage, ram, self.color) if part)
        more = words_of(self.category, self.attributes) if self.attributes else ""
        return f"{name}, {more}" if more else name

    def evidence(self) -> Iterator[Evidence]:
        """All that tells which product is meant, the strongest first."""
        if self.gtin_key:
            yield Evidence(EvidenceKind.GTIN, self.gtin_key)
        if self.mpn_key:
            yield Evidence(EvidenceKind.MPN, self.mpn_key)
        yield Evidence(EvidenceKind.KEY, self.key)

    def says_nothing_new(self, said: "ProductSpec") -> bool:
        """Whether everything here that tells which product is meant was `said` before."""
        return (
            self is said
            or self == said
            or (self.key == said.key and self.gtin in (None, said.gtin) and self.mpn_key in (None, said.mpn_key))
        )


class ProductState(StrEnum):
    """As a seller described it; as an operator confirmed it; or the double of another product, which stands for it now."""

    UNREVIEWED = "unreviewed"
    CONFIRMED = "confirmed"
    MERGED = "merged"


S = ProductState

MOVES = StateTable(
    {
        ("confirm", S.UNREVIEWED): S.CONFIRMED,
        # Whoever corrects a product has looked at it.
        ("correct", S.UNREVIEWED): S.CONFIRMED,
        ("correct", S.CONFIRMED): S.CONFIRMED,
        ("merge", S.UNREVIEWED): S.MERGED,
        ("merge", S.CONFIRMED): S.MERGED,
    },
    ProductMoveRefused,
)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the platform. What its first description said stands until an operator corrects it.

    `facts` counts the corrections from 1 on; `merged_into` is the product that stands for a merged one.
    """

    id: Id
    spec: ProductSpec
    version: int = 1
    state: ProductState = S.UNREVIEWED
    facts: int = 1
    merged_into: Id | None = None

    @property
    def title(self) -> str:
        """As its description has it."""
        return self.spec.title

    def described(self) -> events.ProductDescribed:
        """The fact that goes with the first version."""
        return events.ProductDescribed(aggregate_id=self.id, seq=self.version, spec=self.spec)

    def confirm(self) -> tuple["Product", events.ProductConfirmed]:
        """Its facts are right."""
        after = replace(self, version=self.version + 1, state=MOVES.after("confirm", self.state))
        return after, events.ProductConfirmed(aggregate_id=self.id, seq=after.version)

    def correct(self, spec: ProductSpec) -> tuple["Product", events.ProductCorrected]:
        """Its facts are these; whoever described it as it was before still means it."""
        state = MOVES.after("correct", self.state)
        after = replace(self, version=self.version + 1, state=state, spec=spec, facts=self.facts + 1)
        return after, events.ProductCorrected(aggregate_id=self.id, seq=after.version, spec=spec)

    def merge_into(self, survivor: "Product") -> tuple["Product", events.ProductMerged]:
        """It is the same thing as `survivor`, which stands for it from now on.

        Raises ProductMoveRefused if either was merged already, ProductsDiffer for itself or for one of another category.
        """
        state = MOVES.after("merge", self.state)
        if survivor.id == self.id:
            raise ProductsDiffer("a product is no double of itself", why="itself")
        if survivor.state is S.MERGED:
            raise ProductMoveRefused("the survivor was merged itself", state=str(survivor.state), move="merge")
        if survivor.spec.category is not self.spec.category:
            detail = f"{self.spec.category} and {survivor.spec.category}: correct the category first"
            raise ProductsDiffer(detail, why="category")
        after = replace(self, version=self.version + 1, state=state, merged_into=survivor.id)
        return after, events.ProductMerged(aggregate_id=self.id, seq=after.version, into=survivor.id)


class Recognised(NamedTuple):
    """A stored product, and what it was recognised by: its own evidence, that of a double, or what it was called before."""

    evidence: Evidence
    product: Product


# A feed repeats the same few products thousands of times: what was described before is the same object again.
described = lru_cache(maxsize=8192)(ProductSpec)


def gtin_is_valid(gtin: str) -> bool:
    """GS1 check digit: from the right, the digits before the last weigh 3, 1, 3, 1, …"""
    *body, check = (int(digit) for digit in gtin)
    weighed = sum(digit * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return (weighed + check) % 10 == 0
