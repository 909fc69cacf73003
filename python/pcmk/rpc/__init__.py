"""gRPC and Protobuf: the wire form of messages, local sockets, links between nodes, certificates.

The only room that knows generated code. Nothing here starts gRPC when imported.
"""
