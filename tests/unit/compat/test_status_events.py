import pytest

from pcmk._core import Cib
from pcmk.compat.status_events import StatusEvent, fencing, happened, operations
from pcmk.kernel.messages.fencer import FenceResult


def cib(*entries: str, resource: str = "ip") -> Cib:
    return Cib.parse(
        '<cib admin_epoch="0" epoch="1" num_updates="0"><configuration/><status><node_state id="1" uname="alpha">'
        f'<lrm id="1"><lrm_resources><lrm_resource id="{resource}">{"".join(entries)}</lrm_resource></lrm_resources>'
        "</lrm></node_state></status></cib>"
    )


def entry(task: str, magic: str, *, id: str = "ip_last_0", interval: str = "0", key: str = "") -> str:
    operation_key = key or f"ip_{task}_{interval}"
    return (
        f'<lrm_rsc_op id="{id}" operation_key="{operation_key}" operation="{task}" interval="{interval}" '
        f'transition-key="{magic.partition(";")[2]}" transition-magic="{magic}"/>'
    )


def events(before: Cib, after: Cib) -> list[StatusEvent]:
    return list(happened(operations(before), operations(after)))


@pytest.mark.parametrize(
    ("task", "magic", "event"),
    [
        ("start", "0:0;4:2:0:uuid", StatusEvent("alpha", "ip", "start", "OK", "0", "0", "0")),
        ("start", "0:1;4:2:0:uuid", StatusEvent("alpha", "ip", "start", "Error occurred", "1", "0", "0")),
        ("start", "2:1;4:2:0:uuid", StatusEvent("alpha", "ip", "start", "Timed out", "1", "0", "2")),
        ("start", "-1:193;4:2:0:uuid", StatusEvent("alpha", "ip", "start", "Pending", "193", "0", "-1")),
        ("monitor", "0:0;4:2:7:uuid", StatusEvent("alpha", "ip", "monitor", "OK", "0", "7", "0")),
        ("monitor", "0:7;4:2:0:uuid", StatusEvent("alpha", "ip", "monitor", "Not running", "7", "0", "0")),
        ("monitor", "0:7;4:2:7:uuid", None),
        ("start", "nonsense", None),
        ("start", "", None),
    ],
)
def test_a_new_entry_tells_what_happened(task: str, magic: str, event: StatusEvent | None):
    assert events(cib(), cib(entry(task, magic))) == ([] if event is None else [event])


def test_an_entry_that_is_as_it_was_tells_nothing_and_one_that_changed_does():
    start, stop = entry("start", "0:0;4:2:0:u"), entry("stop", "0:0;9:3:0:u")
    monitor = entry("monitor", "0:0;5:2:0:u", id="ip_monitor_10000", interval="10000")
    assert events(cib(start, monitor), cib(start, monitor)) == []
    assert events(cib(start, monitor), cib(monitor)) == []
    assert [event.task for event in events(cib(start, monitor), cib(stop, monitor))] == ["stop"]


def test_an_instance_is_named_by_the_operation():
    told = events(cib(), cib(entry("start", "0:0;4:2:0:u", key="ip:1_start_0")))
    assert [event.resource for event in told] == ["ip:1"]


def test_programs_find_what_there_is_to_tell_in_their_environment():
    event = StatusEvent("alpha", "ip", "start", "OK", "0", "0", "0")
    assert event.variables("who") == {
        "CRM_notify_recipient": "who",
        "CRM_notify_node": "alpha",
        "CRM_notify_rsc": "ip",
        "CRM_notify_task": "start",
        "CRM_notify_desc": "OK",
        "CRM_notify_rc": "0",
        "CRM_notify_target_rc": "0",
        "CRM_notify_status": "0",
    }
    assert "CRM_notify_recipient" not in event.variables("")


@pytest.mark.parametrize(
    ("outcome", "reason", "code", "end"),
    [("confirmed", "", "0", "OK"), ("unknown", "no luck", "1", "unknown (no luck)")],
)
def test_fencing_has_no_resource(outcome: str, reason: str, code: str, end: str):
    event = fencing(FenceResult("id1", "beta", "reboot", outcome, "alpha", "gamma", "controld.7", reason, 1.0))
    assert event.text == f"Operation reboot of beta by alpha for controld.7@gamma: {end} (ref=id1)"
    assert event.variables("")["CRM_notify_rc"] == code
    assert "CRM_notify_rsc" not in event.variables("")
