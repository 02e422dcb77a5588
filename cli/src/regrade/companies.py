"""Demo companies of every market: who buys, who sells, and how their goods are described there."""

from dataclasses import dataclass
from typing import Any

from regrade.story import CompanyCard


@dataclass(frozen=True)
class LocalTrade:
    """A buyer and a seller of one market. `grade` and `currency` are the market's own, `carrier` one that it
    allows, and `warranty_months` what it promises."""

    market: str
    buyer: CompanyCard
    seller: CompanyCard
    grade: str
    currency: str
    carrier: str
    warranty_months: int

    def line(self, sku: str, price: int, quantity: int) -> dict[str, Any]:
        """A stock line for a phone; `price` is in minor units of the market's currency."""
        return {
            "sku": sku,
            "product": {
                "brand": "Samsung",
                "model": "Galaxy S24",
                "category": "smartphone",
                "storage": "256GB",
                "color": "Onyx Black",
            },
            "grade": self.grade,
            "price": {"amount": price, "currency": self.currency},
            "quantity": quantity,
            "vat_regime": "normal",
            "ship_from": self.seller.country,
            "warranty_months": self.warranty_months,
            "battery_health_percent": 93,
            "dispatch_business_days": 1,
            "markets": [self.market],
        }


TRADES = {
    trade.market: trade
    for trade in (
        LocalTrade(
            "fr-pro",
            CompanyCard("Librairie du Lac SARL", "achats@librairie-lac.example", "Annecy", "74000", "2 rue du Pont"),
            CompanyCard("Reconduit SAS", "pro@reconduit.example", "Bordeaux", "33000", "7 quai des Marques"),
            "excellent",
            "EUR",
            "Chronopost",
            24,
        ),
        LocalTrade(
            "be-shop",
            CompanyCard("Kantoor Plus BV", "inkoop@kantoor-plus.example", "Brussel", "1000", "Nieuwstraat 14", "BE"),
            CompanyCard("Tweede Leven BV", "shop@tweede-leven.example", "Antwerpen", "2000", "Kaai 3", "BE"),
            "a_plus",
            "EUR",
            "bpost",
            12,
        ),
        LocalTrade(
            "dk-shop",
            CompanyCard("Nordlys Kontor ApS", "indkob@nordlys.example", "København", "1620", "Vestergade 8", "DK"),
            CompanyCard("Genbrug Teknik ApS", "salg@genbrug.example", "Aarhus", "8000", "Havnegade 5", "DK"),
            "excellent",
            "EUR",
            "GLS",
            24,
        ),
        LocalTrade(
            "uk-shop",
            CompanyCard("Lagan Office Ltd", "orders@lagan-office.example", "Belfast", "BT1 5GS", "1 High Street", "GB"),
            CompanyCard("Renewed Devices Ltd", "shop@renewed.example", "Lisburn", "BT28 1AA", "4 Mill Road", "GB"),
            "excellent",
            "GBP",
            "DPD",
            12,
        ),
        LocalTrade(
            "nl-market",
            CompanyCard("Drukkerij Zuid BV", "inkoop@drukkerij-zuid.example", "Utrecht", "3511 AB", "Dorp 6", "NL"),
            CompanyCard("Groen Herstel BV", "verkoop@groen-herstel.example", "Rotterdam", "3011 AA", "Kade 9", "NL"),
            "excellent",
            "EUR",
            "PostNL",
            12,
        ),
    )
}
