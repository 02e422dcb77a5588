"""The taxonomy, as sellers read it before they push."""

from typing import Literal

from pydantic import BaseModel, Field

from catalog.domain.product import Category


class AttributeBody(BaseModel):
    """An attribute of products of a category. `least` and `most` are inclusive, as text so that nobody rounds them."""

    name: str
    type: Literal["integer", "decimal", "text", "choice", "boolean"]
    unit: str | None
    least: str | None
    most: str | None
    choices: list[str]
    identifying: bool = Field(description="Whether two products may differ by nothing else")


class CategoryBody(BaseModel):
    """A category and what is said of its products. `identified_by` are the fields that every product has beside them."""

    category: Category
    has_battery: bool
    identified_by: list[str]
    attributes: list[AttributeBody]


class CategoryList(BaseModel):
    """All categories."""

    items: list[CategoryBody]
