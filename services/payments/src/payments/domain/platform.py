"""Who runs the marketplace: the company that earns the commission and issues invoices in the sellers' names."""

from dataclasses import dataclass

from chassis.kernel.ids import Id

# Owner of the platform's own wallets; not a company of `accounts`.
PLATFORM_ID = Id("8f5b7a1e-7f0c-5d6a-8a35-2f3f0e8f1c11")


@dataclass(frozen=True, slots=True)
class Platform:
    """`country` decides the VAT on the commission; `payment_provider` is named on invoices as the holder of the account."""

    name: str
    country: str
    payment_provider: str
    public_url: str = ""

    @property
    def card_pages(self) -> str:
        """Where payment links begin."""
        return f"{self.public_url}/pay"
