"""What tests ask of a cluster through its commands."""

import subprocess

from conftest import Cluster


def command(cluster: Cluster, node: str, *words: str) -> subprocess.CompletedProcess[str]:
    return cluster.sandbox.run(node, *words)


def done(cluster: Cluster, node: str, *words: str) -> str:
    result = command(cluster, node, *words)
    assert result.returncode == 0, result.stderr
    return result.stdout


def refused(code: int, told: str, result: subprocess.CompletedProcess[str]) -> None:
    assert result.returncode == code, result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def configuration(cluster: Cluster, node: str) -> str:
    return done(cluster, node, "cibadmin", "-Q", "-o", "configuration")


def instances(cluster: Cluster) -> dict[str, int]:
    """Which instance of each resource runs where: the files that agents make when they start."""
    return {
        str(path): path.stat().st_ino
        for node in cluster.names
        for path in cluster.place.agents_dir(node).glob("*.state")
    }
