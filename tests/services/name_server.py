"""A name server on this machine, with a zone of a few names, that can be made to fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[str, Mapping[str, list[str]]]
"""Name to type to records; a name that is not there does not exist."""


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """Answers from a zone, over UDP and TCP on one port."""

    zone: Zone
    silent: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    long: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=dict)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        answer = self.answer(data)
        if answer is None:
            return
        if answer.question[0].name.to_text() in self.long:
            answer.answer.clear()
            answer.flags |= dns.flags.TC
        self.transport.sendto(answer.to_wire(), address)  # type: ignore[attr-defined]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: each message behind its length in two bytes."""
        try:
            size = int.from_bytes(await reader.readexactly(2), "big")
            answer = self.answer(await reader.readexactly(size))
            if answer is not None:
                wire = answer.to_wire()
                writer.write(len(wire).to_bytes(2, "big") + wire)
                await writer.drain()
        finally:
            writer.close()

    def answer(self, data: bytes) -> dns.message.Message | None:
        """What the zone says, nothing where it is silent or the packet is lost."""
        query = dns.message.from_wire(data)
        name, kind = query.question[0].name.to_text(), query.question[0].rdtype
        self.asked.append((name, dns.rdatatype.to_text(kind)))
        self.lost[name] = self.lost.get(name, 0) - 1
        if name in self.silent or self.lost[name] >= 0:
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        records = self.zone.get(name)
        if name in self.failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif records is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif found := records.get(dns.rdatatype.to_text(kind)):
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
        return answer


@asynccontextmanager
async def name_server(zone: Zone) -> AsyncIterator[tuple[NameServer, str]]:
    """A running server and its address with its port."""
    server = NameServer(zone)
    loop = asyncio.get_running_loop()
    tcp = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = tcp.sockets[0].getsockname()[1]
    udp, _ = await loop.create_datagram_endpoint(lambda: server, ("127.0.0.1", port))
    try:
        yield server, f"127.0.0.1:{port}"
    finally:
        udp.close()
        tcp.close()
        await tcp.wait_closed()
