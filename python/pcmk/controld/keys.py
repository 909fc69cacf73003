"""Transition keys, magics and operation keys."""

from msgspec import Struct

from pcmk._core import parameters_digest

EXTERNAL = -1
_UUID_LENGTH = 36


class TransitionKey(Struct, frozen=True):
    """`ACTION:TRANSITION:TARGETRC:UUID`; transition -1 stands for what no graph asked for."""

    action: int
    transition: int
    target_rc: int
    uuid: str

    def __str__(self) -> str:
        return f"{self.action}:{self.transition}:{self.target_rc}:{self.uuid.ljust(_UUID_LENGTH)}"


class OperationKey(Struct, frozen=True):
    """`RESOURCE_ACTION_INTERVAL`."""

    resource: str
    action: str
    interval_ms: int

    def __str__(self) -> str:
        return f"{self.resource}_{self.action}_{self.interval_ms}"


def parse_key(text: str) -> TransitionKey | None:
    """A transition key from its text, or None if it isn't one."""
    parts = text.split(":", 3)
    if len(parts) != 4:
        return None
    try:
        return TransitionKey(int(parts[0]), int(parts[1]), int(parts[2]), parts[3].strip())
    except ValueError:
        return None


def parse_magic(text: str) -> tuple[int, int, TransitionKey] | None:
    """Status, result and key from a magic, or None if it isn't one."""
    head, _, rest = text.partition(";")
    status, _, rc = head.partition(":")
    key = parse_key(rest)
    try:
        return None if key is None else (int(status), int(rc), key)
    except ValueError:
        return None


def parse_operation_key(text: str) -> OperationKey | None:
    """An operation key from its text; the resource's name may have underscores, the action of migrations too."""
    head, _, interval = text.rpartition("_")
    resource, _, action = head.rpartition("_")
    if action in ("to", "from") and resource.endswith("_migrate"):
        resource, action = resource.removesuffix("_migrate"), f"migrate_{action}"
    if "_pre_notify_" in text or "_post_notify_" in text:
        resource, action = head.split("_pre_notify_")[0].split("_post_notify_")[0], "notify"
    if not resource or not action or not interval.isdecimal():
        return None
    return OperationKey(resource, action, int(interval))


def uuid_of(incarnation: str) -> str:
    """The name of this controller's transitions: as unique as its incarnation, in the form of a UUID."""
    text = incarnation.replace("-", "").lower()
    if len(text) != 32 or any(letter not in "0123456789abcdef" for letter in text):
        text = parameters_digest({"incarnation": incarnation})
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
