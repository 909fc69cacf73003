"""Errors that cross a boundary of the package."""


class PcmkError(Exception):
    """A request that was understood and refused, or could not be carried out.

    `code` is a cluster exit code (see `pcmk.kernel.exitcodes`); `message` names the place and the reason.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class CibError(PcmkError):
    """A CIB document, operation or patchset was refused; nothing was changed."""
