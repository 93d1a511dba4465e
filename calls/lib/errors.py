"""The one base class of everything Greenlight refuses to do.

A refusal is data: a code for programs, an HTTP status, a sentence with the next step for people, and
details. Each concrete refusal lives beside the verb that raises it.
"""

from typing import Any, Self


class Refusal(Exception):
    """Something was asked that cannot be done; nothing was changed unless the class says so."""

    code: str = "refused"
    status: int = 409
    message: str = "This cannot be done."
    # The id that was asked for and not found: for the door to look into, and told to nobody.
    named: str = ""

    def __init__(self, message: str = "", **details: Any) -> None:
        self.sentence = message or self.message
        self.details = details
        super().__init__(self.sentence)

    def naming(self, public_id: str) -> Self:
        """The same, with the id that was asked for."""
        self.named = public_id
        return self


class BadField(Refusal):
    """One named field of the request is missing, malformed or names something that does not exist."""

    code = "invalid_field"
    status = 400
    message = "One field is not usable; correct it and send the request again."

    def __init__(self, field: str, message: str, code: str = "", **details: Any) -> None:
        super().__init__(message, field=field, **details)
        self.field = field
        self.field_code = code or self.code


class NotFound(Refusal):
    """No such thing for this tenant; another tenant's looks exactly the same."""

    code = "not_found"
    status = 404
    message = "There is nothing here under that id. Check the id and the tenant."


class NotPermitted(Refusal):
    """The credential is good, but its role or scopes do not include this act."""

    code = "not_permitted"
    status = 403
    message = "Your role or key does not allow this. Ask an admin of the tenant for the right."
