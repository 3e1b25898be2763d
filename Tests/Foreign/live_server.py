"""A WebSocket server by other people, which treats a client of live positions in ways that the path of its URL names.

Prints its port, then a line for each connection that has ended: the path and how it ended.
"""

import asyncio
import json

import websockets
from websockets.asyncio.server import serve

connections = {}


def position(number):
    return {
        "type": "position", "vehicleId": 101, "latitude": 48.1, "longitude": 17.1 + number / 1000,
        "time": 1780470000000 + number * 1000,
    }


async def fragmented(socket):
    """Each message in pieces, down to one byte, with pings between them."""
    for number in range(20):
        text = json.dumps(position(number))
        size = 1 if number == 0 else 7 + number

        async def pieces():
            for start in range(0, len(text), size):
                yield text[start : start + size]

        await socket.send(pieces())
        await asyncio.wait_for(await socket.ping(), 10)


async def pings(socket):
    """Twenty pings, each of which has to be answered with its own bytes, then one position."""
    for number in range(20):
        await asyncio.wait_for(await socket.ping(bytes([number]) * (number * 6)), 10)
    await socket.send(json.dumps(position(0)))


async def large(socket):
    """Messages of more than 100 kB, one of a megabyte."""
    for count in (1000, 1200, 10000):
        await socket.send(json.dumps([position(number) for number in range(count)]))


async def binary(socket):
    await socket.send(json.dumps(position(0)).encode())
    await socket.send("\n".join(json.dumps(position(number)) for number in (1, 2)))


async def garbage(socket):
    for message in ("", "{", "null", "[1,2]", b"\xff\xfe\x00", '{"type":"position"}', '{"type":"weather"}', "[" * 5000):
        await socket.send(message)
    await socket.send(json.dumps(position(0)))


async def close(socket):
    await socket.send(json.dumps(position(0)))
    await socket.close(int(socket.request.path.split("/")[2]), "as asked")


async def drop(socket):
    await socket.send(json.dumps(position(0)))
    socket.transport.abort()


async def storm(socket):
    """The first seven connections break at once, each in a way of its own; the next one is good."""
    count = connections["storm"] = connections.get("storm", 0) + 1
    if count <= 7:
        if count % 3 == 0:
            socket.transport.abort()
        elif count % 3 == 1:
            await socket.close(1011)
        else:
            await socket.send('{"type":"error","code":"INTERNAL"}')
            await socket.wait_closed()
        return
    await socket.send(json.dumps(position(0)))
    await socket.wait_closed()


async def handler(socket):
    name = socket.request.path.split("/")[1].split("?")[0]
    try:
        await globals()[name](socket)
        await socket.close()
        print(name, "done", flush=True)
    except websockets.ConnectionClosed as error:
        print(name, "closed by the client", error.rcvd, flush=True)
    except Exception as error:
        print(name, "failed", type(error).__name__, error, flush=True)


async def main():
    async with serve(handler, "127.0.0.1", 0, compression=None, max_size=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


asyncio.run(main())
