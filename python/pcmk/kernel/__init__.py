"""Pure vocabulary of every daemon and tool: no I/O, no clock, no gRPC."""
