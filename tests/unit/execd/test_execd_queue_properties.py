"""Whatever is asked in whatever order: one agent a resource at a time, and one final result an operation."""

from collections import Counter

from execd_driver import Driver
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmk.execd.events import RunAgent
from pcmk.kernel.messages.executor import CancelOp, ForgetResource

RESOURCES = st.sampled_from(["a", "b"])
ACTIONS = st.sampled_from([("start", 0), ("stop", 0), ("monitor", 0), ("monitor", 5_000), ("monitor", 9_000)])
STEPS = st.one_of(
    st.tuples(st.just("execute"), RESOURCES, ACTIONS, st.sampled_from([0, 0, 3_000])),
    st.tuples(st.just("cancel"), RESOURCES, ACTIONS),
    st.tuples(st.just("forget"), RESOURCES),
    st.tuples(st.just("end"), st.integers(0, 9), st.sampled_from(["exited", "timeout", "lost"]), st.integers(0, 7)),
    st.tuples(st.just("wait"), st.floats(0.1, 10)),
    st.tuples(st.just("respawn")),
)


def one_at_a_time(driver: Driver) -> None:
    resources = [effect.environment["OCF_RESOURCE_INSTANCE"] for effect in driver.running.values()]
    assert len(resources) == len(set(resources))


def finish_leftovers(driver: Driver) -> None:
    for leftover in list(driver.leftovers.values()):
        driver.running[leftover.run] = RunAgent(leftover.run, "ocf", "", "", "", {}, 0)
        driver.end(run=leftover.run, how="lost")
    driver.leftovers.clear()


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_every_operation_ends_once(steps: list[tuple]) -> None:
    driver = Driver()
    accepted: dict[int, int] = {}
    for step in steps:
        match step:
            case ("execute", resource, (action, interval), delay):
                call = driver.execute(action, resource, interval, start_delay_ms=delay)
                assert call not in accepted
                accepted[call] = interval
            case ("cancel", resource, (action, interval)):
                driver.ask(CancelOp(resource, action, interval))
            case ("forget", resource):
                driver.ask(ForgetResource(resource))
            case ("end", pick, how, code):
                if driver.running:
                    driver.end(code, run=sorted(driver.running)[pick % len(driver.running)], how=how)
            case ("wait", seconds):
                driver.advance(seconds)
            case _:
                driver.respawn()
                finish_leftovers(driver)
        one_at_a_time(driver)

    for resource in ("a", "b"):
        driver.ask(ForgetResource(resource))
    for _ in range(1000):
        if not driver.running and not driver.timers:
            break
        if driver.running:
            driver.end(run=min(driver.running))
        driver.advance(3)
        one_at_a_time(driver)
    assert not driver.running
    finals = Counter(r.call_id for r in driver.results if accepted[r.call_id] == 0 or r.status == 1)
    assert finals == Counter(accepted.keys())
    assert [r.sequence for r in driver.results] == list(range(1, len(driver.results) + 1))
    assert not [key for key in driver.records if key.startswith(("operation/", "resource/"))]
