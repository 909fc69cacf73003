"""gRPC and Protobuf: the wire form of messages, local sockets, links between nodes, certificates.

The only room that knows generated code. Nothing here starts gRPC when imported.
"""

import os

# gRPC's own lines on standard error would only repeat, in another form, what is logged here.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
# Nobody goes on with gRPC in a fork of a process that has used it. What gRPC does in such a fork so that one could
# sometimes kills it, in other words a program before it is run.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
