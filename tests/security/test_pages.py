"""Who may open and send which page: every page of the URL conf, for everybody (DESIGN 7)."""

from typing import Any

import pytest

from calls.records.models import Call
from calls.tenants import actions as tenants
from tests.agents import steps
from tests.console.signed_in import filled
from tests.database.rows import again
from tests.hooks.steps import URL
from tests.security.addresses import Address, ids_of, pages, session_of
from tests.undone import undone
from tests.world import CALLEE, NOW, SEED, World, person

# In the order of the table: nobody; Acme's four roles; Globex's owner; an owner Acme had once.
PEOPLE = ("anonymous", "bob", "alice", "ada", "aurel", "charlie", "eve")

# 302 is the sign-in for nobody and the next page for members; 422 is the form again with the reason.
TABLE = """
                       anonymous   support     owner     admin   auditor  stranger     ended
GET  home                    302       302       302       302       302       302       200
POST home                    302       302       302       302       302       302       200
GET  overview                302       200       200       200       200       404       404
POST overview                405       405       405       405       405       405       405
GET  new_call                302       200       200       200       403       404       404
POST new_call                302       302       302       302       403       404       404
GET  new_call_preview        302       302       302       302       403       404       404
POST new_call_preview        302       200       200       200       403       404       404
GET  new_call_fields         302       302       302       302       403       404       404
POST new_call_fields         302       200       200       200       403       404       404
GET  calls                   302       200       200       200       200       404       404
POST calls                   302       200       200       200       200       404       404
GET  calls_news              302       200       200       200       200       404       404
POST calls_news              302       200       200       200       200       404       404
GET  calls_search            405       405       405       405       405       405       405
POST calls_search            302       302       302       302       302       404       404
GET  call                    302       200       200       200       200       404       404
POST call                    302       200       200       200       200       404       404
GET  call_cancel             405       405       405       405       405       405       405
POST call_cancel             302       302       302       302       403       404       404
GET  call_decide             405       405       405       405       405       405       405
POST call_decide             302       422       422       422       403       404       404
GET  unsettled               302       200       200       200       200       404       404
POST unsettled               405       405       405       405       405       405       405
GET  finding_settle          405       405       405       405       405       405       405
POST finding_settle          302       403       302       302       403       404       404
GET  scheduled               302       200       200       200       200       404       404
POST scheduled               302       200       200       200       200       404       404
GET  numbers                 302       200       200       200       200       404       404
POST numbers                 302       200       200       200       200       404       404
GET  numbers_search          405       405       405       405       405       405       405
POST numbers_search          302       302       302       302       302       404       404
GET  numbers_dnc             405       405       405       405       405       405       405
POST numbers_dnc             302       302       302       302       403       404       404
GET  numbers_export          405       405       405       405       405       405       405
POST numbers_export          302       302       302       302       302       404       404
GET  approvals               302       200       200       200       200       404       404
POST approvals               405       405       405       405       405       405       405
GET  approval                302       200       200       200       200       404       404
POST approval                405       405       405       405       405       405       405
GET  decision                302       302       302       302       302       404       404
POST decision                302       422       302       422       422       404       404
GET  withdrawal              302       403       200       403       403       404       404
POST withdrawal              302       403       302       403       403       404       404
GET  renewal                 405       405       405       405       405       405       405
POST renewal                 302       302       302       302       403       404       404
GET  greetings               302       200       200       200       200       404       404
POST greetings               405       405       405       405       405       405       405
GET  new_greeting            302       200       200       200       403       404       404
POST new_greeting            302       302       302       302       403       404       404
GET  greeting                302       200       200       200       200       404       404
POST greeting                405       405       405       405       405       405       405
GET  new_revision            302       200       200       200       403       404       404
POST new_revision            302       302       302       302       403       404       404
GET  developers              302       403       403       200       200       404       404
POST developers              405       405       405       405       405       405       405
GET  endpoint_new            302       403       403       200       403       404       404
POST endpoint_new            302       403       403       200       403       404       404
GET  endpoint                302       403       403       200       200       404       404
POST endpoint                405       405       405       405       405       405       405
GET  endpoint_secret         405       405       405       405       405       405       405
POST endpoint_secret         302       403       403       200       403       404       404
GET  endpoint_test           405       405       405       405       405       405       405
POST endpoint_test           302       403       403       302       403       404       404
GET  endpoint_switch         405       405       405       405       405       405       405
POST endpoint_switch         302       403       403       302       403       404       404
GET  endpoint_end            405       405       405       405       405       405       405
POST endpoint_end            302       403       403       302       403       404       404
GET  endpoint_replay         405       405       405       405       405       405       405
POST endpoint_replay         302       403       403       302       403       404       404
GET  delivery                302       403       403       200       200       404       404
POST delivery                405       405       405       405       405       405       405
GET  delivery_replay         405       405       405       405       405       405       405
POST delivery_replay         302       403       403       302       403       404       404
GET  inbox                   302       403       403       200       200       404       404
POST inbox                   405       405       405       405       405       405       405
GET  inbound                 302       403       403       200       200       404       404
POST inbound                 405       405       405       405       405       405       405
GET  rules                   302       200       200       200       200       404       404
POST rules                   405       405       405       405       405       405       405
GET  rules_hours             302       403       403       200       403       404       404
POST rules_hours             302       403       403       302       403       404       404
GET  rules_limits            302       200       200       200       200       404       404
POST rules_limits            405       405       405       405       405       405       405
GET  new_limit               302       403       403       200       403       404       404
POST new_limit               302       403       403       302       403       404       404
GET  end_limit               405       405       405       405       405       405       405
POST end_limit               302       403       403       302       403       404       404
GET  new_pause               302       200       200       200       403       404       404
POST new_pause               302       302       302       302       403       404       404
GET  end_pause               405       405       405       405       405       405       405
POST end_pause               302       302       302       302       403       404       404
GET  rules_dnc               302       200       200       200       200       404       404
POST rules_dnc               405       405       405       405       405       405       405
GET  dnc_search              405       405       405       405       405       405       405
POST dnc_search              302       302       302       302       302       404       404
GET  dnc_new                 302       200       200       200       403       404       404
POST dnc_new                 302       302       302       302       403       404       404
GET  dnc_entry               302       200       200       200       200       404       404
POST dnc_entry               302       403       302       302       403       404       404
GET  registry_new            302       403       200       200       403       404       404
POST registry_new            302       403       302       302       403       404       404
GET  registry                302       200       200       200       200       404       404
POST registry                302       403       302       302       403       404       404
GET  rules_consent           302       200       200       200       200       404       404
POST rules_consent           405       405       405       405       405       405       405
GET  consent_search          405       405       405       405       405       405       405
POST consent_search          302       302       302       302       302       404       404
GET  consent_new             302       200       200       200       403       404       404
POST consent_new             302       302       302       302       403       404       404
GET  consent_back            302       200       200       200       403       404       404
POST consent_back            302       302       302       302       403       404       404
GET  consent_record          302       200       200       200       200       404       404
POST consent_record          302       302       302       302       403       404       404
GET  rules_contacts          302       200       200       200       200       404       404
POST rules_contacts          405       405       405       405       405       405       405
GET  contacts_search         405       405       405       405       405       405       405
POST contacts_search         302       302       302       302       302       404       404
GET  contact_new             302       200       200       200       403       404       404
POST contact_new             302       302       302       302       403       404       404
GET  contact_forget          405       405       405       405       405       405       405
POST contact_forget          302       302       302       302       403       404       404
GET  agents                  302       200       200       200       200       404       404
POST agents                  405       405       405       405       405       405       405
GET  new_agent               302       403       403       200       403       404       404
POST new_agent               302       403       403       302       403       404       404
GET  agent                   302       200       200       200       200       404       404
POST agent                   405       405       405       405       405       405       405
GET  agent_settings          302       403       403       200       403       404       404
POST agent_settings          302       403       403       302       403       404       404
GET  default_greeting        302       403       403       302       403       404       404
POST default_greeting        302       403       403       302       403       404       404
GET  new_version             302       403       403       200       403       404       404
POST new_version             302       403       403       302       403       404       404
GET  agent_version           302       200       200       200       200       404       404
POST agent_version           405       405       405       405       405       405       405
GET  staging                 302       403       403       200       403       404       404
POST staging                 302       403       403       302       403       404       404
GET  publication             302       403       403       200       403       404       404
POST publication             302       403       403       302       403       404       404
GET  canary                  302       403       403       200       403       404       404
POST canary                  302       403       403       302       403       404       404
GET  rollback                302       403       403       200       403       404       404
POST rollback                302       403       403       302       403       404       404
GET  retirement              302       403       403       200       403       404       404
POST retirement              302       403       403       302       403       404       404
GET  launch_gate             302       403       200       200       403       404       404
POST launch_gate             302       403       302       302       403       404       404
GET  completion              302       302       302       302       302       404       404
POST completion              302       302       302       302       302       404       404
GET  reopening               302       403       200       200       403       404       404
POST reopening               302       403       302       302       403       404       404
"""
# Where a version stands for the step on that page.
STANDS = {"staging": "draft", "publication": "staged", "canary": "staged", "rollback": "retired"}
PAGES = {page.name: page for page in pages()}


def rows() -> dict[str, list[int]]:
    """The table, read: `GET calls` → what each of PEOPLE gets."""
    lines = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return {f"{line[0]} {line[1]}": [int(cell) for cell in line[2:]] for line in lines}


@pytest.fixture
def acme(world: World) -> World:
    """Acme with a call of Bob's, after Eve's time there."""
    world.place()
    world.members["eve"] = person("eve", world.acme, "owner")
    tenants.end_membership(member=world.members["eve"], actor=SEED, now=NOW)
    steps.add(world)
    steps.staged(world)
    again(world.version, number=9, state="retired", published_at=NOW)
    steps.file(world, world.version, "security")
    steps.launch(world, world.version, "behaviour")
    return world


def agreement() -> dict[str, str]:
    """The form of consent, filled in."""
    given = {"kind": "express", "channel": "web", "captured": "2026-11-02T09:00"}
    return {"number": CALLEE, "text_shown": "You may call.", "evidence": "form 1"} | given


def form_of(world: World, page: str) -> dict[str, Any]:
    """Each form as somebody who may send it would fill it in."""
    words = {"name": "News", "language": "en-US", "agent": "", "text": "We have news for you."}
    forms: dict[str, dict[str, Any]] = {
        "new_call": filled(world, to="+15555557001"),
        "new_call_preview": filled(world),
        "new_call_fields": filled(world),
        "decision": {"decision": "approved"},
        "withdrawal": {"reason": "Outdated"},
        "new_greeting": words,
        "new_revision": words,
        "new_limit": {"measure": "tenant:", "most": 9, "length": 1, "unit": 3600, "act": "set"},
        "new_pause": {"reason": "Wrong list"},
        "dnc_search": {"number": CALLEE},
        "dnc_new": {"number": CALLEE, "reason": "Asked"},
        "dnc_entry": {"reason": "Asked for it"},
        "registry_new": {"name": "us-texas", "title": "Texas", "max_age_days": 31},
        "registry": {"pasted": CALLEE, "day": "2026-11-02"},
        "consent_search": {"number": CALLEE},
        "consent_new": agreement(),
        "consent_back": {"number": CALLEE, "how": "by letter"},
        "consent_record": {"how": "by phone"},
        "contacts_search": {"number": CALLEE},
        "contact_new": {"number": CALLEE, "jurisdiction": "US", "source": "told us"},
        "new_agent": {"name": "Sales", "agent_key": "sales", "purpose": "transactional"},
        "agent_settings": {"name": "Service", "purpose": "transactional"},
        "new_version": {"voice": "alloy", "language": "en-US"},
        "canary": {"share": "10"},
        "endpoint_new": {"url": f"{URL}/new"},
        "rollback": {"reason": "It stutters."},
        "launch_gate": {"evidence": "Tested.", "owner": world.members["bob"].public_id},
        "reopening": {"reason": "Another build."},
    }
    return forms.get(page, {})


def status(world: World, method: str, page: Address, who: str) -> int:
    """What this person gets; whatever it did is taken back."""
    ids = ids_of(world, Call.objects.get())
    if page.name == "withdrawal":
        ids["review_id"] = world.appointment.reviews.get().public_id
    if page.name in STANDS:
        ids["version_id"] = world.agent.versions.get(state=STANDS[page.name]).public_id
    if page.name == "reopening":
        ids["name"] = "behaviour"
    browser, data = session_of(world, who), form_of(world, page.name)
    with undone():
        answer = (
            browser.get(page.path(**ids))
            if method == "GET"
            else browser.post(page.path(**ids), data)
        )
    return answer.status_code


def test_every_page_has_its_rows() -> None:
    assert {f"{method} {name}" for name in PAGES for method in ("GET", "POST")} == set(rows())


@pytest.mark.parametrize("row", rows())
def test_who_may(acme: World, row: str) -> None:
    method, name = row.split()
    found = {who: status(acme, method, PAGES[name], who) for who in PEOPLE}
    assert found == dict(zip(PEOPLE, rows()[row], strict=True))
