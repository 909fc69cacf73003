"""The CIB manager: one replica of the CIB, on the DC's node the primary that orders its changes."""
