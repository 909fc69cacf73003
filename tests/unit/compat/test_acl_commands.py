"""Commands on behalf of users to whom ACLs apply, on a CIB in a file."""

import os
import pwd

import pytest

from pcmk._core import Cib, CibUser
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.access import rendered

ACLS = """
<acls>
  <acl_target id="nobody-at-all"><role id="nothing"/></acl_target>
  <acl_target id="t-observer" name="observer"><role id="observer"/></acl_target>
  <acl_target id="writer"><role id="writer"/></acl_target>
  <acl_role id="nothing"><acl_permission id="nothing-1" kind="deny" xpath="/cib"/></acl_role>
  <acl_role id="observer">
    <acl_permission id="observer-1" kind="read" xpath="/cib"/>
    <acl_permission id="observer-2" kind="write" xpath="//nvpair[@name='target-role']"/>
    <acl_permission id="observer-3" kind="deny" object-type="instance_attributes"/>
  </acl_role>
  <acl_role id="writer"><acl_permission id="writer-1" kind="write" object-type="resources"/></acl_role>
</acls>
"""
OPTION = "cibadmin -M -o crm_config -c -X"
ENABLED = (
    '<cluster_property_set id="opts"><nvpair id="opts-acl" name="enable-acl" value="true"/></cluster_property_set>'
)


@pytest.fixture
def guarded(shell, monkeypatch):
    monkeypatch.setenv("CIB_user", "root")
    assert shell.run("cibadmin -M -o acls -X", ACLS).code == ExitCode.OK
    assert shell.run(OPTION, ENABLED).code == ExitCode.OK

    def become(user):
        monkeypatch.setenv("CIB_user", user)
        return shell

    return become


@pytest.mark.parametrize("user", ["stranger", "nobody-at-all", "t-observer"])
@pytest.mark.parametrize(
    "line",
    [
        "cibadmin -Q",
        "cibadmin -B",
        "cibadmin -D -A //primitive",
        "cibadmin -M -X <nvpair/>",
        "crm_attribute -n enable-acl -v false",
        "crm_attribute -n enable-acl -G",
        "crm_resource -l",
        "crm_resource -r ip --meta -p target-role -v Stopped",
        "crm_mon -1",
        "crm_verify -L",
        "crm_standby -N alpha -v on",
    ],
)
def test_who_may_see_nothing_is_told_nothing_and_changes_nothing(guarded, user, line):
    shell = guarded(user)
    before = shell.file.read_bytes()
    result = shell.run(line) if "<" not in line else shell.run(line.split(" <")[0], '<primitive id="ip" type="x"/>')
    assert (result.code, result.stdout) == (ExitCode.INSUFFICIENT_PRIV, "")
    assert shell.file.read_bytes() == before


def test_the_refusal_is_the_one_of_the_field(guarded):
    assert guarded("stranger").run("cibadmin -Q").stderr == "cibadmin: CIB API call failed: Permission denied\n"


@pytest.mark.parametrize("user", ["root", "hacluster"])
def test_the_privileged_are_not_restricted(guarded, user):
    shell = guarded(user)
    assert Cib.parse(shell.run("cibadmin -Q").stdout) == shell.cib
    assert shell.run("crm_attribute -n enable-acl -v false").code == ExitCode.OK


def test_a_user_named_by_the_option_goes_before_the_environment(guarded):
    assert guarded("root").run("cibadmin -Q -U stranger").code == ExitCode.INSUFFICIENT_PRIV
    assert guarded("stranger").run("cibadmin -Q -U root").code == ExitCode.OK


def test_without_enable_acl_nobody_is_restricted(guarded):
    assert guarded("root").run("crm_attribute -n enable-acl -v false").code == ExitCode.OK
    shell = guarded("stranger")
    assert Cib.parse(shell.run("cibadmin -Q").stdout) == shell.cib


def test_what_is_denied_is_not_in_any_answer(guarded):
    shell = guarded("observer")
    shown = shell.run("cibadmin -Q").stdout
    assert "ip-mon" in shown
    assert "<instance_attributes" not in shown
    assert "nodes-2-site" in guarded("root").run("cibadmin -Q").stdout
    guarded("observer")
    assert shell.run("cibadmin -Q -A //instance_attributes").code == ExitCode.NOSUCH
    assert shell.run("crm_attribute -N beta -n site -G").code == ExitCode.NOSUCH
    assert "ip-params" not in shell.run("crm_resource -r ip -q").stdout


def test_what_is_allowed_is_done(guarded):
    shell = guarded("observer")
    line = "crm_resource -r ip --meta -p target-role -v Stopped"
    assert shell.run(line).code == ExitCode.OK
    assert shell.attributes("//primitive[@id='ip']/meta_attributes/nvpair")[0]["value"] == "Stopped"
    assert shell.run("crm_resource -r ip --meta -p is-managed -v false").code == ExitCode.INSUFFICIENT_PRIV
    shell = guarded("writer")
    group = '<primitive id="more" class="ocf" provider="pacemaker" type="Dummy"/>'
    assert shell.run("cibadmin -C -o resources -X", group).code == ExitCode.OK
    assert shell.run("cibadmin -D -o constraints -X", '<rsc_location id="loc-ip"/>').code == ExitCode.INSUFFICIENT_PRIV


def test_what_is_seen_may_be_put_back(guarded):
    shell = guarded("observer")
    before = shell.cib
    shown = shell.run("cibadmin -Q -o resources").stdout
    assert shell.run("cibadmin -M -o resources -X", shown).code == ExitCode.OK
    assert shell.cib.find("/cib/configuration") == before.find("/cib/configuration")


def test_a_permission_that_can_not_be_evaluated_is_reported(guarded):
    shell = guarded("root")
    assert "acl_permission" not in shell.run("crm_verify -L -V").stderr
    broken = '<acl_permission id="nothing-1" xpath="//nvpair[lang(1)]"/>'
    assert shell.run("cibadmin -M -o acls -X", broken).code == ExitCode.OK
    result = shell.run("crm_verify -L -V")
    assert result.code == ExitCode.CONFIG
    assert "acl_permission 'nothing-1': its XPath can't be evaluated" in result.stderr


def test_show_access_shows_what_is_allowed(guarded):
    shell = guarded("root")
    shown = shell.run("cibadmin -Q -U observer --show-access=text").stdout
    assert shown.startswith("<!-- ACLs as evaluated for user observer -->\nvvv---[ READABLE ]---vvv\n<cib ")
    assert "        \n        vvv---[ ~DENIED~ ]---vvv\n        <instance_attributes" in shown
    assert shell.run("cibadmin -Q -U observer -S").stdout == shown
    namespaces = shell.run("cibadmin -Q -U observer --show-access=namespace").stdout
    assert 'xmlns:pcmk-access-denied="http://clusterlabs.org/ns/pacemaker/access/denied"' in namespaces
    assert "</pcmk-access-denied:instance_attributes>" in namespaces
    colors = shell.run("cibadmin -Q -U observer --show-access=color").stdout
    assert Cib.parse("".join(piece[piece.find("m") + 1 :] for piece in colors.split("\x1b["))) == shell.cib


def test_show_access_of_a_part_shows_the_part(guarded):
    shell = guarded("root")
    assert shell.run("cibadmin -Q -U observer -S -o nodes").stdout == shell.run("cibadmin -Q -o nodes").stdout


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("cibadmin -Q -S", ExitCode.USAGE, "-U/--user is required with -S/--show-access"),
        ("cibadmin -Q -U x --show-access=loud", ExitCode.USAGE, "Invalid value 'loud'"),
        ("cibadmin -Q -U root -S", ExitCode.CONFIG, "Could not evaluate ACLs for root: Already in requested state"),
        ("cibadmin -Q -U a<b -S", ExitCode.CONFIG, "Could not evaluate ACLs for a<b: Invalid argument"),
    ],
)
def test_show_access_tells_why_not(guarded, line, code, told):
    result = guarded("root").run(line)
    assert result.code == code
    assert told in result.stderr


def test_show_access_needs_the_acls_of_schema_2(guarded):
    shell = guarded("root")
    shell.file.write_text(shell.file.read_text().replace("pacemaker-4.0", "pacemaker-1.3"))
    assert "does not conform" in shell.run("cibadmin -Q -U observer -S").stderr


def test_show_access_warns_who_does_not_see_everything(guarded, monkeypatch):
    uid = pwd.getpwnam("nobody").pw_uid
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    result = guarded("root").run("cibadmin -Q -U observer -S")
    assert "run as user nobody, which is subject to ACLs" in result.stderr
    assert result.code == ExitCode.OK


def test_each_form_of_a_rendered_cib():
    cib = Cib.parse(
        '<cib a="&lt;"><configuration><acls><acl_target id="u"><acl_permission id="p" kind="write" xpath="//nodes"/>'
        '<acl_permission id="q" kind="read" xpath="//nodes/node"/></acl_target></acls><nodes><node id="1"/></nodes>'
        "</configuration></cib>"
    )
    access = CibUser("u", (), 0).access(cib)
    assert access == ["denied"] * 6 + ["writable"] * 2
    head = "<!-- ACLs as evaluated for user u -->\n"
    red, green, off = "\x1b[31m", "\x1b[32m", "\x1b[0m"
    lines = rendered(cib.root, access, "u", "color").splitlines()
    assert [line for line in lines if "node" in line and "xpath" not in line] == [
        f"    {green}<nodes>",
        f'      {green}<node id="1"/>{off}',
        f"    {green}</nodes>{off}",
    ]
    assert lines[1] == f'{red}<cib a="&lt;">'
    assert lines[-1] == f"{red}</cib>{off}"
    text = rendered(cib.root, access, "u", "text")
    assert text.startswith(f'{head}vvv---[ ~DENIED~ ]---vvv\n<cib a="&lt;">\n  <configuration>\n    <acls>\n')
    assert '    \n    vvv---[ WRITABLE ]---vvv\n    <nodes>\n      <node id="1"/>\n    </nodes>\n  </con' in text
    names = rendered(cib.root, access, "u", "namespace")
    prefix = "http://clusterlabs.org/ns/pacemaker/access/"
    assert names.splitlines()[1] == (
        f'<pcmk-access-denied:cib a="&lt;" xmlns:pcmk-access-writable="{prefix}writable"'
        f' xmlns:pcmk-access-denied="{prefix}denied">'
    )
    assert '<pcmk-access-writable:nodes>\n      <node id="1"/>\n    </pcmk-access-writable:nodes>' in names
