"""Python sink: the server of the usual tutorial, as far as it receives: asyncio, websockets, base64 in JSON."""

import asyncio
import base64
import json
import logging
import os
import signal

import websockets

# A connection that is cut off at the end is none of its affairs.
logging.disable()

seen = {"bytes": 0, "frames": 0}


async def receive(socket, _path=None):
    async for message in socket:
        seen["frames"] += 1
        if isinstance(message, str):
            message = base64.b64decode(json.loads(message)["content"])
        seen["bytes"] += len(message)


async def main():
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stopped.set)
    options = {"compression": None, "ping_interval": None, "backlog": 4096}
    async with websockets.serve(receive, "127.0.0.1", 0, **options) as server:
        print("listens on", server.sockets[0].getsockname()[1], flush=True)
        await stopped.wait()
        print(json.dumps(seen), flush=True)
        os._exit(0)


asyncio.run(main())
