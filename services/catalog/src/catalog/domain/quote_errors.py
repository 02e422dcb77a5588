"""Every refusal around requests for quotation, by name."""

from chassis.kernel.errors import Forbidden, Invalid, NotFound, Unavailable, WrongState


class QuoteRequestNotFound(NotFound):
    """Not there, not yours, or, for a seller, not of a market and category of its own."""

    code = "quote_request_not_found"
    title = "There is no such request for quotation"


class BidNotFound(NotFound):
    """Not there, or not to be seen by who asks: a sealed bid exists for its seller only."""

    code = "bid_not_found"
    title = "There is no such bid"


class QuotePaperNotReady(NotFound):
    """It is printed right after the round is closed."""

    code = "quote_not_printed_yet"
    title = "This quote has not been printed yet"


class PartyNotKnown(Unavailable):
    """Accounts does not say at the moment who a company is; it is asked again."""

    code = "party_not_known_yet"
    title = "The data of a company is not here yet"


class QuotesNotGiven(WrongState):
    """The market sells at the prices of its offers only (row C7)."""

    code = "quotes_not_given"
    title = "This market gives no quotes"


class FormNeeded(Invalid):
    """Where bulk needs are told with a business form (row C7) a request says in words what it is for."""

    code = "note_needed"
    title = "This market asks you to describe your need in a note"


class QuoteLinesRefused(Invalid):
    """At least one line breaks a rule of the market; `errors` name the rule, the market and the line."""

    code = "quote_lines_refused"
    title = "The market gives no quote for lines like these"


class BidLinesRefused(Invalid):
    """At least one line breaks a rule of the market or does not answer what is asked; `errors` name them."""

    code = "bid_lines_refused"
    title = "The bid does not answer the request"


class QuoteCurrencyRefused(Invalid):
    """The market does not trade in this currency."""

    code = "currency_not_accepted"
    title = "The market does not use this currency"


class QuoteCountryRefused(Invalid):
    """The market has no prices for this country."""

    code = "country_not_served"
    title = "The market has no prices for this country"


class QuoteRequestMoveRefused(WrongState):
    """Such as a bid after the round was closed, or a second award."""

    code = "quote_request_move_refused"
    title = "The request for quotation is not in a state for this"


class BidMoveRefused(WrongState):
    """Such as taking back what was withdrawn, replaced or has expired."""

    code = "bid_move_refused"
    title = "The bid is not in a state for this"


class RoundOver(WrongState):
    """The time for answers has passed, even if nobody has said so yet."""

    code = "round_over"
    title = "The time for answers is over"


class BuyerWithoutMarket(Forbidden):
    """Only a buyer company of a market asks for quotes."""

    code = "buyer_needed"
    title = "Only a buyer company asks for quotes"


class ChoiceTwice(Invalid):
    """Each line of a bid stands in an award once."""

    code = "choice_twice"
    title = "A line of a bid is named twice"


class ChoiceUnknown(Invalid):
    """The award names a bid or a line of it that is not there, or that no longer holds."""

    code = "choice_unknown"
    title = "A line of the award names no bid that holds"


class AwardTooLarge(Invalid):
    """More than was offered, or in sum more than was asked for."""

    code = "award_too_large"
    title = "The award takes more than was offered or asked for"
