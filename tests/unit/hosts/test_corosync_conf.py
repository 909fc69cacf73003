"""corosync.conf is written, read and changed, and what others wrote into it stays."""

import pytest

from pcmk.hosts.corosync_conf import CorosyncConf, new_configuration
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.corosync.nodelist import ConfiguredNode

N1 = ConfiguredNode(1, "n1", ("10.0.0.1", "10.1.0.1"))
N2 = ConfiguredNode(2, "n2", ("10.0.0.2", "10.1.0.2"))
N3 = ConfiguredNode(3, "n3", ("10.0.0.3", "10.1.0.3"))

# As distributions ship it.
SHIPPED = """# Please read the corosync.conf.5 manual page
totem {
\tversion: 2

\t# The name of the cluster.
\tcluster_name: debian
\tcrypto_cipher: none
}

quorum {
\t# Enable and configure quorum subsystem
\tprovider: corosync_votequorum
}

nodelist {
\t# Change/uncomment/add node sections

\tnode {
\t\tname: node1
\t\tnodeid: 1
\t\tring0_addr: 127.0.0.1
\t\t#ring1_addr: 192.168.1.1
\t}
\t# ...
}
"""


def test_a_new_configuration_has_encrypted_links_and_the_nodes() -> None:
    made = CorosyncConf(new_configuration("web", (N1, N2, N3), {}).text)
    assert made.nodes == (N1, N2, N3)
    values = [made.value("totem", key) for key in ("version", "transport", "crypto_cipher", "crypto_hash")]
    assert values == ["2", "knet", "aes256", "sha256"]
    assert made.value("totem", "cluster_name") == "web"
    assert made.value("quorum", "provider") == "corosync_votequorum"
    assert made.value("quorum", "two_node") == ""


def test_settings_replace_what_would_be_there_or_come_in_addition() -> None:
    made = new_configuration("web", (N1,), {("totem", "crypto_hash"): "sha512", ("system", "sched_rr"): "no"})
    assert made.value("totem", "crypto_hash") == "sha512"
    assert made.text.count("crypto_hash") == 1
    assert made.value("system", "sched_rr") == "no"


def test_what_is_read_is_written_as_it_was() -> None:
    assert CorosyncConf(SHIPPED).text == SHIPPED


def test_a_node_comes_and_goes_and_leaves_no_trace() -> None:
    conf = CorosyncConf(new_configuration("web", (N1, N2, N3), {}).text)
    before = conf.text
    conf.add_node(ConfiguredNode(4, "n4", ("10.0.0.4", "10.1.0.4")))
    assert [node.name for node in CorosyncConf(conf.text).nodes] == ["n1", "n2", "n3", "n4"]
    conf.remove_node("n4")
    assert conf.text == before


def test_comments_stay_when_a_node_is_added() -> None:
    conf = CorosyncConf(SHIPPED)
    conf.add_node(ConfiguredNode(2, "node2", ("127.0.0.2",)))
    kept = [line for line in conf.text.splitlines() if line in SHIPPED.splitlines()]
    assert kept == SHIPPED.splitlines()


def test_two_nodes_have_the_rule_for_two() -> None:
    conf = new_configuration("web", (N1, N2), {})
    assert conf.value("quorum", "two_node") == "1"
    conf.add_node(N3)
    assert conf.value("quorum", "two_node") == ""
    conf.remove_node("n1")
    assert conf.value("quorum", "two_node") == "1"


def test_with_a_quorum_device_two_nodes_are_not_alone() -> None:
    device = SHIPPED.replace("\tprovider: corosync_votequorum\n", "\tprovider: corosync_votequorum\n\tdevice {\n\t}\n")
    conf = CorosyncConf(device)
    conf.add_node(ConfiguredNode(2, "node2", ("127.0.0.2",)))
    assert conf.value("quorum", "two_node") == ""


@pytest.mark.parametrize(
    ("node", "code"),
    [
        (ConfiguredNode(9, "n1", ("10.0.0.9", "10.1.0.9")), ExitCode.EXISTS),
        (ConfiguredNode(1, "n9", ("10.0.0.9", "10.1.0.9")), ExitCode.EXISTS),
        (ConfiguredNode(9, "n9", ("10.0.0.9", "10.1.0.1")), ExitCode.EXISTS),
        (ConfiguredNode(9, "n9", ("10.0.0.9",)), ExitCode.CONFIG),
    ],
)
def test_a_node_that_does_not_fit_is_refused(node: ConfiguredNode, code: ExitCode) -> None:
    conf = new_configuration("web", (N1, N2), {})
    before = conf.text
    with pytest.raises(PcmkError) as caught:
        conf.add_node(node)
    assert caught.value.code == code
    assert conf.text == before


def test_a_node_that_is_not_there_can_not_be_removed() -> None:
    with pytest.raises(PcmkError) as caught:
        new_configuration("web", (N1,), {}).remove_node("n2")
    assert caught.value.code == ExitCode.NOHOST


@pytest.mark.parametrize("text", ["totem {\n", "}\n", "totem {\n  version 2\n}\n"])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(PcmkError) as caught:
        CorosyncConf(text)
    assert caught.value.code == ExitCode.CONFIG
