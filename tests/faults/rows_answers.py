"""F01 to F10: what the carrier answers, or fails to answer."""

from collections import Counter
from itertools import compress
from random import Random

from tests.faults.house import House
from tests.faults.matrix import row
from tests.faults.seen import (
    SANDBOX_WINDOW,
    UNKNOWN,
    answered_with,
    asked_count,
    become,
    busiest_second,
    each_once,
    ended_as,
    nobody,
    numbers,
    one_attempt_each,
    went_through,
)
from tests.patience import until

WITH_OR_WITHOUT_EVENTS = ("answered", "no_events", "jumbled_events", "busy", "voicemail")
HEALED = ("completed", "busy", "no_answer", "failed")
UNTIL_HUMAN = SANDBOX_WINDOW + 40.0
BROKEN = "SELECT 1 FROM calls_carrieraccount WHERE broken_at IS NOT NULL"
# The answers that name no call of this request, though the call was placed.
UNREADABLE = (
    {"body": ""},
    {"body": "[]"},
    {"body": "null"},
    {"body": '"{sid}"'},
    {"body": '{"ok": true}'},
    {"body": '{"ok": false, "call_sid": "{sid}"}'},
    {"body": '{"ok": true, "call_sid": ""}'},
    {"body": '{"ok": true, "call_sid": 7}'},
    {"body": '{"ok": true, "call_sid": ["{sid}"]}'},
    {"body": '{"ok": true, "call_sid": "' + "x" * 5000 + '"}'},
    {"body": '{"ok": true, "padding": "', "times": 400_000},
    {"body": "\0{sid}"},
    {"answer": "truncated"},
    {"answer": "garbled"},
    {"answer": "reset"},
)


@row("F01", "accepts, then drops the connection", full=1000, short=10)
def accepted_and_dropped(house: House, rng: Random, times: int) -> None:
    """Unknown, shown as such, then found by an event or in the log; never asked for again."""
    callees = numbers(house, times)
    scripts = ["no_events", *(rng.choice(WITH_OR_WITHOUT_EVENTS) for _ in callees[1:])]
    for to, script in zip(callees, scripts, strict=True):
        house.answer(to, answer=rng.choice(("drop", "reset")), script=script)
    sids = house.placed(*callees)
    until(lambda: _is_unknown(house, sids[0]))
    ended_as(house, sids, *HEALED, seconds=60 + times)
    # Where events are sent, one may bind the call before the lost answer is written down.
    silent = [sid for sid, script in zip(sids, scripts, strict=True) if script == "no_events"]
    assert went_through(house, silent, UNKNOWN) == len(silent)
    one_attempt_each(house, sids)
    each_once(house, *callees)


def _is_unknown(house: House, sid: str) -> bool:
    """What the API shows of a call whose answer was lost; it may be found already."""
    found = house.call(sid)
    return found["state"] == "unknown" or UNKNOWN in [event["what"] for event in found["events"]]


@row("F02", "accepts, but answers 500, 502, 504", full=300, short=9)
def accepted_and_failed(house: House, rng: Random, times: int) -> None:
    """The same, also while the log fails for a time."""
    callees = numbers(house, times)
    house.order("log", status=500)
    for to in callees:
        status = rng.choice((500, 502, 504))
        house.answer(to, answer="error", status=status, script="no_events")
    sids = house.placed(*callees)
    # So many failures open the breaker, and its probe fails like the log: the rest waits, unasked.
    until(lambda: len(house.table.attempts(sids)) >= min(times, 5), 30)
    become(house, sids, "unknown", "queued", seconds=30 + times)
    assert {evidence for _, _, evidence in house.table.attempts(sids)} == {"E5"}
    assert answered_with(house, *callees) <= {500, 502, 504}
    house.order("log", status=0)
    ended_as(house, sids, *HEALED, seconds=60 + times)
    one_attempt_each(house, sids)
    each_once(house, *callees)


@row("F03", "503 with Retry-After, not accepted", full=100, short=4)
def refused_503(house: House, rng: Random, times: int) -> None:
    """Unknown until the log has had its time; then people's, or dialled once more where the tenant says so."""
    both = [_held, _redialled]
    for policy in both if times > 10 else [rng.choice(both)]:
        policy(house, times)


def _held(house: House, times: int) -> None:
    callees = numbers(house, times)
    for to in callees:
        house.script(to, "refused_503")
    sids = house.placed(*callees)
    ended_as(house, sids, "needs_human", seconds=UNTIL_HUMAN + times / 2)
    assert set(asked_count(house, *callees).values()) == {1}
    nobody(house, *callees)


def _redialled(house: House, times: int) -> None:
    """Only the first request is refused: how quickly all are asked for depends on the machine."""
    callees = numbers(house, times)
    house.act("on_unknown", policy="redial")
    try:
        for to in callees:
            house.answer(to, refuse=503)
        sids = house.placed(*callees)
        ended_as(house, sids, *HEALED, seconds=UNTIL_HUMAN + times / 2)
    finally:
        house.act("on_unknown", policy="hold")
    assert went_through(house, sids, UNKNOWN) == times
    assert set(asked_count(house, *callees).values()) == {2}
    each_once(house, *callees)


@row("F04", "a storm of 429: the carrier takes few a second", full=200, short=16)
def throttled(house: House, rng: Random, times: int) -> None:
    """Every call goes out once, and no second sees more requests than the account's pace."""
    pace, allowed = 10.0, 2.0 if times > 50 else 4.0
    house.act("widen", cps=pace, concurrency=1000)
    house.order("door", per_second=allowed)
    before = len(house.asked())
    callees = numbers(house, times)
    sids = house.placed(*callees)
    ended_as(house, sids, *HEALED, seconds=120 + times * 4)
    each_once(house, *callees)
    asked = house.asked()[before:]
    assert 429 in {row["status"] for row in asked}
    busiest = busiest_second(row["at"] for row in asked)
    assert busiest <= pace + 1, f"{busiest} requests in one second, {pace:g} allowed"


@row("F05", "400 for a bad number or agent", full=200, short=6)
def rejected(house: House, rng: Random, times: int) -> None:
    """Final, asked once, and the key answers the same for ever."""
    callees = numbers(house, times)
    keys = [f"F05-{rng.getrandbits(64):x}" for _ in callees]
    firsts = []
    for to, key in zip(callees, keys, strict=True):
        house.script(to, "rejected_400")
        firsts.append(house.place(to, key=key))
    sids = [str(first.json()["call_sid"]) for first in firsts]
    ended_as(house, sids, "rejected")
    for to, key, first in zip(callees, keys, firsts, strict=True):
        again = house.place(to, key=key, web=1)
        assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert set(asked_count(house, *callees).values()) == {1}
    assert house.call(sids[0])["error"] == "carrier_rejected"


@row("F06", "401 in the middle of a batch", full=100, short=12)
def credentials_refused(house: House, rng: Random, times: int) -> None:
    """The first one pauses the account; the rest waits, and with another credential all go out once."""
    house.act("widen", cps=50.0, concurrency=1000)
    good, old, new = times // 2, house.act("credential"), f"rotated-{rng.getrandbits(64):x}"
    shut = {"status": rng.choice((401, 403)), "key": old, "same": {new: old}}
    house.order("door", after=good, **shut)
    callees = numbers(house, times)
    sids = house.placed(*callees)
    until(lambda: _paused(house))
    asked = len(house.asked())
    late = house.placed(*numbers(house, 2))
    until(lambda: Counter(house.states(sids).values())["queued"] == times - good, 30)
    assert set(house.states(late).values()) == {"queued"}
    assert len(house.asked()) - asked <= 16, "asked on although the account is paused"
    try:
        house.act("change_credential", api_key=new)
        assert _paused(house), "resumed by a credential nobody has tried"
        before = len(house.asked())
        house.act("resume")
        ended_as(house, [*sids, *late], *HEALED, seconds=60 + times)
        each_once(house, *callees)
        told = {row["status"] for row in house.asked()[before:]}
        assert not told & {401, 403}, "some process still asks with the former credential"
    finally:
        house.order("door")
        house.act("change_credential", api_key=old)


def _paused(house: House) -> bool:
    """Whether a carrier account is paused."""
    rows = house.table.rows("SELECT 1 FROM calls_carrieraccount WHERE paused_at IS NOT NULL")
    return bool(rows)


@row("F07", "a 2xx nobody can read, or with another call's id", full=60, short=16)
def unreadable(house: House, rng: Random, times: int) -> None:
    """Neither taken for placed nor for failed; what was placed is found, and no id is taken twice."""
    first, callees = house.number(), numbers(house, times - 1)
    (known,) = house.placed(first)
    ended_as(house, [known], *HEALED)
    theirs = house.table.rows(
        "SELECT carrier_call_id FROM calls_call WHERE id = ?", house.table.key(known)
    )[0][0]
    stolen = {"body": f'{{"ok": true, "call_sid": "{theirs}"}}'}
    ways = [stolen, *UNREADABLE]
    silent = [
        rng.random() < 0.7 for _ in callees
    ]  # an event may bind the call before the answer is read
    for n, to in enumerate(callees):
        script = "no_events" if silent[n] else "answered"
        house.answer(to, script=script, **ways[n % len(ways)])
    sids = house.placed(*callees)
    ended_as(house, sids, *HEALED, seconds=90 + times)
    untold = list(compress(sids, silent))
    assert went_through(house, untold, UNKNOWN) == len(untold)
    assert answered_with(house, *callees) == {200}
    one_attempt_each(house, sids)
    each_once(house, first, *callees)


@row("F08", "no carrier there: refused, no name, no TLS", full=30, short=4)
def unreachable(house: House, rng: Random, times: int) -> None:
    """Proof that nothing was sent: tried again later, and placed once when the carrier is back."""
    callees = numbers(house, times)
    good = house.env["SANDBOX_URL"]
    ways = (None, "http://carrier.invalid", good.replace("http:", "https:"))
    for n, url in enumerate(ways):
        if url is None:
            house.carrier.down()
        else:
            house.act("point", base_url=url)
        sids = house.placed(*callees[n::3])
        until(lambda sids=sids: _evidence(house, sids) == {"E0"}, 40)
        if len(sids) > 5:  # so many in vain, and the breaker opens: the rest waits, unasked
            until(lambda: house.table.rows(BROKEN), 40)
        house.carrier.up()
        house.act("point", base_url=good)
        ended_as(house, sids, *HEALED, seconds=150)
    each_once(house, *callees)


def _evidence(house: House, sids: list[str]) -> set[str]:
    """What was proved about the first request of each of these that was tried."""
    return set({sid: proof for sid, _, proof in reversed(house.table.attempts(sids))}.values())


@row("F09", "the answer comes after our patience", full=20, short=4)
def too_late(house: House, rng: Random, times: int) -> None:
    """Unknown, then bound by an event or the log; the late answer is nobody's second call."""
    callees, slow = numbers(house, times), times > 10
    for to in callees:
        script = rng.choice(("no_events", "answered"))
        house.answer(to, hang=70 if slow else 2.5, script=script)
    if slow:
        sids = house.placed(*callees)
    else:
        with house.without(*house.dialling):
            sids = house.placed(*callees)
            ways = {how for how, _ in house.dial(sids, hasty=1.0).values()}
            assert ways == {"done"}
    ended_as(house, sids, *HEALED, seconds=150)
    one_attempt_each(house, sids)
    each_once(house, *callees)


@row("F10", "the events come before the answer", full=200, short=10)
def events_first(house: House, rng: Random, times: int) -> None:
    """The event binds the attempt; the later answer adds nothing and takes nothing back."""
    callees = numbers(house, times)
    for to in callees:
        house.answer(
            to, hang=rng.choice((0.0, 0.05, 0.2, 1.5)), script=rng.choice(("answered", "busy"))
        )
    house.answer(callees[0], hang=2.0)
    sids = house.placed(*callees)
    ended_as(house, sids, *HEALED, seconds=60 + times)
    until(lambda: "late_answer" in house.table.happened(sids[:1])[sids[0]], 20)
    until(lambda: answered_with(house, *callees) == {200}, 20)
    one_attempt_each(house, sids)
    each_once(house, *callees)
