"""How a request for a call is answered: well, or in one of the ways in which a carrier can be ill."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calls.carriers.sandbox.placed import Asked, Placed, read_asked
from calls.carriers.sandbox.scripts import SCRIPTS, Script
from calls.carriers.sandbox.server import Handler


@dataclass(frozen=True, slots=True)
class Face:
    """How one of the two carriers that are played here words its answers."""

    status: int  # of an acceptance
    named: str  # the field of an acceptance that holds the call's id
    accepted: Callable[[Placed], dict[str, object]]
    refuse: Callable[[Handler, int, str, int | None], None]


def make_call(handler: Handler, _: str, __: Mapping[str, str]) -> None:
    """`POST /api/v1/make-call`: accept or refuse, and answer, as the number's script says."""
    body = handler.read_body()
    key = handler.bearer()
    if not key:
        handler.refuse(401, "A bearer key is needed.")
        return
    asked = read_asked(body, idempotency_key=handler.headers.get("Idempotency-Key", ""))
    treat(handler, STATESET, asked, key=key)


def treat(handler: Handler, face: Face, asked: Asked, *, key: str) -> None:
    """Give a request the treatment of its number's script, in the words of a face."""
    server = handler.server
    name = server.control.script_for(asked.to)
    script = SCRIPTS[name]
    if script.refusals and server.control.refuse_again(key, asked.to, script.refusals):
        face.refuse(handler, 429, "Too many calls.", script.retry_after)
    elif not script.accepts:
        face.refuse(handler, script.status, f"The script {script.about}.", script.retry_after)
    else:
        call = server.ledger.place(asked, key=key, script=name)
        server.over.wait(script.hang * server.ledger.pace)
        ANSWERS[script.answer](handler, face, call, script)


def _well(handler: Handler, face: Face, call: Placed, _: Script) -> None:
    handler.answer(face.status, face.accepted(call))


def _drop(handler: Handler, _: Face, __: Placed, ___: Script) -> None:
    handler.close_connection = True


def _error(handler: Handler, face: Face, _: Placed, script: Script) -> None:
    face.refuse(handler, script.status, f"The script {script.about}.", None)


def _garbled(handler: Handler, face: Face, call: Placed, _: Script) -> None:
    data = json.dumps(face.accepted(call)).encode()
    handler.answer(face.status, b"<<<" + data + b"\xff\x00")


def _truncated(handler: Handler, face: Face, call: Placed, _: Script) -> None:
    data = json.dumps(face.accepted(call)).encode()
    handler.close_connection = True
    handler.answer(face.status, data[: len(data) // 2], length=len(data))


def _oversized(handler: Handler, face: Face, call: Placed, _: Script) -> None:
    handler.answer(face.status, face.accepted(call) | {"padding": "x" * 1_000_000})


def _nameless(handler: Handler, face: Face, call: Placed, _: Script) -> None:
    said = {name: value for name, value in face.accepted(call).items() if name != face.named}
    handler.answer(face.status, said)


def _reset(handler: Handler, face: Face, call: Placed, script: Script) -> None:
    _truncated(handler, face, call, script)
    handler.wfile.flush()
    lingering = struct.pack("ii", 1, 0)  # closing sends RST
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
    os.close(handler.connection.detach())


ANSWERS: dict[str, Callable[[Handler, Face, Placed, Script], None]] = {
    "well": _well,
    "drop": _drop,
    "error": _error,
    "garbled": _garbled,
    "truncated": _truncated,
    "oversized": _oversized,
    "nameless": _nameless,
    "reset": _reset,
}


def _accepted(call: Placed) -> dict[str, object]:
    return {
        "ok": True,
        "call_sid": call.call_sid,
        "status": "queued",
        "to": call.to,
        "from": call.caller_id,
    }


def _refuse(handler: Handler, status: int, message: str, retry_after: int | None) -> None:
    handler.refuse(status, message, retry_after=retry_after)


STATESET = Face(status=200, named="call_sid", accepted=_accepted, refuse=_refuse)
