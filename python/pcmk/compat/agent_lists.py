"""Agents that are installed on this machine."""

from pcmk.runtime import agent_paths
from pcmk.runtime.settings import from_environment

STANDARDS = ("ocf", "lsb", "service", "stonith")


def standards() -> tuple[str, ...]:
    """Standards of which there may be agents."""
    return STANDARDS


def providers() -> tuple[str, ...]:
    """Providers of OCF agents."""
    return agent_paths.ocf_providers(from_environment().ocf_root)


def alternatives(name: str) -> tuple[str, ...]:
    """Providers that have an OCF agent of this name."""
    root = from_environment().ocf_root
    return tuple(each for each in providers() if name in agent_paths.resource_agents(root, each))


def agents(kind: str) -> tuple[str, ...]:
    """Agents of a standard, or `ocf:PROVIDER`."""
    standard, _, provider = kind.partition(":")
    match standard:
        case "ocf":
            return agent_paths.resource_agents(from_environment().ocf_root, provider)
        case "lsb" | "service":
            return agent_paths.init_scripts()
        case "stonith":
            return agent_paths.fence_agents()
        case _:
            return ()
