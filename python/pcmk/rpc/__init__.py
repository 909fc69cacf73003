"""gRPC and Protobuf: the wire form of messages, local sockets, links between nodes, certificates.

The only room that knows generated code. Nothing here starts gRPC when imported.
"""

import os

# gRPC's own lines on standard error would only repeat, in another form, what is logged here.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
