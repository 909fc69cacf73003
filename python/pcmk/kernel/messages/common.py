"""Values and answers that several daemons share."""

from pcmk.kernel.messages import Message


class Done(Message, frozen=True):
    """The request was carried out and there is nothing to tell."""


class Failure(Message, frozen=True):
    """The request was refused or failed; `code` is a `pcmk.kernel.exitcodes.ExitCode`."""

    code: int
    message: str


class Member(Message, frozen=True):
    """A node in a view. gRPC of its daemons is reached at `host`, ports counted up from `port`; `more_hosts` are its
    addresses on further links, for when that one fails."""

    name: str
    id: int
    host: str
    port: int
    more_hosts: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """All its addresses, the preferred one first."""
        return (self.host, *self.more_hosts)


class View(Message, frozen=True):
    """Who is a member and whether they have quorum; `id` grows with every view that a node sees.

    `expected_votes` is how many nodes the cluster has when all are there; 0 if the membership engine doesn't tell.
    """

    id: int
    members: tuple[Member, ...]
    quorate: bool
    expected_votes: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the members, in the view's order."""
        return tuple(member.name for member in self.members)


class SetPrimary(Message, frozen=True):
    """The controller tells based and attrd of its node: `node` is the DC of `term`; empty while there is none.

    `absent` are members of the view that the DC has declared failed after their grace: no majority needs them. Told
    again with the same term and node, it changes `absent` only, and a primary that is ready says `CibReady` again.
    """

    term: int
    node: str
    absent: tuple[str, ...] = ()
