"""Entries of the operation history."""

import pytest
from msgspec.structs import replace

from pcmk._core import Cib, CibRequest, Element, operation_digest, parameters_digest
from pcmk.controld import history
from pcmk.controld.history import Place
from pcmk.controld.keys import TransitionKey, parse_key, parse_magic, parse_operation_key, uuid_of
from pcmk.controld.metadata import Metadata, metadata_of
from pcmk.kernel.messages.executor import ExecuteOp, OpResult

UUID = uuid_of("0123456789abcdef0123456789abcdef")
PLACE = Place("n1", "1", "3.20.5")


def result(action: str = "start", interval: int = 0, rc: int = 0, status: int = 0, target: int = 0) -> OpResult:
    params = {"crm_feature_set": "3.20.5", "state": "/x", "CRM_meta_timeout": "20000"}
    if interval:
        params["CRM_meta_interval"] = str(interval)
    return OpResult(
        sequence=1,
        call_id=12,
        resource="r",
        standard="ocf",
        provider="pacemaker",
        type="Dummy",
        action=action,
        interval_ms=interval,
        timeout_ms=20000,
        rc=rc,
        status=status,
        exit_reason="because",
        output="",
        exec_time_ms=34,
        queue_time_ms=5,
        last_run=1000,
        last_rc_change=900,
        params=params,
        user_data=str(TransitionKey(5, 6, target, UUID)),
    )


def entries(of: OpResult, metadata: Metadata | None = None, place: Place = PLACE) -> dict[str, dict[str, str]]:
    root = Element.parse(history.entries(of, place, metadata).input_xml)
    return {entry.get("id", ""): entry.attrib for entry in root.find("//lrm_rsc_op")}


@pytest.mark.parametrize(
    ("action", "interval", "rc", "status", "target", "ids"),
    [
        ("start", 0, 0, 0, 0, {"r_last_0"}),
        ("start", 0, 1, 0, 0, {"r_last_failure_0", "r_last_0"}),
        ("start", 0, 0, 2, 0, {"r_last_failure_0", "r_last_0"}),
        ("monitor", 10000, 0, 0, 0, {"r_monitor_10000"}),
        ("monitor", 10000, 7, 0, 0, {"r_last_failure_0"}),
        ("monitor", 0, 7, 0, 7, {"r_last_0"}),
        ("monitor", 0, 0, 0, 7, {"r_last_failure_0", "r_last_0"}),
        ("monitor", 10000, 190, 0, 0, {"r_monitor_10000"}),
        ("migrate_to", 0, 1, 0, 0, {"r_migrate_to_0"}),
        ("migrate_from", 0, 0, 0, 0, {"r_migrate_from_0"}),
    ],
)
def test_results_are_kept_under_the_ids_of_the_field(
    action: str, interval: int, rc: int, status: int, target: int, ids: set[str]
):
    assert set(entries(result(action, interval, rc, status, target))) == ids


def test_an_entry_has_all_attributes():
    entry = entries(result())["r_last_0"]
    key = f"5:6:0:{UUID}"
    assert entry == {
        "id": "r_last_0",
        "operation_key": "r_start_0",
        "operation": "start",
        "crm-debug-origin": "controld",
        "crm_feature_set": "3.20.5",
        "transition-key": key,
        "transition-magic": f"0:0;{key}",
        "exit-reason": "",
        "on_node": "n1",
        "call-id": "12",
        "rc-code": "0",
        "op-status": "0",
        "interval": "0",
        "last-rc-change": "1000",
        "exec-time": "34",
        "queue-time": "5",
        "op-digest": operation_digest({"state": "/x"}),
    }


def test_a_failure_shows_its_reason_and_a_recurring_one_when_it_changed():
    entry = entries(result("monitor", 10000, 1))["r_last_failure_0"]
    assert (entry["exit-reason"], entry["last-rc-change"]) == ("because", "900")
    assert entry["operation_key"] == "r_monitor_10000"


def test_a_recurring_operation_is_known_by_its_timeout_too():
    entry = entries(result("monitor", 10000))["r_monitor_10000"]
    params = {"state": "/x", "CRM_meta_interval": "10000", "CRM_meta_timeout": "20000"}
    assert entry["op-digest"] == operation_digest(params) != operation_digest({"state": "/x"})


def test_a_reload_is_a_start_and_a_failed_one_a_monitor():
    assert entries(result("reload-agent"))["r_last_0"]["operation"] == "start"
    assert entries(result("reload", rc=1))["r_last_0"]["operation_key"] == "r_monitor_0"


def test_migrations_name_both_ends():
    of = result("migrate_to")
    of = replace(of, params={**of.params, "CRM_meta_migrate_source": "n1", "CRM_meta_migrate_target": "n2"})
    entry = entries(of)["r_migrate_to_0"]
    assert (entry["migrate_source"], entry["migrate_target"]) == ("n1", "n2")


def test_parameters_that_reload_or_are_private_have_digests_of_their_own():
    metadata = Metadata("reload-agent", ("state", "fake", "secret"), ("state",), ("secret",))
    of = result()
    of = replace(of, params={**of.params, "secret": "s", "fake": "f"})
    entry = entries(of, metadata)["r_last_0"]
    assert (entry["op-force-restart"], entry["op-secure-params"]) == (" state ", " secret ")
    assert entry["op-restart-digest"] == parameters_digest({"state": "/x"})
    assert entry["op-secure-digest"] == operation_digest({"state": "/x", "fake": "f"})
    assert "op-restart-digest" not in entries(replace(of, action="stop"), metadata)["r_last_0"]
    recurring = replace(of, action="monitor", interval_ms=5000)
    assert "op-restart-digest" not in entries(recurring, metadata)["r_monitor_5000"]


def test_a_pending_entry_is_replaced_by_its_result():
    op = ExecuteOp("r", "ocf", "pacemaker", "Dummy", "start", 0, 20000, 0, result().params, result().user_data)
    pending = history.entries(history.pending(op, 777), PLACE, None)
    cib = Cib.empty("pacemaker-4.0", "3.20.5")
    for operation in (pending, history.entries(result(), PLACE, None)):
        cib, _ = cib.apply_all([CibRequest("modify", "status", input_xml=operation.input_xml, allow_create=True)])
        last = cib.find("//lrm_rsc_op")
        assert len(last) == 1
        if operation is pending:
            shown = [last[0].get(name) for name in ("op-status", "rc-code", "call-id", "last-rc-change")]
            assert shown == ["-1", "193", "-1", "777"]
    assert cib.find("//lrm_rsc_op")[0].get("op-status") == "0"
    agent = cib.find("//lrm_resource")[0].attrib
    assert agent == {"id": "r", "class": "ocf", "provider": "pacemaker", "type": "Dummy"}


@pytest.mark.parametrize(("action", "rc", "lock"), [("stop", 0, "99"), ("stop", 1, "0"), ("start", 0, "0")])
def test_a_shutdown_lock_is_kept_where_the_resource_was_stopped(action: str, rc: int, lock: str):
    of = replace(result(action, rc=rc), params={"CRM_meta_shutdown_lock": "99"})
    root = Element.parse(history.entries(of, PLACE, None).input_xml)
    assert root.find("//lrm_resource")[0].get("shutdown-lock") == lock


def test_a_status_of_error_with_a_code_that_is_none_is_done():
    assert history.normal(result("monitor", rc=7, status=4)).status == 0
    assert history.normal(result("monitor", rc=1, status=4)).status == 4


METADATA = """<resource-agent name="a"><version>{}</version><parameters>
<parameter name="a" reloadable="1"/><parameter name="b" unique="1"/><parameter name="passwd"/>
</parameters><actions><action name="{}"/></actions></resource-agent>"""


def test_metadata_says_how_an_agent_reloads():
    modern = metadata_of(METADATA.format("1.1", "reload-agent"))
    assert modern == Metadata("reload-agent", ("a", "b", "passwd"), ("b", "passwd"), ("passwd",))
    legacy = metadata_of(METADATA.format("1.0", "reload"))
    assert legacy == Metadata("reload", ("a", "b", "passwd"), ("b",), ("passwd",))
    none = metadata_of(METADATA.format("1.1", "reload"))
    assert none is not None and (none.reload_action, none.not_reloadable) == ("", ())
    assert metadata_of("no xml") is None


def test_metadata_may_name_its_dtd():
    head, _, body = METADATA.format("1.0", "reload").rpartition("<resource-agent")
    named = f'{head}<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd"><resource-agent{body}'
    assert metadata_of(named) == metadata_of(METADATA.format("1.0", "reload")) is not None


def test_keys_are_read_as_they_are_written():
    key = TransitionKey(3, -1, 7, UUID)
    assert parse_key(str(key)) == key
    assert parse_magic(f"0:7;{key}") == (0, 7, key)
    assert parse_key("1:2:3") is None and parse_magic("0;1:2:3:x") is None
    assert len(UUID) == 36 and len(uuid_of("n1-4")) == 36


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my_rsc_monitor_10000", ("my_rsc", "monitor", 10000)),
        ("r_migrate_to_0", ("r", "migrate_to", 0)),
        ("r:0_post_notify_start_0", ("r:0", "notify", 0)),
        ("nothing", None),
    ],
)
def test_operation_keys(text: str, expected: tuple[str, str, int] | None):
    key = parse_operation_key(text)
    assert (None if key is None else (key.resource, key.action, key.interval_ms)) == expected
