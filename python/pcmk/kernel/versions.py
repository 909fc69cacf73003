"""Versions that nodes and documents are compared by."""

FEATURE_SET = "3.20.5"
"""What this software can do, as nodes tell it each other and CIBs note it."""

SCHEMA = "pacemaker-4.0"
"""The newest schema of CIBs."""
