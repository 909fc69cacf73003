"""Settings of gRPC channels and servers that both ends must agree on."""

# A CIB of a large cluster with history is some ten megabytes.
MESSAGE_BYTES = 128 * 2**20
METADATA_BYTES = 256 * 1024

COMMON: tuple[tuple[str, int], ...] = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    ("grpc.max_send_message_length", MESSAGE_BYTES),
    ("grpc.max_metadata_size", METADATA_BYTES),
    ("grpc.absolute_max_metadata_size", 2 * METADATA_BYTES),
)

SERVER: tuple[tuple[str, int], ...] = (*COMMON, ("grpc.so_reuseport", 0))

# Channels that do not share connections do not share the waiting time after a failed one either.
CHANNEL: tuple[tuple[str, int], ...] = (
    *COMMON,
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
)

# A peer whose machine went silent without a reset is noticed even if nothing is sent and membership still counts it.
_ALIVE: tuple[tuple[str, int], ...] = (("grpc.keepalive_time_ms", 10_000), ("grpc.keepalive_timeout_ms", 10_000))

PEER_SERVER: tuple[tuple[str, int], ...] = (
    *SERVER,
    *_ALIVE,
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.http2.max_ping_strikes", 0),
)

PEER_CHANNEL: tuple[tuple[str, int], ...] = (
    *CHANNEL,
    *_ALIVE,
    ("grpc.http2.max_pings_without_data", 0),
    # Bounds one attempt to connect.
    ("grpc.min_reconnect_backoff_ms", 1_000),
)

# A stream that somebody follows says something at least that often.
HEARTBEAT_SECONDS = 5.0

SERVICE_PREFIX = "pcmk.v1."
LINK_METHOD = "/pcmk.v1.Link/Open"
PEER_METHOD = "/pcmk.v1.Peer/Open"
CLIENT_KEY = "pcmk-client"
PID_KEY = "pcmk-pid"
READY_KEY = "pcmk-ready"
PATIENCE_KEY = "pcmk-patience"
INCARNATION_KEY = "pcmk-incarnation"


def path_of(service: str, method: str) -> str:
    """How a method of a daemon's local API is called on the wire."""
    return f"/{SERVICE_PREFIX}{service}/{method}"
