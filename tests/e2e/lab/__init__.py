"""Several hosts on one machine: each a process tree in namespaces of its own, with Corosync, on a switch of their own.

Needs root. The machine's own network is not touched.
"""

from tests.e2e.lab.lab import Lab

__all__ = ["Lab"]
