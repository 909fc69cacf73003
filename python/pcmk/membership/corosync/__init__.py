"""Membership by Corosync: views from its quorum, process group and configuration services."""

from pcmk.membership.corosync.backend import CorosyncBackend, learn_own_name, learn_silence
from pcmk.membership.corosync.cfg import refuse_shutdown

__all__ = ["CorosyncBackend", "learn_own_name", "learn_silence", "refuse_shutdown"]
