"""Messages between daemons, nodes and tools, as plain frozen values.

Each message has a Protobuf twin of the same name and field names in `protos/pcmk/v1`; `pcmk.rpc.convert` maps one to
the other. Fields are str, int, float, bool, bytes, another message, a tuple of these, an optional one, or a
`dict[str, str]`; times in seconds unless the name says `_ms`.
"""

from msgspec import Struct


class Message(Struct, frozen=True):
    """Base of everything that may cross a socket."""
