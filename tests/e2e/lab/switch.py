"""The switch that the nodes are plugged into: a network namespace with a bridge for each partition."""

from tests.e2e.lab.shell import run

NETWORK = "10.77.0"


class Switch:
    """Ports are called like the node behind them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bridges: set[str] = set()
        run("ip", "netns", "add", name)
        self._bridge("together")
        run("ip", "-n", name, "addr", "add", f"{NETWORK}.254/24", "dev", "together")

    def beside(self, *command: str) -> tuple[str, ...]:
        """A command as a client runs it: on the network of those nodes that were not split off, on none of them."""
        return ("nsenter", f"--net=/run/netns/{self._name}", "--", *command)

    def plug_in(self, node: str, number: int, pid: int) -> None:
        """Give a node, whose process 1 is `pid`, a network card with the address of its number."""
        run("ip", "-n", self._name, "link", "del", node, check=False)
        run("ip", "-n", self._name, "link", "add", node, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        run("ip", "-n", self._name, "link", "set", node, "master", "together", "up")
        inside = f"ip link set lo up; ip addr add {NETWORK}.{number}/24 brd + dev eth0; ip link set eth0 up"
        run("nsenter", "-t", str(pid), "-n", "sh", "-c", inside)

    def split(self, *groups: tuple[str, ...]) -> None:
        """Each group hears only itself from now on."""
        for group in groups:
            bridge = f"only-{group[0]}"
            self._bridge(bridge)
            for node in group:
                run("ip", "-n", self._name, "link", "set", node, "master", bridge)

    def heal(self, *nodes: str) -> None:
        """These nodes hear each other again."""
        for node in nodes:
            run("ip", "-n", self._name, "link", "set", node, "master", "together")

    def remove(self) -> None:
        """Take the switch away."""
        run("ip", "netns", "del", self._name)

    def _bridge(self, name: str) -> None:
        if name not in self._bridges:
            self._bridges.add(name)
            run("ip", "-n", self._name, "link", "add", name, "type", "bridge", "stp_state", "0", "forward_delay", "0")
            run("ip", "-n", self._name, "link", "set", name, "up")
