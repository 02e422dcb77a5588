"""The catalogue's unit of work: its repositories and the market rules, on one connection."""

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.offer import StockedOffer
from catalog.storage.buy_boxes import BuyBoxRepository
from catalog.storage.buyer_holds import UnitsOnSale
from catalog.storage.imports import ImportRepository
from catalog.storage.offers import OfferRepository
from catalog.storage.personal_data import PERSONAL_DATA
from catalog.storage.products import ProductRepository
from catalog.storage.quotes import Quotes
from catalog.storage.reservations import ReservationRepository
from catalog.storage.seller_services import ServiceBook
from catalog.storage.sellers import SellerRepository
from catalog.storage.stock import StockBook
from catalog.storage.traders import TraderRecords
from catalog.storage.units import UnitRepository
from catalog.use_cases.ports import Rulebook
from catalog.use_cases.ports_quotes import QuoteRulebook
from chassis.db.unit_of_work import UnitOfWork
from chassis.kernel.ids import Id


class CatalogUnitOfWork(UnitOfWork):
    """What one use case does, inside a transaction that it neither opens nor closes."""

    def __init__(
        self,
        connection: AsyncConnection,
        rulebook: Rulebook,
        quote_rules: QuoteRulebook,
        on_sale: UnitsOnSale | None = None,
    ) -> None:
        super().__init__(connection)
        self.personal_data = PERSONAL_DATA
        self.rulebook = rulebook
        self.sellers = SellerRepository(connection)
        self.products = ProductRepository(connection)
        read: dict[Id, StockedOffer] = {}
        self.offers = OfferRepository(connection, read)
        self.stock = StockBook(connection, read)
        self.reservations = ReservationRepository(connection, on_sale or UnitsOnSale())
        self.traders = TraderRecords(connection)
        self.quotes = Quotes(connection, quote_rules)
        self.imports = ImportRepository(connection)
        self.units = UnitRepository(connection)
        self.buy_boxes = BuyBoxRepository(connection)
        self.service = ServiceBook(connection)
