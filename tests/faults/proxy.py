"""A TCP proxy that can be ill: between a worker and its carrier, its broker or its database.

down          nobody listens, and what was connected is reset
reset         every connection is reset once; new ones are served
latency       each piece waits before it is passed on
black_hole    everything is taken, nothing is passed on
truncate      an answer ends after so many bytes, and the connection with it
slow_close    an end is passed on late: a connection that only looks alive
reset_on      the connection is reset instead of passing on an answer that holds these bytes
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

PIECE = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # closing sends RST


@dataclass(slots=True)
class Illness:
    """What is wrong at the moment; read afresh for each piece. Times in seconds."""

    latency: float = 0.0
    black_hole: bool = False
    truncate: int | None = None
    slow_close: float = 0.0
    reset_on: bytes = b""
    resets_left: int = 0


class Proxy:
    """Listens on a free port of this machine, and passes everything on to `target`."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.ill = Illness()
        self.resets = 0  # answers that were kept back by `reset_on`
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._talks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.up()

    def up(self) -> None:
        """Listen (again, on the same port)."""
        self._do(self._listen())

    def down(self) -> None:
        """Refuse connections, and reset those that are open."""
        self._do(self._close())
        self.reset()

    def reset(self) -> None:
        """Reset every open connection."""
        self._do(self._reset_all())

    def be(self, **illness: Any) -> None:
        """Take on an illness."""
        for name, value in illness.items():
            setattr(self.ill, name, value)

    def reset_on_answer(self, holding: bytes, times: int = 1) -> None:
        """Reset a connection just before an answer with these bytes reaches the one who asked."""
        self.be(reset_on=holding, resets_left=times)

    def well(self) -> None:
        """Be well again; what hung in a black hole stays lost."""
        self.ill = Illness()

    def end(self) -> None:
        """Stop for good."""
        self.down()
        self._do(self._settle())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(
                self._talk, "127.0.0.1", self.port, backlog=512, limit=PIECE
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _reset_all(self) -> None:
        for writer in list(self._writers):
            _reset(writer)

    async def _settle(self) -> None:
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection's bytes both ways until both ends are done."""
        task = asyncio.current_task()
        assert task
        self._talks.add(task)
        self._writers.add(writer)
        there: asyncio.StreamWriter | None = None
        try:
            back, there = await asyncio.open_connection(*self.target, limit=PIECE)
            self._writers.add(there)
            await asyncio.gather(self._ask(reader, there), self._answer(back, writer, there))
        except OSError:
            pass
        finally:
            for end in filter(None, (writer, there)):
                self._writers.discard(end)
                end.transport.abort()
            self._talks.discard(task)

    async def _ask(self, reader: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            await self._pass(piece, there)
        await self._finish(there)

    async def _answer(
        self, back: asyncio.StreamReader, writer: asyncio.StreamWriter, there: asyncio.StreamWriter
    ) -> None:
        passed = 0
        while piece := await back.read(PIECE):
            if self._kept_back(piece):
                _reset(writer)
                _reset(there)
                raise ConnectionResetError
            if self.ill.truncate is not None:
                piece = piece[: max(0, self.ill.truncate - passed)]
                await self._pass(piece, writer)
                raise ConnectionAbortedError
            passed += len(piece)
            await self._pass(piece, writer)
        await self._finish(writer)

    def _kept_back(self, piece: bytes) -> bool:
        if not self.ill.resets_left or self.ill.reset_on not in piece:
            return False
        self.ill.resets_left -= 1
        self.resets += 1
        return True

    async def _pass(self, piece: bytes, to: asyncio.StreamWriter) -> None:
        if self.ill.latency:
            await asyncio.sleep(self.ill.latency)
        if not self.ill.black_hole:
            to.write(piece)
            await to.drain()

    async def _finish(self, to: asyncio.StreamWriter) -> None:
        if self.ill.slow_close:
            await asyncio.sleep(self.ill.slow_close)
        if self.ill.black_hole:
            return
        with contextlib.suppress(OSError):
            to.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as if the machine at its other end had lost it."""
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() != -1:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
