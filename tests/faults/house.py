"""A private installation of real processes, in one of two forms, that can be hurt and comes to no harm.

    postgresql   PostgreSQL and Valkey from wheels, two web processes, three workers, beat; a proxy that can be
                 ill before the carrier, the broker and the database
    embedded     SQLite and a Valkey on a Unix socket, one web process, two workers, beat, as `make run` has it;
                 a proxy before the carrier only

Everything listens on free ports of the loopback and lives in one folder; everything ends with `end`, by id.
"""

import itertools
import json
import os
import re
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from console import home, supervisor
from tests.faults import stores
from tests.faults.hands import Hands
from tests.faults.process import Process
from tests.faults.proxy import Proxy
from tests.faults.table import Table
from tests.flows.system import UNPACED, free_ports
from tests.patience import until

POSTGRESQL, EMBEDDED = "postgresql", "embedded"
FORMS = (POSTGRESQL, EMBEDDED)
READY_SECONDS = 120.0
PACE = 0.1  # the sandbox's scripts run ten times faster
FAST = {"cps": 200.0, "concurrency": 1000}


# A callee of these tests, written out; an id's hexadecimal digits are none.
NUMBER = re.compile(r"(?<![0-9a-f-])\+?1555\d{7}(?![0-9a-f])")


class Broken(AssertionError):
    """A promise was broken; the message lists what the oracle found."""


class House:
    """The installation. `pace` is the sandbox's; `lines` the carrier account's CPS and concurrency."""

    def __init__(self, form: str, folder: Path, *, pace: float = PACE) -> None:
        self.form, self.folder, self.pace = form, folder, pace
        self.scaled = form == POSTGRESQL
        self.processes: dict[str, Process] = {}
        self.proxies: dict[str, Proxy] = {}
        self.hands: list[Hands] = []
        self._numbers = itertools.count(2_000_000)
        self._ordered: set[str] = set()
        (folder / "logs").mkdir(parents=True)
        names = ("web 1", "web 2", "sandbox", "postgres", "broker")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))

    # --- starting and ending ---

    def start(self) -> "House":
        """Bring everything up, seeded and ready; on failure nothing is left behind."""
        try:
            self._start()
        except BaseException:
            self.end()
            raise
        return self

    def _start(self) -> None:
        home.write_secrets(self.folder / "secrets.env")
        behind = {"carrier": "sandbox"}
        behind |= {"database": "postgres", "broker": "broker"} if self.scaled else {}
        for name, port in behind.items():
            self.proxies[name] = Proxy(("127.0.0.1", self.ports[port]))
        if self.scaled:
            self._start_stores()
        else:
            self._keep("broker", [*supervisor.valkey(self._settings).command])
            until(supervisor.listens(self._settings.VALKEY_SOCKET), READY_SECONDS)
        for step in ("migrate --no-input", "seed_demo"):
            self.manage(step)
        self._keep("sandbox", self._provider())
        for number, name in enumerate(self.webs):
            command = supervisor.web(self._settings_of(number)).command
            self._keep(name, command, dies_by=signal.SIGTERM)
        until(supervisor.answers(f"{self.sandbox_url}/health"), READY_SECONDS)
        self.manage("connect_sandbox")
        self.act("widen", **FAST)
        for name in self.workers:
            queue = name.split()[0]
            command = supervisor.worker(queue).command
            self._keep(name, _called(name, command), patience=80.0)
        self._keep("clock", supervisor.clock(self._settings).command)
        for url in self.urls:
            until(supervisor.answers(f"{url}/health/ready"), READY_SECONDS)

    def _start_stores(self) -> None:
        data = self.folder / "postgres"
        programs, user = stores.initialised(data, os.environ.get("FAULTS_POSTGRESQL", ""))
        port = self.ports["postgres"]
        fast = {"user": user, "cwd": data, "ends_by": signal.SIGINT, "dies_by": signal.SIGQUIT}
        self._keep("database", stores.postgres_command(programs, data, port), **fast)
        self._keep("broker", stores.valkey_command(self.ports["broker"], self.folder))
        until(lambda: stores.postgres_answers(port), READY_SECONDS)
        until(lambda: stores.valkey_answers(self.ports["broker"]), READY_SECONDS)
        stores.create_database(port)

    def end(self) -> dict[str, int]:
        """End everything, doors first and stores last; gives each exit code."""
        for hands in self.hands:
            hands.end()
        for program in self.__dict__.get("_programs", ()):
            program.close()
        for proxy in self.proxies.values():
            proxy.well()
        codes = {name: self.processes[name].end() for name in reversed(self.processes)}
        for proxy in self.proxies.values():
            proxy.end()
        self.proxies.clear()
        return codes

    # --- its parts ---

    @property
    def webs(self) -> tuple[str, ...]:
        """The names of its web processes."""
        return ("web 1", "web 2") if self.scaled else ("web 1",)

    @property
    def workers(self) -> tuple[str, ...]:
        """The names of its workers."""
        return (
            ("dispatch 1", "dispatch 2", "upkeep 1") if self.scaled else ("dispatch 1", "upkeep 1")
        )

    @property
    def urls(self) -> list[str]:
        """Where its web processes listen."""
        return [f"http://127.0.0.1:{self.ports[name]}" for name in self.webs]

    @property
    def sandbox_url(self) -> str:
        """The carrier, past the proxy."""
        return f"http://127.0.0.1:{self.ports['sandbox']}"

    @property
    def carrier(self) -> Proxy:
        """What stands before the carrier."""
        return self.proxies["carrier"]

    @cached_property
    def seed(self) -> dict[str, Any]:
        """What the demo seed wrote down."""
        found: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())
        return found

    @cached_property
    def table(self) -> Table:
        """The database, read past every proxy and without Django."""
        if self.scaled:
            return Table(port=self.ports["postgres"])
        return Table(path=self.folder / "greenlight.sqlite3")

    @cached_property
    def env(self) -> dict[str, str]:
        """What every process is told."""
        inherited = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "TMPDIR", "LANG"}}
        found = inherited | {
            **UNPACED,
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "DATA_DIR": str(self.folder),
            "PORT": str(self.ports["web 1"]),
            "SANDBOX_PORT": str(self.ports["sandbox"]),
            "PUBLIC_URL": self.urls[0],
            "SANDBOX_URL": f"http://127.0.0.1:{self.carrier.port}",
            "PYTHONUNBUFFERED": "1",
        }
        if not self.scaled:
            return found
        broker = f"redis://127.0.0.1:{self.proxies['broker'].port}"
        database = f"postgresql://postgres@127.0.0.1:{self.proxies['database'].port}"
        return found | {
            "DATABASE_URL": f"{database}/{stores.DATABASE}",
            "BROKER_URL": f"{broker}/0",
            "CACHE_URL": f"{broker}/1",
        }

    def new_hands(self, **extra: str) -> Hands:
        """Another process inside the house that acts as it is told."""
        found = Hands(self.env | extra, self.folder / "logs" / f"hands-{len(self.hands)}.log")
        self.hands.append(found)
        return found

    @cached_property
    def _hands(self) -> Hands:
        return self.new_hands()

    @cached_property
    def dialler(self) -> Hands:
        """Hands that only dial: what forks may not hold other connections."""
        return self.new_hands()

    def dial(self, sids: Iterable[str], **given: Any) -> dict[str, list[Any]]:
        """Dial each call in a process of its own, which may be taken away; see `acts.dial`."""
        found: dict[str, list[Any]] = self.dialler.ask("dial", sids=[*sids], **given)
        return found

    @contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """These processes are ended meanwhile."""
        self.wait_for(*names)
        for name in names:
            self.processes[name].ask_to_end()
        for name in names:
            self.processes[name].end()
        try:
            yield
        finally:
            for name in names:
                self.restart(name)

    @property
    def dialling(self) -> tuple[str, ...]:
        """The names of the workers that dial."""
        return tuple(name for name in self.workers if name.startswith("dispatch"))

    def act(self, name: str, **given: Any) -> Any:
        """What one of tests/faults/acts.py gives, done inside the house through its own verbs."""
        return self._hands.ask(name, **given)

    def manage(self, words: str) -> None:
        """One management command, to its end."""
        step = self._process(words, [sys.executable, "manage.py", *words.split()])
        step.start()
        assert step.wait(READY_SECONDS) == 0, step.words()

    def add(self, name: str, command: Iterable[str], **given: Any) -> Process:
        """Another process of this house."""
        return self._keep(name, command, **given)

    def another(self, name: str, like: str, **extra: str) -> Process:
        """One more process like the one called `like`."""
        of = self.processes[like]
        command = _called(name, of.command)
        found = self._process(name, command, patience=of.patience)
        self.processes[name] = found
        found.start(**extra)
        return found

    def drop(self, name: str) -> None:
        """End a process for good."""
        self.processes.pop(name).end()

    # --- hurting it ---

    def kill(self, *names: str) -> None:
        """`kill -9`."""
        for name in names:
            self.processes[name].kill()

    def restart(self, name: str, **extra: str) -> None:
        """Start again what has ended, with these variables besides its own."""
        process = self.processes[name]
        if process.alive:
            self.wait_for(name)  # a worker that is told to end while it starts does not hear it
            process.end()
        if name == "broker" and not self.scaled:
            self._settings.VALKEY_SOCKET.unlink(missing_ok=True)
        process.start(**extra)

    def revive(self) -> list[str]:
        """Start again whatever has ended, as the supervisor does; names them."""
        ended = [name for name, process in self.processes.items() if not process.alive]
        for name in ended:
            self.processes[name].kill()  # its children would hold its port
            self.restart(name)
        return ended

    def wait_for(self, *names: str) -> None:
        """Until these take work again."""
        for name in names:
            until(self._question(name), READY_SECONDS)

    def _question(self, name: str) -> Any:
        if name == "database":
            return lambda: stores.postgres_answers(self.ports["postgres"], stores.DATABASE)
        if name == "broker" and self.scaled:
            return lambda: stores.valkey_answers(self.ports["broker"])
        if name == "broker":
            return supervisor.listens(self._settings.VALKEY_SOCKET)
        if name in self.ports:
            page = "/health" if name == "sandbox" else "/health/live"
            return supervisor.answers(f"http://127.0.0.1:{self.ports[name]}{page}")
        process = self.processes[name]
        if any("@%h" in word for word in process.command):
            return lambda: process.says("ready.")
        return lambda: process.alive

    # --- using it ---

    def number(self, digits: str = "") -> str:
        """A callee nobody has called yet; `digits`, the last four, choose the sandbox's script."""
        number = next(self._numbers)
        if digits:
            return f"+1555{number % 1000:03d}{digits}"
        while number % 10000 < 1000:  # those end in a script's digits
            number = next(self._numbers)
        return f"+1555{number}"

    def client(self, web: int = 0, *, timeout: float = 30.0) -> httpx.Client:
        """The demo tenant's program at one of the web processes."""
        return httpx.Client(
            base_url=f"{self.urls[web % len(self.urls)]}/api/v1",
            headers={"authorization": f"Bearer {self.seed['api_key']}"},
            trust_env=False,
            timeout=timeout,
        )

    @cached_property
    def _programs(self) -> list[httpx.Client]:
        return [self.client(web) for web in range(len(self.urls))]

    def place(
        self, to: str, *, key: str | None = None, web: int = 0, **fields: str
    ) -> httpx.Response:
        """Ask for a call, as a program does."""
        program = self._programs[web % len(self._programs)]
        headers = {"idempotency-key": key} if key else {}
        return program.post("/make-call", json={"to": to, **fields}, headers=headers)

    def placed(self, *numbers: str, **fields: str) -> list[str]:
        """Ask for a call to each of these; their ids."""
        sids = []
        for web, to in enumerate(numbers):
            answer = self.place(to, web=web, **fields)
            assert answer.status_code == httpx.codes.OK, answer.text
            sids.append(str(answer.json()["call_sid"]))
        return sids

    def call(self, sid: str) -> dict[str, Any]:
        """A call as the API shows it."""
        found: dict[str, Any] = self._programs[0].get(f"/calls/{sid}").raise_for_status().json()
        return found

    def states(self, sids: Iterable[str]) -> dict[str, str]:
        """Where each of these calls stands."""
        return self.table.states(sids)

    def settle(self, sids: Iterable[str], seconds: float = 60.0) -> Counter[str]:
        """Wait until each of these is over or with people; counts how they ended."""
        waiting = list(sids)
        until(
            lambda: not (Counter(self.states(waiting).values()).keys() - self.table.ENDS), seconds
        )
        return Counter(self.states(waiting).values())

    # --- the carrier's side ---

    def ledger(self) -> list[dict[str, Any]]:
        """Every call the carrier really placed."""
        rows: list[dict[str, Any]] = self._carrier("GET", "/ledger")["data"]
        return rows

    def asked(self) -> list[dict[str, Any]]:
        """Every request to place a call that reached the carrier: when, for whom, how it was answered."""
        rows: list[dict[str, Any]] = self._carrier("GET", "/asked")["data"]
        return rows

    def script(self, number: str, script: str) -> None:
        """Give a number, or `*` for all, one of the sandbox's scripts; empty takes it back."""
        self._carrier("PUT", f"/control/scripts/{number}", {"script": script})

    def answer(self, *numbers: str, **orders: Any) -> None:
        """Have the carrier accept calls to these and answer in an ordered way."""
        for number in numbers:
            self._ordered.add(number)
            self.order(f"answer/{number}", **orders)

    def order(self, lever: str, **orders: Any) -> None:
        """Pull one of the carrier's other levers: `log`, `door`, `answer/<number>`."""
        self._carrier("PUT", f"/control/{lever}", orders)

    def _carrier(self, method: str, page: str, orders: Mapping[str, Any] | None = None) -> Any:
        with httpx.Client(base_url=self.sandbox_url, trust_env=False, timeout=30) as client:
            answer = client.request(method, page, json=orders)
            return answer.raise_for_status().json()

    def heal(self) -> None:
        """Let everything be well again: processes, proxies, the carrier's orders, its account."""
        if "dialler" in self.__dict__:
            self.__dict__.pop("dialler").end()  # and with it the children it froze
        for proxy in self.proxies.values():
            proxy.well()
            proxy.up()
        for process in self.processes.values():
            process.thaw()
        self.revive()
        self.wait_for(*self.processes)
        for web in range(len(self.urls)):
            until(lambda web=web: self._is_calm(web), READY_SECONDS)
        for number in ("*", *self._ordered):
            self.order(f"answer/{number}")
        self._ordered.clear()
        self.script("*", "")
        self.order("door")
        self.order("log", status=0, lag=0)
        self.order("pages")
        self.table.end_leases(self.table.dispatching())
        self.table.forget_lags()
        self.act("point", base_url=self.env["SANDBOX_URL"])
        self.act("resume")
        self.act("widen", **FAST)

    def _is_calm(self, web: int) -> bool:
        """Whether this web process has no dead connection left in its pool, which would cost a 503."""
        pages = (self._programs[web].get("/call-logs?limit=1") for _ in range(12))
        try:
            return all(page.status_code == httpx.codes.OK for page in pages)
        except httpx.HTTPError:
            return False

    # --- judging it ---

    def uphold(self) -> None:
        """The common oracle (RELIABILITY 8), against the house's own database. Raises Broken."""
        keys = [row["idempotency_key"] for row in self.ledger()]
        broken = self.act("promises", placed=keys)
        if told := self.told():
            broken["told"] = told
        if broken:
            raise Broken(json.dumps(broken, indent=1)[:4000])

    def told(self) -> list[str]:
        """Numbers of people, and the key, where our processes logged them (R4.7)."""
        said = self.said()
        found = set(NUMBER.findall(said))
        return sorted(found | ({"the API key"} if self.seed["api_key"] in said else set()))

    def said(self) -> str:
        """Everything that our own processes logged; the carrier may log whom it calls."""
        ours = (name.replace(" ", "-") for name in (*self.webs, *self.workers, "clock"))
        logs = (self.folder / "logs" / f"{name}.log" for name in ours)
        return "".join(log.read_text(errors="replace") for log in logs if log.exists())

    # --- inside ---

    @cached_property
    def _settings(self) -> SimpleNamespace:
        return self._settings_of(0)

    def _settings_of(self, web: int) -> SimpleNamespace:
        from console.env import socket_path

        return SimpleNamespace(
            DATA_DIR=self.folder,
            PORT=self.ports[self.webs[web]],
            VALKEY_SOCKET=socket_path(self.folder),
        )

    def _provider(self) -> list[str]:
        options = {"--port": str(self.ports["sandbox"]), "--pace": str(self.pace)}
        options["--data"] = str(self.folder / "sandbox")
        words = [word for pair in options.items() for word in pair]
        return [sys.executable, "-m", "tests.faults.provider", *words]

    def _keep(self, name: str, command: Iterable[str], **given: Any) -> Process:
        found = self.processes[name] = self._process(name, command, **given)
        found.start()
        return found

    def _process(self, name: str, command: Iterable[str], **given: Any) -> Process:
        log = self.folder / "logs" / f"{name.split('/')[-1].replace(' ', '-')}.log"
        env = {} if name == "database" else self.env
        return Process(name, [*command], env, log, **given)


def _called(name: str, command: Iterable[str]) -> list[str]:
    """The same worker under another name; no two may have the same."""
    own = f"{name.replace(' ', '-')}@%h"
    return [own if word.endswith("@%h") else word for word in command]


def folder() -> Path:
    """A new folder with a short path, which a Unix socket needs."""
    return Path(tempfile.mkdtemp(prefix="greenlight-faults-"))


def forget(house: House) -> None:
    """End a house, and remove its folder."""
    import shutil

    house.end()
    with suppress(OSError):
        shutil.rmtree(house.folder)
