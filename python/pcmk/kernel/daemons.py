"""The names of the daemons. By themselves, because every command needs one of them and nothing of their cores."""

from enum import StrEnum


class Daemon(StrEnum):
    """The daemons of a node; the value is the name in process lists, logs and socket files."""

    PACEMAKERD = "pacemakerd"
    BASED = "pacemaker-based"
    FENCED = "pacemaker-fenced"
    EXECD = "pacemaker-execd"
    ATTRD = "pacemaker-attrd"
    SCHEDULERD = "pacemaker-schedulerd"
    CONTROLD = "pacemaker-controld"
