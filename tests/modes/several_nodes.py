"""Several nodes and a worker, as on machines of their own, with one PostgreSQL behind pgbouncer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Concatenate

from tests.modes.laptop import CHECKOUT, settings_of
from tests.modes.mode import Mode, Place
from tests.modes.running import Running
from tests.support import factories
from tests.support.databases.databases import postgres_cluster
from tests.support.databases.postgres import Cluster
from tests.support.others.pgbouncer import pgbouncer
from tests.support.others.reverse_proxies import Proxy
from tests.support.servers.server_process import free_port

#: what follows `run --no-worker` at each node
THREE_NODES: tuple[tuple[str, ...], ...] = ((), ("--workers", "2"), ())
_DATABASE = "marhaba"


@dataclass
class Node:
    """One of the nodes: its own address, past the proxy, and the command that serves there."""

    port: int
    options: Sequence[str]
    running: Running | None = None

    @property
    def url(self) -> str:
        """Where it answers itself."""
        return f"http://127.0.0.1:{self.port}"


@dataclass
class SeveralNodes(Mode):
    """Nodes behind a proxy, of which each can be killed, a worker, and a database that can end.

    Attributes:
        nodes: those that run, and those that were killed.
        cluster: PostgreSQL itself.
        direct: the address of the database there, past the pooler.
    """

    nodes: Sequence[Node] = ()
    cluster: Cluster = field(kw_only=True)
    direct: str = field(kw_only=True)

    def start(self) -> None:
        """Start the nodes and the worker, and wait until each node answers."""
        for number, node in enumerate(self.nodes):
            command = ("run", "--no-worker", "--port", str(node.port), *node.options)
            node.running = self._begin_at_home(f"node-{number}", *command)
        self.start_worker()
        for node in self.nodes:
            self.wait_for_an_answer(node.url)
        self.wait_for_an_answer(self.url)

    def start_worker(self) -> None:
        """Start a worker, as systemd does with one that has died."""
        self._worker = self._begin_at_home("worker", "worker")

    def kill_worker(self) -> None:
        """Kill the worker, as a lack of memory does."""
        self.kill(self._worker)

    def kill_node(self, node: Node) -> None:
        """Kill all processes of a node at once; the proxy has the others."""
        assert node.running is not None
        self.kill(node.running)
        node.running = None

    def restart_postgresql(self, meanwhile: Callable[[], object]) -> None:
        """Shut PostgreSQL down, do something, and start it again; nothing else is restarted."""
        self.cluster.shut_down()
        meanwhile()
        self.cluster.start_again()

    def surviving(self) -> list[Node]:
        """Return the nodes that were not killed."""
        return [node for node in self.nodes if node.running]

    def _begin_at_home(self, name: str, *arguments: str) -> Running:
        home = self.files / name
        home.mkdir(exist_ok=True)
        return self.begin(name, *arguments, CHECKIN_HOME=str(home))


def several_nodes(
    place: Place,
    proxy_before: Callable[Concatenate[Place, ...], Proxy],
    options: Sequence[Sequence[str]] = THREE_NODES,
) -> SeveralNodes:
    """Build nodes, one for each of these options of `run`, behind a proxy."""
    nodes = [Node(free_port(), more) for more in options]
    proxy = proxy_before(place, *(node.port for node in nodes))
    cluster = place.until_the_end.enter_context(postgres_cluster())
    cluster.run(f"CREATE DATABASE {_DATABASE}")
    direct = cluster.url(_DATABASE)
    pooled = place.until_the_end.enter_context(pgbouncer(direct))
    return SeveralNodes(
        programs=CHECKOUT,
        files=place.files,
        url=proxy.url,
        listen=(),
        mail=place.mail,
        settings={
            **settings_of(place),
            "CHECKIN_BASE_URL": proxy.url,
            "CHECKIN_DATABASE_URL": pooled,
            "CHECKIN_DATABASE_DIRECT_URL": direct,
            "CHECKIN_MASTER_KEY": factories.MASTER_KEY.hex(),
            "CHECKIN_TRUSTED_PROXIES": "127.0.0.1/32",
            "CHECKIN_MDNS": "off",
        },
        authority=lambda: proxy.trust,
        https_for_good=True,
        scanner_trusts=("--cafile", str(proxy.trust)),
        language="fr",
        nodes=nodes,
        cluster=cluster,
        direct=direct,
    )
