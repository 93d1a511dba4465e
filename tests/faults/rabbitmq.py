"""`make smoke-rabbitmq`: calls through RabbitMQ as the broker, which is killed in between; the oracle judges.

python -m tests.faults.rabbitmq [--calls 40]

RabbitMQ is the system's own (Debian: `apt-get install -y --no-install-recommends rabbitmq-server`), started
privately; PostgreSQL and the cache come from wheels, as in the rows of the matrix.
"""

import argparse
import logging
import sys
import time
from functools import cached_property
from pathlib import Path

import amqp

from tests.faults.house import POSTGRESQL, READY_SECONDS, House, folder, forget
from tests.faults.seen import each_once, ended_as, numbers
from tests.flows.system import free_ports
from tests.patience import until

SERVERS = "lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"
PORT_MAPPERS = "lib/erlang/erts-*/bin/epmd"


class NotInstalled(Exception):
    """RabbitMQ is not on this machine."""


def program(pattern: str) -> str:
    """The newest program of the system's that matches. Raises NotInstalled."""
    found = sorted(Path("/usr").glob(pattern))
    if not found:
        raise NotInstalled("RabbitMQ is missing; on Debian: apt-get install -y rabbitmq-server")
    return str(found[-1])


def answers(port: int) -> bool:
    """Whether the broker takes a session."""
    try:
        with amqp.Connection(f"127.0.0.1:{port}", connect_timeout=2) as session:
            return bool(session.connected)
    except (OSError, amqp.AMQPError):
        return False


class RabbitHouse(House):
    """The scaled-out form with RabbitMQ as its broker; Valkey stays for the cache."""

    @cached_property
    def rabbit(self) -> dict[str, int]:
        """The ports of the broker, of Erlang's port mapper, and between nodes."""
        names = ("broker", "mapper", "nodes")
        return dict(zip(names, free_ports(len(names)), strict=True))

    @cached_property
    def env(self) -> dict[str, str]:
        """As in the scaled-out form, but for the broker."""
        return super().env | {
            "BROKER_URL": f"amqp://guest:guest@127.0.0.1:{self.rabbit['broker']}//"
        }

    def _start_stores(self) -> None:
        super()._start_stores()
        mapper = ["-address", "127.0.0.1", "-port", str(self.rabbit["mapper"])]
        self.add("port mapper", [program(PORT_MAPPERS), *mapper])
        self.add("rabbitmq", ["env", *self._settings_of_rabbit(), program(SERVERS)])
        until(lambda: answers(self.rabbit["broker"]), READY_SECONDS)

    def _settings_of_rabbit(self) -> list[str]:
        home = self.folder / "rabbitmq"
        home.mkdir()
        loopback = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"
        given = {
            "HOME": home,
            "ERL_EPMD_PORT": self.rabbit["mapper"],
            "RABBITMQ_NODENAME": "greenlight@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": self.rabbit["broker"],
            "RABBITMQ_DIST_PORT": self.rabbit["nodes"],
            "RABBITMQ_MNESIA_BASE": home / "mnesia",
            "RABBITMQ_LOG_BASE": home / "log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": home / "plugins",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": loopback,
        }
        return [f"{name}={value}" for name, value in given.items()]


def smoke(house: House, calls: int) -> None:
    """Calls go out, also those accepted while the broker is gone, each once."""
    until(lambda: "ready." in house.processes["dispatch 1"].words(), READY_SECONDS)
    before = numbers(house, calls // 2)
    ended_as(house, house.placed(*before), "completed", seconds=60)
    house.kill("rabbitmq")
    meanwhile = numbers(house, calls - len(before))
    began = time.monotonic()
    sids = house.placed(*meanwhile)
    spent = (time.monotonic() - began) / len(meanwhile)
    assert spent < 1.0, f"without its broker an accept took {spent:.2f} s"
    house.restart("rabbitmq")
    ended_as(house, sids, "completed", seconds=120)
    each_once(house, *before, *meanwhile)
    house.uphold()


def main() -> int:
    """Run the smoke test on a house of its own; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.rabbitmq", description=__doc__)
    parser.add_argument("--calls", type=int, default=40)
    wanted = parser.parse_args()
    logging.disable(logging.WARNING)
    house, good = RabbitHouse(POSTGRESQL, folder()), False
    try:
        house.start()
        smoke(house, wanted.calls)
        good = True
    except NotInstalled as missing:
        sys.stdout.write(f"{missing}\n")
    finally:
        if good:
            forget(house)
        else:
            house.end()
            sys.stdout.write(f"logs: {house.folder / 'logs'}\n")
    sys.stdout.write(f"RabbitMQ: {wanted.calls} calls, each placed once\n" if good else "failed\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
