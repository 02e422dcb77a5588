"""From passports to what their readers see."""

from typing import Any

from catalog.api.unit_schemas import UnitChangeBody, UnitCheckBody, UnitEventBody
from catalog.domain.unit import UnitChange, UnitFacts
from catalog.use_cases.ports_units import Labels, UnitCheck, UnitView

# Where a device was is for everybody; how its description changed is the seller's.
_PUBLIC = frozenset({"registered", "shipped", "received", "sent_back", "returned", "restocked", "retired"})


def unit_body(view: UnitView, labels: Labels) -> dict[str, Any]:
    """The fields of UnitBody."""
    unit = view.unit
    return {
        "id": unit.id,
        "version": unit.version,
        "imei": unit.imei,
        "serial": unit.serial,
        "state": unit.state.value,
        "offer_id": unit.offer_id,
        "sku": unit.facts.sku,
        "title": view.title,
        "category": view.category,
        **_facts(unit.facts),
        "check_url": labels.check_url(unit.check_code),
        "created_at": view.created_at,
        "updated_at": view.updated_at,
    }


def change_body(change: UnitChange) -> UnitChangeBody:
    """An entry of the history for the seller."""
    return UnitChangeBody.model_validate(change._asdict())


def check_body(check: UnitCheck) -> UnitCheckBody:
    """A passport for whoever holds the device."""
    unit = check.unit
    history = [
        UnitEventBody.model_validate({"what": one.what, "at": one.at}) for one in check.history if one.what in _PUBLIC
    ]
    return UnitCheckBody(
        title=check.title,
        category=check.category,
        number_kind="imei" if unit.imei else "serial",
        masked_number=unit.masked_number,
        state=unit.state.value,
        **_facts(unit.facts),
        history=history,
    )


def _facts(facts: UnitFacts) -> dict[str, Any]:
    return {
        "grade": facts.grade,
        "battery_health_percent": facts.battery_health_percent,
        "battery_cycles": facts.battery_cycles,
        "diagnostics": [one._asdict() for one in facts.diagnostics],
        "replaced_parts": [one._asdict() for one in facts.replaced_parts],
        "erasure": facts.erasure and facts.erasure._asdict(),
    }
