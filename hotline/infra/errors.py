"""Errors are sentences with a code: `code` for programs, `message` for people, `data` for both."""

from collections.abc import Sequence
from typing import Any, ClassVar


class HotlineError(Exception):
    """Something a person can mend. `message` is one Chinese sentence that says what to do."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data

    def body(self) -> dict[str, Any]:
        return {"error": self.code, "message": self.message, **self.data}


class BadRequest(HotlineError):
    """The request cannot be read at all."""

    code = "bad_request"


class InvalidInput(HotlineError):
    """Readable, but fields are missing or wrong: `errors` lists every one of them."""

    code = "invalid_input"
    status = 422

    def __init__(self, errors: Sequence[tuple[str, str]], **data: Any) -> None:
        listed = [{"field": field, "message": message} for field, message in errors]
        # Whole sentences stand one after the other.
        super().__init__(";".join(said for _, said in errors).replace("。;", "。"), errors=listed, **data)


class NotSignedIn(HotlineError):
    code = "not_signed_in"
    status = 401


class Forbidden(HotlineError):
    code = "forbidden"
    status = 403


class NotFound(HotlineError):
    """Absent, or not this person's to see: the answer is the same, so that nothing can be guessed."""

    code = "not_found"
    status = 404


class Conflict(HotlineError):
    """Someone else was faster; `data` says what is true now."""

    code = "conflict"
    status = 409


class TooManyRequests(HotlineError):
    code = "too_many_requests"
    status = 429


class Misconfigured(HotlineError):
    """A setting is missing or wrong; said once, at start."""

    code = "misconfigured"
    status = 500
