"""What the cluster of a lab says of itself, through its commands."""

from tests.e2e.lab.lab import Lab


def is_idle(lab: Lab, viewer: str) -> bool:
    """Whether the DC, as a node knows it, has nothing to do."""
    told = lab.nodes[viewer].run("crmadmin", "-D", "-q", check=False).strip().split(":")[-1].strip()
    if told not in lab.nodes or not lab.nodes[told].is_on:
        return False
    return "S_IDLE" in lab.nodes[told].run("crmadmin", "-S", told, check=False)


def online(lab: Lab, viewer: str) -> set[str]:
    """The nodes that are online for a node."""
    told = lab.nodes[viewer].run("crm_mon", "-1", check=False)
    for line in told.splitlines():
        if "Online: [" in line:
            return set(line.partition("[")[2].partition("]")[0].split())
    return set()


def members(lab: Lab, viewer: str) -> set[str]:
    """The nodes that run the cluster for a node, those in standby included; none if that node does not run it."""
    return set(lab.nodes[viewer].run("crm_node", "-p", check=False).split())


def leader(lab: Lab, viewer: str = "n1") -> str:
    """The DC."""
    return lab.nodes[viewer].run("crmadmin", "-D", "-q").strip().split(":")[-1].strip()


def where(lab: Lab, viewer: str, resource: str) -> list[str]:
    """The nodes where a resource is active, as `crm_resource --locate` says it."""
    told = lab.nodes[viewer].run("crm_resource", "--locate", "-Q", "-r", resource, check=False)
    return told.split()


def failures(lab: Lab, viewer: str) -> list[str]:
    """Failed actions that the status shows."""
    told = lab.nodes[viewer].run("crm_mon", "-1", check=False)
    return [line for line in told.partition("Failed Resource Actions:")[2].splitlines() if line.strip()]


def wait_for_one_cib(lab: Lab) -> None:
    """Wait until all nodes have the same CIB: a last result may be under way to some."""

    def is_one() -> bool:
        return len({node.run("cibadmin", "-Q", "-l") for node in lab.nodes.values() if node.is_on}) == 1

    lab.await_that("all nodes have the same CIB", is_one)
