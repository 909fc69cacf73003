"""Versions that nodes and documents are compared by."""

from pcmk import __version__

FEATURE_SET = "3.20.5"
"""What this software can do, as nodes tell it each other and CIBs note it."""

SCHEMA = "pacemaker-4.0"
"""The newest schema of CIBs."""

RELEASE = "3.0.2"
"""The release of Pacemaker whose behaviour this software has. Clients compare it to know what they may ask for."""

SOFTWARE = f"{RELEASE} (pcmk {__version__})"
"""What commands and daemons say of their version. Clients take the first word after `Pacemaker` or `CRM Version:`."""

BUILD = f"{RELEASE}-pcmk{__version__}"
"""What a DC says of itself in the property `dc-version`, which clients compare as they do a release."""
