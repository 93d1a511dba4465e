"""How make-call is answered: well, or in one of the ways in which a carrier can be ill."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable, Mapping

from calls.carriers.sandbox.placed import Placed, read_asked
from calls.carriers.sandbox.scripts import SCRIPTS, Script
from calls.carriers.sandbox.server import Handler


def make_call(handler: Handler, _: str, __: Mapping[str, str]) -> None:
    """`POST /api/v1/make-call`: accept or refuse, and answer, as the number's script says."""
    body = handler.read_body()
    key = handler.bearer()
    if not key:
        handler.refuse(401, "A bearer key is needed.")
        return
    server = handler.server
    asked = read_asked(body, idempotency_key=handler.headers.get("Idempotency-Key", ""))
    name = server.control.script_for(asked.to)
    script = SCRIPTS[name]
    if script.refusals and server.control.refuse_again(key, asked.to, script.refusals):
        handler.refuse(429, "Too many calls.", retry_after=script.retry_after)
    elif not script.accepts:
        handler.refuse(script.status, f"The script {script.about}.", retry_after=script.retry_after)
    else:
        call = server.ledger.place(asked, key=key, script=name)
        server.over.wait(script.hang * server.ledger.pace)
        ANSWERS[script.answer](handler, call, script)


def _well(handler: Handler, call: Placed, _: Script) -> None:
    handler.answer(200, _accepted(call))


def _drop(handler: Handler, _: Placed, __: Script) -> None:
    handler.close_connection = True


def _error(handler: Handler, _: Placed, script: Script) -> None:
    handler.refuse(script.status, f"The script {script.about}.")


def _garbled(handler: Handler, call: Placed, _: Script) -> None:
    handler.answer(200, b"<<<" + json.dumps(_accepted(call)).encode() + b"\xff\x00")


def _truncated(handler: Handler, call: Placed, _: Script) -> None:
    data = json.dumps(_accepted(call)).encode()
    handler.close_connection = True
    handler.answer(200, data[: len(data) // 2], length=len(data))


def _oversized(handler: Handler, call: Placed, _: Script) -> None:
    handler.answer(200, _accepted(call) | {"padding": "x" * 1_000_000})


def _nameless(handler: Handler, call: Placed, _: Script) -> None:
    handler.answer(200, {n: v for n, v in _accepted(call).items() if n != "call_sid"})


def _reset(handler: Handler, call: Placed, script: Script) -> None:
    _truncated(handler, call, script)
    handler.wfile.flush()
    lingering = struct.pack("ii", 1, 0)  # closing sends RST
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
    os.close(handler.connection.detach())


ANSWERS: dict[str, Callable[[Handler, Placed, Script], None]] = {
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
