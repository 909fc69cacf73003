import json

import pytest
from execd_driver import Driver

from pcmk.execd.events import Remember, RunAgent, SecretsKept, StoreSecrets
from pcmk.kernel.agent_api import SECRET
from pcmk.kernel.core import Client, Exit, Publish, Reply, Request, Terminate
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Done, Failure
from pcmk.kernel.messages.executor import (
    AckResults,
    CancelOp,
    ExecState,
    ExecStateQuery,
    ExecuteOp,
    ForgetResource,
    KeepSecrets,
    OpResult,
    ReportAgain,
    Secret,
)
from pcmk.kernel.messages.fencer import DeviceAnswer, DeviceCommand


def state(driver: Driver) -> ExecState:
    answer = driver.ask(ExecStateQuery())
    assert isinstance(answer, ExecState)
    return answer


def test_start_is_run_with_the_ocf_environment_and_its_result_told() -> None:
    driver = Driver()
    params = {"state": "/x", "CRM_meta_timeout": "20000", "OCF_CHECK_LEVEL": "10"}
    call = driver.execute("start", params=params, user_data="1:2:0:u")
    environment = next(iter(driver.running.values())).environment
    assert environment == {
        "OCF_RESKEY_state": "/x",
        "OCF_RESKEY_CRM_meta_timeout": "20000",
        "OCF_CHECK_LEVEL": "10",
        "OCF_RA_VERSION_MAJOR": "1",
        "OCF_RA_VERSION_MINOR": "1",
        "OCF_EXIT_REASON_PREFIX": "ocf-exit-reason:",
        "OCF_RESOURCE_INSTANCE": "r",
        "OCF_RESOURCE_TYPE": "Dummy",
        "OCF_RESOURCE_PROVIDER": "pacemaker",
    }
    driver.advance(1.5)
    result = driver.end(0)
    assert result is not None
    assert (result.call_id, result.rc, result.status, result.user_data) == (call, 0, 0, "1:2:0:u")
    assert (result.exec_time_ms, result.queue_time_ms) == (1500, 0)
    assert result.last_run == result.last_rc_change == 1_700_001_000


def test_actions_of_one_resource_wait_for_each_other_and_those_of_others_do_not() -> None:
    driver = Driver()
    driver.execute("start")
    driver.execute("promote")
    driver.execute("start", resource="other")
    assert driver.actions() == ["start", "start"]
    driver.advance(2)
    driver.end(0, run=1)
    assert sorted(driver.actions()) == ["promote", "start"]
    result = driver.end(0, run=3)
    assert result is not None and result.queue_time_ms == 2000


def test_outcomes_by_how_the_agent_ended() -> None:
    cases = [
        ({"code": 7}, (7, 0, "")),
        ({"code": 77}, (1, 0, "")),
        ({"code": 190}, (190, 0, "")),
        ({"code": 1, "stderr": "ocf-exit-reason:no\nx ocf-exit-reason:no disk \nend"}, (1, 0, "no disk")),
        ({"how": "timeout"}, (1, 2, "Resource agent did not complete within 20s")),
        ({"how": "signaled", "code": 11}, (1, 4, "Resource agent was interrupted by SIGSEGV")),
        ({"how": "not_installed", "reason": "gone"}, (5, 7, "gone")),
        ({"how": "denied", "reason": "no"}, (4, 4, "no")),
        ({"how": "failed", "reason": "fork"}, (1, 4, "fork")),
    ]
    for ending, expected in cases:
        driver = Driver()
        driver.execute("monitor")
        result = driver.end(**ending)
        assert result is not None
        assert (result.rc, result.status, result.exit_reason) == expected


def test_init_scripts_get_no_parameters_and_their_status_is_translated() -> None:
    for code, rc in ((0, 0), (1, 7), (3, 7), (4, 1), (150, 5), (151, 4)):
        driver = Driver()
        driver.execute("monitor", standard="lsb", provider="", type="cron", params={"a": "b"})
        assert next(iter(driver.running.values())).environment == {}
        result = driver.end(code)
        assert result is not None and result.rc == rc


def test_recurring_monitor_reports_the_first_result_and_then_changes_only() -> None:
    driver = Driver()
    call = driver.execute("monitor", interval_ms=10_000)
    first = driver.end(0)
    assert first is not None and (first.call_id, first.rc) == (call, 0)
    driver.advance(9.9)
    assert not driver.running
    driver.advance(0.1)
    assert driver.end(0) is None
    driver.advance(10)
    changed = driver.end(7)
    assert changed is not None and changed.rc == 7
    assert changed.last_rc_change == first.last_rc_change + 20
    driver.advance(10)
    assert driver.end(7) is None
    assert driver.ask(ReportAgain("other")) == driver.ask(ReportAgain("r")) == Done()
    driver.advance(10)
    again = driver.end(7)
    assert again is not None and again.rc == 7
    assert again.last_rc_change == first.last_rc_change + 40
    driver.advance(10)
    assert driver.end(7) is None


def test_stop_cancels_recurring_operations_even_while_they_run() -> None:
    driver = Driver()
    waiting = driver.execute("monitor", interval_ms=10_000)
    driver.end(0)
    running = driver.execute("monitor", interval_ms=5_000)
    stop = driver.execute("stop")
    assert [(result.call_id, result.status) for result in driver.results[1:]] == [(waiting, 1)]
    assert driver.stopping and driver.actions() == ["monitor"]
    cancelled = driver.end()
    assert cancelled is not None and (cancelled.call_id, cancelled.status, cancelled.rc) == (running, 1, 0)
    assert driver.actions() == ["stop"]
    result = driver.end(0)
    assert result is not None and result.call_id == stop
    driver.advance(100)
    assert not driver.running


def test_same_recurring_operation_again_replaces_the_old_one() -> None:
    driver = Driver()
    old = driver.execute("monitor", interval_ms=10_000)
    driver.end(0)
    new = driver.execute("monitor", interval_ms=10_000, params={"a": "new"})
    assert [(result.call_id, result.status) for result in driver.results[1:]] == [(old, 1)]
    assert next(iter(driver.running.values())).environment["OCF_RESKEY_a"] == "new"
    result = driver.end(0)
    assert result is not None and (result.call_id, result.status) == (new, 0)


def test_one_shot_asked_twice_with_the_same_user_data_runs_once() -> None:
    driver = Driver()
    first = driver.execute("start", user_data="key")
    assert driver.execute("start", user_data="key") == first
    driver.end(0)
    assert not driver.running
    assert driver.execute("start", user_data="key2") != first


def test_cancel() -> None:
    driver = Driver()
    assert isinstance(driver.ask(CancelOp("r", "monitor", 10_000)), Failure)
    driver.execute("monitor", interval_ms=10_000)
    driver.end(0)
    assert driver.ask(CancelOp("r", "monitor", 10_000)) == Done()
    assert driver.results[-1].status == 1
    assert not driver.timers
    driver.execute("start")
    assert isinstance(driver.ask(CancelOp("r", "start", 0)), Failure)
    queued = driver.execute("promote")
    assert driver.ask(CancelOp("r", "promote", 0)) == Done()
    assert (driver.results[-1].call_id, driver.results[-1].status) == (queued, 1)


def test_delayed_monitor_does_not_hold_up_a_stop_but_a_delayed_start_does() -> None:
    driver = Driver()
    driver.execute("monitor", interval_ms=10_000, start_delay_ms=60_000)
    driver.execute("notify")
    assert driver.actions() == ["notify"]
    driver.end(0)
    driver.advance(60)
    assert driver.actions() == ["monitor"]
    driver.end(0)
    driver.execute("start", resource="late", start_delay_ms=5_000)
    driver.execute("stop", resource="late")
    assert not driver.running
    driver.advance(5)
    assert driver.actions() == ["start"]


def test_forgotten_resource_cancels_what_waits_and_reports_what_runs() -> None:
    driver = Driver()
    monitor = driver.execute("monitor", interval_ms=10_000)
    driver.end(0)
    start = driver.execute("start")
    queued = driver.execute("promote")
    assert driver.ask(ForgetResource("r")) == Done()
    assert [(r.call_id, r.status, r.resource_forgotten) for r in driver.results[1:]] == [
        (monitor, 1, True),
        (queued, 1, True),
    ]
    assert state(driver).resources == ()
    result = driver.end(0)
    assert result is not None and (result.call_id, result.status, result.resource_forgotten) == (start, 0, True)
    assert not [key for key in driver.records if key.startswith(("resource/", "operation/"))]
    assert driver.ask(ForgetResource("never-seen")) == Done()


def test_forget_is_finished_by_the_next_process() -> None:
    driver = Driver()
    driver.execute("start")
    driver.ask(ForgetResource("r"))
    driver.respawn()
    (run,) = driver.leftovers
    driver.running[run] = RunAgent(run, "ocf", "", "", "start", {}, 0)
    driver.end(how="lost")
    result = driver.end(0)
    assert result is not None and result.resource_forgotten
    assert not [key for key in driver.records if key.startswith("resource/")]


def test_action_after_a_forget_still_waits_for_the_one_that_runs() -> None:
    driver = Driver()
    driver.execute("start")
    driver.ask(ForgetResource("r"))
    driver.execute("monitor")
    assert driver.actions() == ["start"]
    driver.end(0)
    assert driver.actions() == ["monitor"]
    assert [known.resource for known in state(driver).resources] == ["r"]


def test_results_are_kept_until_acknowledged() -> None:
    driver = Driver()
    driver.execute("start")
    driver.end(0)
    driver.execute("monitor")
    driver.end(0)
    first, second = state(driver).unacknowledged
    assert driver.ask(AckResults(first.sequence)) == Done()
    assert state(driver).unacknowledged == (second,)
    driver.respawn()
    assert state(driver).unacknowledged == (second,)


def test_which_operation_ended_last_is_known_also_after_a_respawn() -> None:
    driver = Driver()

    def last() -> list[str]:
        return [known.last_key for known in state(driver).resources]

    driver.execute("start", user_data="1:1:0:u")
    assert last() == [""]
    driver.end(0)
    assert last() == ["1:1:0:u"]
    for action, interval in (("notify", 0), ("monitor", 10_000)):
        driver.execute(action, interval_ms=interval, user_data="2:1:0:u")
        driver.end(0)
    assert last() == ["1:1:0:u"]
    driver.execute("stop", user_data="3:1:0:u")
    driver.end(1)
    driver.respawn()
    assert last() == ["3:1:0:u"]
    driver.ask(ForgetResource("r"))
    driver.execute("monitor", user_data="4:1:7:u")
    assert last() == [""]


def test_everything_is_remembered_before_it_is_told() -> None:
    driver = Driver()
    driver.execute("start")
    kinds = [type(effect) for effect in driver.effects]
    assert kinds.index(Remember) < kinds.index(Reply) < kinds.index(RunAgent)
    driver.end(0)
    kinds = [type(effect) for effect in driver.effects]
    assert kinds.index(Remember) < kinds.index(Publish)


def test_start_parameters_are_those_of_the_last_successful_start() -> None:
    driver = Driver()
    driver.execute("start", params={"a": "1", "CRM_meta_timeout": "1", "crm_feature_set": "3"})
    driver.end(0)
    driver.execute("start", params={"a": "2"})
    driver.end(1)
    assert state(driver).resources[0].start_params == {"a": "1"}
    driver.execute("reload-agent", params={"a": "3"})
    driver.end(0)
    driver.respawn()
    assert state(driver).resources[0].start_params == {"a": "3"}


def test_respawn_resumes_monitors_and_reports_changes_only() -> None:
    driver = Driver()
    call = driver.execute("monitor", interval_ms=10_000)
    driver.end(0)
    driver.advance(10)
    driver.respawn()
    driver.advance(1)
    assert driver.actions() == ["monitor"]
    assert driver.end(0) is None
    driver.advance(10)
    changed = driver.end(7)
    assert changed is not None and changed.call_id == call


def test_respawn_ends_the_agent_of_the_dead_process_and_runs_it_again() -> None:
    driver = Driver()
    call = driver.execute("start", user_data="k")
    driver.started(1, 4242)
    queued = driver.execute("monitor")
    driver.respawn()
    (leftover,) = driver.leftovers.values()
    assert (leftover.pgid, leftover.ticks) == (4242, 7)
    assert not driver.running
    driver.running[leftover.run] = RunAgent(leftover.run, "ocf", "", "", "start", {}, 0)
    assert driver.end(how="lost") is None
    assert driver.actions() == ["start"]
    result = driver.end(0)
    assert result is not None and (result.call_id, result.rc, result.user_data) == (call, 0, "k")
    result = driver.end(0)
    assert result is not None and result.call_id == queued
    assert driver.execute("start") > queued


def test_agent_lost_again_and_again_is_an_error_in_the_end() -> None:
    driver = Driver()
    driver.execute("start")
    result = None
    for _ in range(4):
        assert result is None
        result = driver.end(how="lost")
    assert result is not None and (result.rc, result.status) == (1, 4)


def test_call_ids_and_sequences_go_on_after_everything_ended() -> None:
    driver = Driver()
    last = driver.execute("start")
    result = driver.end(0)
    assert result is not None
    driver.ask(AckResults(result.sequence))
    driver.respawn()
    assert driver.execute("stop") == last + 1
    result = driver.end(0)
    assert result is not None and result.sequence == 2


def test_records_of_another_version_are_passed_over() -> None:
    driver = Driver({"operation/3": json.dumps({"strange": 1}), "what/1": "{", "last/0": "[9, 9]"})
    assert state(driver).operations == ()
    assert driver.execute("start") == 10


def test_bad_requests_are_refused() -> None:
    driver = Driver()
    good = {
        "resource": "r",
        "standard": "ocf",
        "provider": "p",
        "type": "t",
        "action": "start",
        "interval_ms": 0,
        "timeout_ms": 0,
    }
    for wrong in ({"resource": ""}, {"standard": "upstart"}, {"provider": ""}, {"interval_ms": -1}, {"action": ""}):
        assert isinstance(driver.ask(ExecuteOp(**(good | wrong))), Failure)
    assert isinstance(driver.ask(Done()), Failure)


def stonith(driver: Driver, action: str, interval_ms: int = 0) -> int:
    return driver.execute(action, "f", interval_ms, standard="stonith", provider="", type="fence_x")


def last(driver: Driver) -> tuple[int, int, int]:
    result: OpResult = driver.results[-1]
    return result.call_id, result.rc, result.status


def test_fence_device_is_started_by_a_monitor_of_the_fencer_and_probed_from_what_is_known() -> None:
    driver = Driver()
    probe = stonith(driver, "monitor")
    assert last(driver) == (probe, 7, 0)
    start = stonith(driver, "start")
    (call,) = driver.calls.values()
    assert call.body == DeviceCommand("f", "monitor", "", 20.0)
    driver.answer(DeviceAnswer(0, 0, "", ""))
    assert last(driver) == (start, 0, 0)
    driver.respawn()
    assert last(driver) == (start, 0, 0)
    assert (stonith(driver, "monitor"), 0, 0) == last(driver)
    assert (stonith(driver, "stop"), 0, 0) == last(driver)
    assert (stonith(driver, "monitor"), 7, 0) == last(driver)
    assert (stonith(driver, "promote"), 3, 4) == last(driver)


def test_fence_device_failures() -> None:
    for answer, rc, status in (
        (DeviceAnswer(1, 4, "", "no"), 1, 4),
        (DeviceAnswer(1, 2, "", ""), 1, 2),
        (DeviceAnswer(1, 10, "", "none"), 5, 4),
        (DeviceAnswer(1, 3, "", ""), 3, 3),
        (DeviceAnswer(1, 8, "", ""), 1, 4),
        (Failure(2, "what"), 1, 4),
    ):
        driver = Driver()
        start = stonith(driver, "start")
        driver.answer(answer)
        assert last(driver) == (start, rc, status)
        assert (stonith(driver, "monitor"), 7, 0) == last(driver)


def test_fencer_that_is_away_is_asked_again_until_the_timeout() -> None:
    driver = Driver()
    start = stonith(driver, "start")
    for _ in range(5):
        driver.answer(Failure(102, "broken"))
        driver.advance(1)
    driver.answer(DeviceAnswer(0, 0, "", ""))
    assert last(driver) == (start, 0, 0)
    monitor = stonith(driver, "monitor", 10_000)
    while driver.calls:
        driver.answer(Failure(102, "broken"))
        driver.advance(1)
    assert last(driver)[:2] == (monitor, 1)


def test_stop_of_a_fence_device_does_not_wait_for_its_monitor() -> None:
    driver = Driver()
    stonith(driver, "start")
    driver.answer(DeviceAnswer(0, 0, "", ""))
    monitor = stonith(driver, "monitor", 10_000)
    assert driver.calls
    stop = stonith(driver, "stop")
    assert [(r.call_id, r.status) for r in driver.results[1:]] == [(monitor, 1), (stop, 0)]
    driver.answer(DeviceAnswer(1, 2, "", ""))
    assert len(driver.results) == 3


def test_end_of_the_daemon_stops_nothing() -> None:
    driver = Driver()
    driver.execute("start")
    (effect,) = driver.event(Terminate())
    assert isinstance(effect, Exit) and effect.code == 0


def test_secrets_are_looked_up_when_the_agent_is_run_and_recorded_nowhere() -> None:
    driver = Driver()
    params = {"passwd": SECRET, "ip": "10.0.0.1"}
    driver.execute("start", params=params)
    (run,) = driver.running.values()
    assert (run.resource, run.secrets) == ("r", ("passwd",))
    assert run.environment["OCF_RESKEY_passwd"] == SECRET
    result = driver.end(how="no_secrets", reason="Unable to load CIB secrets: none")
    assert result is not None
    assert (result.rc, result.status, result.exit_reason) == (2, 0, "Unable to load CIB secrets: none")
    assert result.params == params
    driver.execute("start", standard="lsb", params=params)
    (run,) = driver.running.values()
    assert (run.secrets, run.environment) == ((), {})


@pytest.mark.parametrize(("code", "answer"), [(0, Done()), (72, Failure(72, "no space"))])
def test_secrets_to_be_kept_are_answered_for_when_they_are_on_disk(code: int, answer: Message) -> None:
    driver = Driver()
    keep = KeepSecrets((Secret("r", "passwd", b"x"),))
    (effect,) = driver.event(Request(7, Client("test"), keep))
    assert effect == StoreSecrets(7, keep)
    driver.event(SecretsKept(7, code, "no space" if code else ""))
    assert driver.replies[7] == answer
