"""F34 in a running installation: a key revoked in one process opens nothing in any other, within a second."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from httpx import Client

from tests.faults.visitor import Visitor, program, visiting
from tests.flows.system import System
from tests.patience import until

pytestmark = pytest.mark.journey

KEYS = "/admin/calls/apikey/"
SPELLED = re.compile(r"gl_test_\w{58}")
AREA = "+1555730"


@pytest.fixture(scope="module")
def admin(system: System) -> Iterator[Visitor]:
    with visiting(system, "admin") as visitor:
        yield visitor


class Issued:
    """A new key of the demo tenant, with its row's address in the admin."""

    def __init__(
        self, system: System, admin: Visitor, name: str, ends: datetime | None = None
    ) -> None:
        self.system, self.admin, self.name = system, admin, name
        add = admin.client.get(f"{KEYS}add/").text
        tenant = re.search(r'<option value="([0-9a-f-]{36})"', add)
        assert tenant
        given = {"tenant": tenant[1], "name": name, "scopes": ["calls:write", "calls:read"]}
        day, time = f"{ends:%Y-%m-%d %H:%M:%S}".split() if ends else ("", "")
        empty = {"org_keys": "", "expires_at_0": day, "expires_at_1": time, "once": uuid4().hex}
        shown = SPELLED.search(admin.send(f"{KEYS}add/", given | empty).text)
        assert shown
        self.client = program(system, shown[0])

    def act(self, action: str, **more: str) -> str:
        """Do a confirmed act to it; what the page said then."""
        rows = self.admin.client.get(KEYS, params={"q": self.name}).text
        row = re.search(r'name="_selected_action" value="([0-9a-f-]{36})"', rows)
        assert row
        posted = {"action": action, "_selected_action": row[1], "confirmed": "1"}
        return str(self.admin.send(KEYS, posted | more).text)

    def rotate(self, hours: int) -> Client:
        """A program with the key that comes in its place."""
        shown = SPELLED.search(self.act("rotate", overlap_hours=str(hours)))
        assert shown
        return program(self.system, shown[0])

    def place(self, digits: str) -> str:
        """A call for tomorrow."""
        at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        answer = self.client.post("/make-call", json={"to": AREA + digits, "scheduled_at": at})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["call_sid"])

    def statuses(self, count: int) -> list[int]:
        """What that many requests are answered."""
        return statuses(self.client, count)


def statuses(client: Client, count: int) -> list[int]:
    """What that many requests are answered, each on a connection of its own: both processes serve."""
    fresh = {"connection": "close"}
    return [client.get("/call-logs", headers=fresh).status_code for _ in range(count)]


@pytest.fixture
def keys(system: System, admin: Visitor) -> Iterator[list[Issued]]:
    """Two new keys."""
    found = [Issued(system, admin, f"key {uuid4().hex[:8]}") for _ in range(2)]
    yield found
    for issued in found:
        issued.client.close()


def state(system: System, sid: str) -> tuple[str, str | None]:
    with program(system) as client:
        found = client.get(f"/calls/{sid}").json()
    return found["state"], found["error"]


def test_a_revoked_key_opens_nothing_a_second_later(keys: list[Issued]) -> None:
    revoked, other = keys
    assert set(revoked.statuses(20)) == {200}
    revoked.act("revoke")
    assert set(revoked.statuses(40)) == {401}
    assert set(other.statuses(4)) == {200}


def test_a_leak_stops_in_seconds_what_its_key_asked_for_and_a_rotation_does_not(
    system: System, keys: list[Issued]
) -> None:
    leaked, rotated = keys
    stops, goes_on = leaked.place("0001"), rotated.place("0002")
    rotated.act("revoke")
    leaked.act("revoke_leaked")
    until(lambda: state(system, stops) == ("refused", "not_permitted"), 5)
    assert state(system, goes_on) == ("queued", None)
    assert set(leaked.statuses(4) + rotated.statuses(4)) == {401}
    assert system.placed_to(AREA + "0001") == 0


def test_a_rotation_without_overlap_ends_the_old_key_in_every_process(
    system: System, keys: list[Issued]
) -> None:
    old = keys[0]
    goes_on = old.place("0003")
    with old.rotate(hours=0) as new:
        assert set(old.statuses(40)) == {401}
        assert set(statuses(new, 20)) == {200}
    assert state(system, goes_on) == ("queued", None)


def test_at_the_end_of_an_overlap_both_processes_agree(system: System, admin: Visitor) -> None:
    """The overlap is cut short by the key's own end, which is seconds away here."""
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=20)
    old = Issued(system, admin, f"key {uuid4().hex[:8]}", ends=ends)
    with old.client, old.rotate(hours=24) as new:
        assert set(old.statuses(10) + statuses(new, 10)) == {200}
        until(lambda: datetime.now(UTC) >= ends, 30)
        assert set(old.statuses(20) + statuses(new, 20)) == {401}
