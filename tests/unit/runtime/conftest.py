"""A node to run toy daemons on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from toy_daemon import Make, ToyDaemon

from pcmk.kernel.daemons import Daemon
from pcmk.runtime.settings import Settings, from_environment


@pytest.fixture
def node(tmp_path: Path) -> Settings:
    return from_environment(
        {
            "PCMK_NODE_NAME": "alpha",
            "PCMK_RUN_DIR": str(tmp_path / "run"),
            "PCMK_STATE_DIR": str(tmp_path / "state"),
            "PCMK_CONFIG_DIR": str(tmp_path / "etc"),
        }
    )


@pytest_asyncio.fixture
async def make(node: Settings) -> AsyncIterator[Make]:
    made: list[ToyDaemon] = []

    def one(daemon: Daemon, *links: Daemon) -> ToyDaemon:
        made.append(ToyDaemon(daemon, node, links))
        return made[-1]

    yield one
    for daemon in made:
        await daemon.stop()
