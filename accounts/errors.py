# SPDX-License-Identifier: EUPL-1.2
"""What this room refuses. ``sentence`` is Dutch (or translated) and may be shown as it is."""

from django.utils.translation import gettext as _

from base.refusal import Refusal


class AccountsError(Refusal):
    """Of people, organisations and roles."""


class InvalidEmail(AccountsError):
    """Not an address that mail can be sent to."""

    code = "invalid_email"

    def __init__(self, sentence: str = "", *, code: str = "") -> None:
        super().__init__(
            sentence or _("Dit is geen goed e-mailadres. Voorbeeld: naam@gemeente.nl"), code=code
        )


class PrivateAddress(InvalidEmail):
    """An address at a mail provider for consumers: it does not show where somebody works."""

    code = "private_address"

    def __init__(self) -> None:
        super().__init__(
            _("Gebruik je werkmail. Met een privéadres kunnen we niet zien waar je werkt.")
        )


class InvalidName(AccountsError):
    code = "invalid_name"


class PersonRefused(AccountsError):
    code = "person_refused"


class AccessRefused(AccountsError):
    code = "access_refused"


class TooManyRequests(AccountsError):
    code = "too_many_requests"
    #: Of the page that says so.
    status = 429

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("Je probeert het vaak achter elkaar. Wacht een minuut."))


class CannotCount(TooManyRequests):
    """Nobody knows how often this was tried, so it is refused; it is our fault, and we say so."""

    code = "cannot_count"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("Dit lukt nu even niet, dat ligt aan ons. Probeer het over een paar minuten opnieuw.")
        )


class CodeError(AccountsError):
    """The typed code did not sign anybody in."""


class WrongCode(CodeError):
    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(_("Deze code klopt niet. Kijk nog eens in je mail."))


class CodeExpired(CodeError):
    """Ten minutes or five tries are over, or there was no code in this browser."""

    code = "code_expired"

    def __init__(self) -> None:
        super().__init__(_("Deze code is verlopen. We sturen een nieuwe."))
