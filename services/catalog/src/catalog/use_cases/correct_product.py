"""An operator puts a product's facts right, for all offers of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from catalog.domain.errors import ProductFactsInvalid, ProductKnownAlready
from catalog.domain.product import Product
from catalog.domain.push import spec_problem
from catalog.domain.taxonomy import SentValue, as_kept
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.errors import Overtaken
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class CorrectProduct:
    """`facts` are fields of ProductSpec by name, `attributes` replaces all of them; what is not named stays. `seen` is the
    version that the operator looked at."""

    product_id: Id
    seen: int
    facts: Mapping[str, Any]
    attributes: Mapping[str, SentValue] | None = None


async def correct_product(command: CorrectProduct, uow: CatalogUnit, now: datetime) -> Product:
    """Raises ProductNotFound, Overtaken, ProductFactsInvalid, ProductKnownAlready or ProductMoveRefused."""
    (before,) = await uow.products.locked([command.product_id])
    if before.version != command.seen:
        raise Overtaken(id=str(before.id), version=before.version)
    spec = replace(before.spec, **command.facts)
    # Attributes that were not named again are held to the category that the product has now.
    said: Mapping[str, Any] = dict(spec.attributes) if command.attributes is None else command.attributes
    spec = replace(spec, attributes=as_kept(spec.category, said))
    if problem := spec_problem(spec):
        raise ProductFactsInvalid(problem.detail, errors=list(problem.errors))
    after, corrected = before.correct(spec)
    others = {one.product.id for one in await uow.products.matching([spec])} - {before.id}
    if others:
        raise ProductKnownAlready("merge the two instead", product_ids=sorted(str(id) for id in others))
    await uow.products.save_facts(after, before, now)
    uow.publish(corrected)
    return after
