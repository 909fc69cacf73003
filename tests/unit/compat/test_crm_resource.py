import importlib

import pytest

from pcmk._core import Cib
from pcmk.compat import crm_resource
from pcmk.compat.resource_cluster import with_history
from pcmk.compat.resources import Cluster
from pcmk.compat.times import end_of, milliseconds
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

JANUARY_31_2024 = 1706659200
BAN = {"id": "cli-ban-ip-on-alpha", "rsc": "ip", "role": "Started", "node": "alpha", "score": "-INFINITY"}
PREFER = {"id": "cli-prefer-ip", "rsc": "ip", "role": "Started", "node": "beta", "score": "INFINITY"}


def constraints(shell) -> list[dict[str, str]]:
    return [each for each in shell.attributes("//rsc_location") if each["id"].startswith("cli-")]


def test_resources_are_listed_and_located(shell):
    assert "  * ip\t(ocf:pacemaker:Dummy):\t FAILED\n" in shell.run("crm_resource -L").stdout
    assert shell.run("crm_resource -l").stdout.split() == ["ip", "fs", "httpd", "pinger:0", "pinger:1"]
    assert shell.run("crm_resource -W -r ip").stdout == "resource ip is running on: alpha\n"
    away = shell.run("crm_resource -W -r fs")
    assert (away.code, away.stdout, away.stderr) == (ExitCode.OK, "", "resource fs is NOT running\n")


def test_operations_are_listed_in_order(shell):
    lines = shell.run("crm_resource -O -r ip").stdout.splitlines()
    assert [line.split(": ", 1)[1].split()[0] for line in lines] == ["ip_start_0", "ip_monitor_10000"]
    assert shell.run("crm_resource -O -r ip -N beta").stdout == ""


def test_without_node_a_resource_leaves_where_it_is(shell):
    assert shell.run("crm_resource -B -r ip").stdout.startswith("WARNING: Creating rsc_location constraint")
    assert constraints(shell) == [BAN]
    assert shell.run("crm_resource -B -r fs").code == ExitCode.USAGE


def test_what_a_ban_prevents_is_told(shell):
    assert "prevent ip from running on beta" in shell.run("crm_resource -B -r ip -N beta").stdout
    assert "prevent ip from being promoted on beta" in shell.run("crm_resource -B -r ip -N beta --promoted").stdout


def test_moving_replaces_what_was_said_before(shell):
    shell.run("crm_resource -M -r ip -N beta")
    assert constraints(shell) == [PREFER]
    shell.run("crm_resource -B -r ip -N alpha -Q")
    shell.run("crm_resource -M -r ip -N alpha --force")
    assert constraints(shell) == [PREFER | {"node": "alpha"}]
    shell.run("crm_resource -U -r ip")
    assert constraints(shell) == []


def test_moving_to_where_it_is_is_refused(shell):
    before = shell.file.read_bytes()
    assert shell.run("crm_resource -M -r ip -N alpha").code == ExitCode.EXISTS
    assert shell.file.read_bytes() == before


def test_a_lifetime_makes_a_rule_and_clear_knows_it(shell):
    shell.run("crm_resource -M -r ip -N beta -u PT1H")
    assert shell.attributes("//rsc_location[@id='cli-prefer-ip']/rule/expression")[0]["value"] == "beta"
    assert shell.attributes("//date_expression")[0]["operation"] == "lt"
    shell.run("crm_resource -U -r ip -N alpha")
    assert len(constraints(shell)) == 1
    shell.run("crm_resource -U -r ip -N beta")
    assert constraints(shell) == []


def test_clearing_leaves_constraints_of_other_resources(shell):
    shell.run("crm_resource -B -r fs -N alpha -Q")
    shell.run("crm_resource -U -r ip")
    assert [each["rsc"] for each in constraints(shell)] == ["fs"]


def test_parameters_are_shown_set_and_deleted(shell):
    assert shell.run("crm_resource -r ip -g fake").stdout == "1\n"
    assert shell.run("crm_resource -r ip -p fake -v 2").stdout == "Set 'ip' option: id=ip-fake name=fake value=2\n"
    assert shell.run("crm_resource -r ip -g fake").stdout == "2\n"
    assert shell.run("crm_resource -r ip -d fake").stdout == "Deleted 'ip' option: id=ip-fake name=fake\n"
    missing = shell.run("crm_resource -r ip -g fake")
    assert (missing.code, missing.stdout) == (ExitCode.OK, "")
    assert shell.run("crm_resource -r ip -d fake").code == ExitCode.NOSUCH


def test_meta_attributes_of_instances_are_set_for_their_clone(shell):
    assert "the parent of 'pinger'" in shell.run("crm_resource -r pinger --meta -p is-managed -v false").stdout
    assert shell.attributes("//clone/meta_attributes") == [{"id": "ping-meta_attributes"}]
    shell.run("crm_resource -r pinger --meta -p priority -v 1 --force")
    assert shell.attributes("//clone/primitive/meta_attributes") == [{"id": "pinger-meta_attributes"}]


def test_utilization_has_a_set_of_its_own(shell):
    shell.run("crm_resource -r ip -z -p cpu -v 2")
    assert shell.attributes("//utilization/nvpair") == [{"id": "ip-utilization-cpu", "name": "cpu", "value": "2"}]
    assert shell.run("crm_resource -r ip -z -g cpu").stdout == "2\n"


def test_what_is_referred_to_is_not_deleted(shell):
    before = shell.file.read_bytes()
    refused = shell.run("crm_resource -r ip -D -t primitive")
    assert (refused.code, shell.file.read_bytes()) == (ExitCode.CONFIG, before)
    assert "loc-ip" in refused.stderr
    assert shell.run("crm_resource -r ping -D -t clone").code == ExitCode.OK
    assert shell.attributes("//clone") == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("crm_resource word", ExitCode.USAGE),
        ("crm_resource --digests -r ip", ExitCode.USAGE),
        ("crm_resource --digests -r web -N alpha", ExitCode.UNIMPLEMENT_FEATURE),
        ("crm_resource --digests -r ip -N alpha fake", ExitCode.USAGE),
        ("crm_resource --stack -r nosuch", ExitCode.NOSUCH),
        ("crm_resource -M -r pinger:0 -N alpha", ExitCode.INVALID_PARAM),
        ("crm_resource -M", ExitCode.USAGE),
        ("crm_resource -W -r nosuch", ExitCode.NOSUCH),
        ("crm_resource -M -r ip -N nosuch", ExitCode.NOSUCH),
        ("crm_resource -r ip -p fake", ExitCode.USAGE),
        ("crm_resource -r ip -B -N alpha -u soon", ExitCode.USAGE),
        ("crm_resource -Y -r ip -N nosuch", ExitCode.NOSUCH),
        ("crm_resource -C -r nosuch", ExitCode.NOSUCH),
        ("crm_resource -C -r ip -N nosuch", ExitCode.NOSUCH),
        ("crm_resource -F -r ip -N nosuch", ExitCode.NOSUCH),
        ("crm_resource --restart -r ip", ExitCode.DISCONNECT),
    ],
)
def test_what_can_not_be_done_changes_nothing(shell, line, code):
    before = shell.file.read_bytes()
    result = shell.run(line)
    assert result.code == code
    assert result.stderr.startswith("crm_resource: ")
    assert shell.file.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("crm_resource -C -r ip", "Dry run: skipping clean-up of ip on all nodes due to CIB_file"),
        ("crm_resource -R -r ip -N alpha", "Dry run: skipping clean-up of ip on alpha due to CIB_file"),
        ("crm_resource -F -r ip -N beta", "Dry run: skipping fail of ip on beta due to CIB_file"),
        ("crm_failcount -D -r ip -N beta", "Dry run: skipping clean-up of ip on beta due to CIB_file"),
    ],
)
def test_what_only_a_cluster_can_forget_is_left_as_it_is_in_a_file(shell, line, told):
    before = shell.file.read_bytes()
    result = shell.run(line)
    assert (result.code, result.stderr) == (ExitCode.OK, f"{told}\n")
    assert shell.file.read_bytes() == before


def test_a_refresh_of_everything_in_a_file_names_the_nodes(shell):
    assert shell.run("crm_resource -R").stdout == "Dry run: skipping clean-up of all nodes due to CIB_file\n"


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("PT1H", "2024-01-31 01:00:00Z"),
        ("P1M", "2024-02-29 00:00:00Z"),
        ("P1Y1D", "2025-02-01 00:00:00Z"),
        ("P2WT30M5S", "2024-02-14 00:30:05Z"),
        ("P12M", "2025-01-31 00:00:00Z"),
        ("P99999Y", "102023-01-31 00:00:00Z"),
    ],
)
def test_durations_follow_the_calendar(text, end):
    assert end_of(text, JANUARY_31_2024).text() == end


@pytest.mark.parametrize("text", ["", "P", "1H", "PT", "PT1X"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(PcmkError) as error:
        end_of(text, 0)
    assert error.value.code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("text", "ms"), [("5", 5000), ("10s", 10000), ("2min", 120000), ("100ms", 100), ("1h", 3600000)]
)
def test_intervals_are_in_seconds_unless_they_say_otherwise(text, ms):
    assert milliseconds(text) == ms


def test_attributes_of_the_definition_itself_are_set_and_deleted(shell):
    shell.run("crm_resource -r ip --element -p description -v text")
    assert shell.attributes("//primitive[@id='ip']")[0]["description"] == "text"
    version = shell.cib.version
    for _ in range(2):
        result = shell.run("crm_resource -r ip --element -d description")
        assert (result.code, result.stdout) == (ExitCode.OK, "Deleted attribute: description\n")
    assert "description" not in shell.attributes("//primitive[@id='ip']")[0]
    assert shell.cib.find("//primitive[@id='ip']/operations/op")
    assert shell.cib.version == (version[0], version[1] + 2, 0)


def test_each_change_of_a_command_counts_in_a_file(shell):
    shell.run("crm_resource -B -r ip -N beta -Q")
    before = shell.cib.version
    shell.run("crm_resource -M -r ip -N beta --force -Q")
    assert (constraints(shell), shell.cib.version) == ([PREFER, BAN], (before[0], before[1] + 3, 0))
    shell.run("crm_resource -r fs --meta -p is-managed -v true")
    before = shell.cib.version
    shell.run("crm_resource -r web --meta -p is-managed -v false")
    assert shell.cib.version == (before[0], before[1] + 2, 0)


def test_it_is_told_that_a_name_is_there_several_times(shell):
    shell.run("crm_resource -r pinger --meta -p priority -v 1")
    shell.run("crm_resource -r pinger --meta -p priority -v 2 --force")
    told = shell.run("crm_resource -r ping --meta -p priority -v 3").stdout.splitlines()
    assert told[:4] == [
        "Multiple attributes match name=priority",
        "  Value: 2 \t(id=pinger-meta_attributes-priority)",
        "  Value: 1 \t(id=ping-meta_attributes-priority)",
        "",
    ]
    assert "performing update on that" in told[4]
    for line in ("-p priority -v 4 --force", "-d priority --nvpair=ping-meta_attributes-priority"):
        assert "Multiple" not in shell.run(f"crm_resource -r ping --meta {line}").stdout


def test_members_with_a_value_of_their_own_follow_their_group(shell):
    shell.run("crm_resource -r fs --meta -p is-managed -v true")
    told = shell.run("crm_resource -r web --meta -p is-managed -v false").stdout
    assert [line.split("'")[1] for line in told.splitlines()] == ["fs", "web"]
    assert shell.run("crm_resource -r web --meta -p is-managed -v true --force").stdout.count("Set ") == 1
    told = shell.run("crm_resource -r web --meta -d is-managed").stdout.partition("\n\n")[2]
    assert [line.split("'")[1] for line in told.splitlines()] == ["fs", "web"]
    assert shell.attributes("//nvpair[@name='is-managed']") == []


@pytest.mark.parametrize(("room", "tasks"), crm_resource.ROOMS.items())
def test_every_task_is_where_it_is_said_to_be(room, tasks):
    assert set(importlib.import_module(f"pcmk.compat.{room}").TASKS) == set(tasks)


def test_of_a_collective_its_primitives_are_forgotten(shell):
    cluster = Cluster.read(Cib.parse(shell.file.read_bytes()))
    assert with_history(cluster, "ip") == ["ip"]
    assert with_history(cluster, "web") == ["fs", "httpd"]
    assert with_history(cluster, "ping") == ["pinger"]
