"""Overview on other clocks, and for members of some business units: still equal to the lists."""

from datetime import timedelta

import pytest

from calls.tenants import actions as tenants
from tests.console.signed_in import at, sign_in
from tests.world import NOW, SEED, World


def total(world: World, query: str = "", who: str = "bob") -> tuple[int, int]:
    """All calls as the overview counts them, and as the lists it links to do."""
    client = sign_in(world, who)
    page = client.get(f"/t/acme/{query}")
    lines = page.context["lines"]
    return page.context["total"], sum(client.get(line.href).context["total"] for line in lines)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Adelaide", "Pacific/Auckland", "UTC"])
def test_days_begin_at_midnight_there(world: World, zone: str) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, time_zone=zone)
    for hours in range(0, 48, 3):
        moment = NOW - timedelta(hours=hours, minutes=20)
        world.place(to=f"+1555555{7000 + hours}", now=moment)
    with at():
        counted, listed = total(world)
    assert counted == listed
    assert 0 < counted < 16


def test_hours_in_india_begin_on_their_own_hour(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, time_zone="Asia/Kolkata")
    world.place(now=NOW + timedelta(minutes=29))  # 20:59 there
    world.place(to="+15555557001", now=NOW + timedelta(minutes=31))  # 21:01 there
    with at(NOW + timedelta(minutes=32)):
        chart = sign_in(world).get("/t/acme/").context["chart"]
    counted = {row.name: row.total for row in chart.rows if row.total}
    assert counted == {"Tue 3 Nov, 20:00–21:00 IST": 1, "Tue 3 Nov, 21:00–22:00 IST": 1}


def test_a_member_of_one_business_unit_counts_what_they_may_see(world: World) -> None:
    north, _ = (
        tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key=key, name=key)
        for key in ("north", "south")
    )
    world.place(to="+15555557001", org_id="north")
    world.place(to="+15555557002", org_id="south")
    world.members["bob"].orgs.set([north])
    with at():
        assert total(world) == (1, 1)
        assert total(world, who="alice") == (2, 2)
