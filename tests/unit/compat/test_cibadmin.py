import pytest

from pcmk._core import Cib, Element
from pcmk.compat.cib_access import Change, LiveCib
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibModify


def test_query_shows_the_whole_cib(shell):
    assert Cib.parse(shell.run("cibadmin -Q").stdout) == shell.cib


def test_several_matches_are_wrapped(shell):
    shown = shell.run("cibadmin -Q -A //node").stdout
    assert shown.startswith("<xpath-query>\n  <node ")
    assert shell.run("cibadmin -Q -A //node -e").stdout.splitlines() == [
        "/cib/configuration/nodes/node[@id='1']",
        "/cib/configuration/nodes/node[@id='2']",
    ]


def test_create_raises_the_epoch_and_a_second_is_refused(shell):
    new = '<primitive id="new" class="ocf" provider="pacemaker" type="Dummy"/>'
    assert shell.run("cibadmin -C -o resources -X", new).code == ExitCode.OK
    assert shell.cib.version == (0, 8, 0)
    before = shell.cib
    again = shell.run("cibadmin -C -o resources -X", new)
    assert again.code == ExitCode.EXISTS
    assert 'operation="cib_create"' in again.stdout
    assert shell.cib == before


@pytest.mark.parametrize("score", [(), ("--score",)])
def test_what_is_modified_can_be_counted_up(shell, score):
    assert shell.run("cibadmin -M -X", '<cib admin_epoch="admin_epoch+=2"/>', *score).code == ExitCode.OK
    assert shell.cib.version[0] == 2


def test_of_a_file_nobody_notes_who_changed_it(shell):
    """Clients take the difference of two copies that they edited for a change of their own."""
    before = shell.cib.root.attrib
    assert shell.run("cibadmin -M -X", '<nvpair id="opts-se" value="true"/>').code == ExitCode.OK
    assert shell.cib.root.attrib == before | {"epoch": "8", "num_updates": "0"}


@pytest.mark.parametrize(
    ("line", "more", "code"),
    [
        ("cibadmin -Q -A //nosuch", (), ExitCode.NOSUCH),
        ("cibadmin -Q -o nosuch", (), ExitCode.NOSUCH),
        ("cibadmin -M -o resources", (), ExitCode.USAGE),
        ("cibadmin -D", (), ExitCode.USAGE),
        ("cibadmin -d -X <a/>", (), ExitCode.USAGE),
        ("cibadmin -C -X", ("<broken",), ExitCode.CONFIG),
        ("cibadmin -C -x /nosuch/file", (), ExitCode.CONFIG),
        ("cibadmin -E", (), ExitCode.UNSAFE),
        ("cibadmin -P -X", ("<diff/>",), ExitCode.SOFTWARE),
        ("cibadmin --nosuch", (), ExitCode.USAGE),
        ("cibadmin -Q -t soon", (), ExitCode.USAGE),
    ],
)
def test_what_can_not_be_done_changes_nothing(shell, line, more, code):
    before = shell.file.read_bytes()
    result = shell.run(line, *more)
    assert result.code == code
    assert result.stderr.startswith("cibadmin: ")
    assert shell.file.read_bytes() == before


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        ('<rsc_location id="new" rsc="nobody" node="node1"/>', "element rsc_location new"),
        ('<rsc_order id="new" first="nobody" then="nobody"/>', "there is no nobody"),
    ],
)
def test_what_the_schema_does_not_know_is_refused_with_line_and_element(shell, xml, told):
    before = shell.file.read_bytes()
    result = shell.run("cibadmin -C -o constraints -X", xml)
    assert result.code == ExitCode.CONFIG
    assert "does not conform" in result.stderr and told in result.stderr and "line " in result.stderr
    assert shell.file.read_bytes() == before


def test_a_file_that_is_no_cib_is_refused(shell):
    shell.file.write_text("no XML at all")
    assert shell.run("cibadmin -Q").code == ExitCode.CONFIG
    assert shell.file.read_text() == "no XML at all"


def test_a_missing_file_is_named(shell):
    shell.file.unlink()
    result = shell.run("cibadmin -Q")
    assert result.code == ExitCode.NOSUCH
    assert str(shell.file) in result.stderr


def test_a_shadow_copy_goes_before_the_file(shell, monkeypatch):
    shadow = shell.file.parent / "shadow.test"
    shadow.write_bytes(shell.file.read_bytes())
    monkeypatch.setenv("CIB_shadow", "test")
    monkeypatch.setenv("CIB_shadow_dir", str(shell.file.parent))
    before = shell.cib
    shell.run("cibadmin -B")
    assert shell.cib == before
    assert Cib.parse(shadow.read_bytes()).version == (0, 8, 4)


def test_without_daemons_and_file_nothing_is_connected(shell, monkeypatch, tmp_path):
    monkeypatch.delenv("CIB_file")
    monkeypatch.setenv("PCMK_RUN_DIR", str(tmp_path))
    result = shell.run("cibadmin -Q")
    assert result.code == ExitCode.DISCONNECT
    assert "not running" in result.stderr


def test_a_changed_file_is_the_same_file(shell):
    """Clients hold the file open and look into it again after a command."""
    link = shell.file.with_name("link.xml")
    link.symlink_to(shell.file)
    with shell.file.open(encoding="utf-8") as held:
        assert shell.run("cibadmin -D -X", '<clone id="ping"/>').code == ExitCode.OK
        assert (
            shell.run("cibadmin -C -o resources -X", '<primitive id="new" class="lsb" type="x"/>').code == ExitCode.OK
        )
        assert Cib.parse(held.read()) == shell.cib
    assert link.is_symlink() and not shell.cib.find("//clone")


def test_comments_stay_and_are_changed_like_anything_else(shell):
    old = shell.file.read_text().replace("<constraints>", "<!-- who runs where --><constraints><!-- a -->")
    shell.file.write_text(old)
    assert shell.run("cibadmin -M -X", '<rsc_location id="loc-ip" score="7"><!-- b --></rsc_location>').code == 0
    shown = shell.run("cibadmin -Q -o constraints").stdout
    assert shown.splitlines()[1:3] == ["  <!-- a -->", '  <rsc_location id="loc-ip" rsc="ip" node="alpha" score="7">']
    assert "    <!-- b -->" in shown
    assert "    <!-- who runs where -->\n    <constraints>" in shell.file.read_text()
    patch = shell.run("crm_diff -n", str(shell.file), "-O", old).stdout
    assert '<change operation="create" path="/cib/configuration/constraints/rsc_location[@id=\'loc-ip\']"' in patch
    file = shell.file.with_name("patch.xml")
    file.write_text(patch)
    applied = shell.run(f"crm_diff -p {file} -O", old).stdout
    assert Cib.parse(applied) == shell.cib
    assert shell.run("cibadmin -D -X", '<rsc_location id="loc-ip"/>').code == 0
    left = shell.file.read_text()
    assert "<!-- who runs where -->" in left and "<!-- a -->" in left and "<!-- b -->" not in left


CREATE_NEW = (
    '<cib_command cib_op="cib_create" cib_section="resources"><cib_calldata>'
    '<primitive id="new" class="ocf" provider="pacemaker" type="Dummy"/></cib_calldata></cib_command>'
)
DELETE_IP = '<cib_command cib_op="cib_delete" cib_section="//*[@id=\'ip\' or @rsc=\'ip\']" cib_callopt="6"/>'
REPLACE_NONE = (
    '<cib_command cib_op="cib_replace" cib_section="resources"><cib_calldata><primitive id="none"/></cib_calldata>'
    "</cib_command>"
)


def test_a_transaction_is_one_change(shell):
    document = f"<cib_transaction>{CREATE_NEW}{DELETE_IP}</cib_transaction>"
    assert shell.run("cibadmin --commit-transaction -X", document).code == ExitCode.OK
    assert shell.cib.version == (0, 8, 0)
    assert shell.cib.find("//primitive[@id='new']") and not shell.cib.find("//*[@id='ip' or @rsc='ip']")


@pytest.mark.parametrize("requests", [(REPLACE_NONE,), (CREATE_NEW, DELETE_IP, REPLACE_NONE), (CREATE_NEW, CREATE_NEW)])
def test_a_transaction_that_fails_anywhere_leaves_nothing(shell, requests):
    before = shell.file.read_bytes()
    document = f"<cib_transaction>{''.join(requests)}</cib_transaction>"
    result = shell.run("cibadmin --commit-transaction -X", document)
    assert result.code in (ExitCode.NOSUCH, ExitCode.EXISTS)
    assert shell.file.read_bytes() == before


def test_a_cluster_gets_the_changes_of_a_command_at_once(monkeypatch):
    requests = []

    class Connection:
        def __init__(self, *_: object):
            pass

        def ask(self, _daemon: object, request: CibModify, *_: object):
            requests.append(request)

    monkeypatch.setattr("pcmk.client.Connection", Connection)
    LiveCib("crm_resource", "", 1.0).change(Change("bump"), Change("erase"))
    assert [[each.operation for each in request.operations] for request in requests] == [["bump", "erase"]]


def test_a_transaction_has_to_be_given_as_one(shell):
    assert shell.run("cibadmin --commit-transaction").code == ExitCode.USAGE
    assert shell.run("cibadmin --commit-transaction -X", "<cib/>").code == ExitCode.PROTOCOL


def test_programs_get_xml_as_the_text_that_it_is(shell):
    document = Element.parse(shell.run("cibadmin -Q -o nodes --output-as xml").stdout)
    assert document.children[0].name == "output"
    assert document.children[0].text == shell.run("cibadmin -Q -o nodes").stdout
    several = Element.parse(shell.run("cibadmin -Q -A //node --output-as xml").stdout)
    assert several.children[0].text.startswith("<xpath-query>\n  <node ")
    digest = shell.run("cibadmin -5 -x", str(shell.file)).stdout.strip()
    document = Element.parse(shell.run("cibadmin -5 --output-as xml -x", str(shell.file)).stdout)
    assert document.children[0].attrib == {"digest": digest}


def test_a_cib_goes_on_to_say_which_schema_it_follows(shell):
    before = shell.file.read_bytes()
    text = shell.cib.to_xml().replace('validate-with="pacemaker-4.0" ', "")
    assert "validate-with" not in text
    assert shell.run("cibadmin -R -X", text).code == ExitCode.CONFIG
    assert shell.file.read_bytes() == before


def old(shell, schema, *, resources="", options=""):
    """Make the file one of an older schema."""
    shell.file.write_text(
        f'<cib validate-with="{schema}" admin_epoch="3" epoch="7" num_updates="5"><configuration><crm_config>{options}'
        f"</crm_config><nodes/><resources>{resources}</resources><constraints/></configuration><status/></cib>"
    )


def test_an_upgrade_makes_the_newest_schema_and_a_version_above_all_before(shell):
    primitive = '<primitive id="p" class="ocf" provider="pacemaker" type="Dummy"/>'
    option = '<cluster_property_set id="o"><nvpair id="o-1" name="remove-after-stop" value="1"/></cluster_property_set>'
    old(shell, "pacemaker-3.9", resources=f'<master id="m">{primitive}</master>', options=option)
    assert shell.run("cibadmin --upgrade").code == ExitCode.UNSAFE
    done = shell.run("cibadmin --upgrade --force")
    assert (done.code, done.stdout) == (ExitCode.OK, "")
    assert "remove-after-stop o-1 is dropped" in done.stderr
    assert shell.cib.root.get("validate-with") == "pacemaker-4.0"
    assert shell.cib.version == (4, 2, 0)
    assert shell.cib.find("//clone[@id='m']")


@pytest.mark.parametrize(
    ("schema", "resources", "reason"),
    [
        ("pacemaker-3.9", "<nonsense/>", "element nonsense: "),
        ("pacemaker-9999.0", "", "there is no schema pacemaker-9999.0"),
    ],
)
def test_what_can_not_be_upgraded_stays_and_the_reason_is_told(shell, schema, resources, reason):
    old(shell, schema, resources=resources)
    before = shell.file.read_bytes()
    refused = shell.run("cibadmin --upgrade --force")
    assert refused.code == ExitCode.CONFIG
    assert reason in refused.stderr
    assert shell.file.read_bytes() == before


def test_an_unknown_schema_and_none_at_all_are_no_schema_to_change_to(shell):
    before = shell.file.read_bytes()
    unknown = shell.run("cibadmin -M -X", '<cib validate-with="pacemaker-9999.0"/>')
    assert unknown.code == ExitCode.CONFIG
    assert "cibadmin: Update does not conform to the configured schema" in unknown.stderr
    without = shell.cib.with_attrs({"validate-with": None, "epoch": "8"}).to_xml()
    assert shell.run("cibadmin -R -X", without).code == ExitCode.CONFIG
    assert shell.file.read_bytes() == before
    assert shell.run("cibadmin -M -X", '<cib validate-with="none"/>').code == ExitCode.OK
    order = '<rsc_order id="o" first="ip" first-action="break" then="web"/>'
    assert shell.run("cibadmin -C -o constraints -X", order).code == ExitCode.OK
