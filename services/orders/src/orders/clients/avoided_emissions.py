"""The published figures of what refurbished devices avoid, out of the file beside this module."""

import tomllib
from importlib.resources import files

from orders.domain.spending import AvoidedEmissions, Source


def avoided_emissions() -> AvoidedEmissions:
    """Read once, at the start."""
    told = tomllib.loads(files("orders.clients").joinpath("avoided_emissions.toml").read_text("utf-8"))
    grams = told.pop("grams_per_year")
    return AvoidedEmissions(Source(**told), {str(category): int(value) for category, value in grams.items()})
