"""Tutorial: the server that tutorials build: asyncio and websockets, audio as base64 in JSON, and for each
session a thread with a blocking gRPC call that takes audio from a queue.

  tutorial.py HOST:PORT DESCRIPTORS   (of Google; its protos, as protoc --descriptor_set_out has them)

The messages are those that protoc describes, and the stub is the call that its plugin generates. It says `ready` and `summary` as Earshot does, so that one load fits both.
"""

import asyncio
import base64
import json
import logging
import os
import queue
import signal
import sys
import threading

import grpc
import websockets
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# A connection that is cut off at the end is none of its affairs.
logging.disable()

METHOD = "/google.cloud.speech.v1.Speech/StreamingRecognize"
PACKAGE = "google.cloud.speech.v1."
# More calls on one connection would wait for each other.
STREAMS_MAX = 90


def load_messages(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for each in files.file:
        pool.Add(each)
    factory = message_factory.MessageFactory(pool)
    names = ("StreamingRecognizeRequest", "StreamingRecognizeResponse", "StreamingRecognitionConfig")
    return [factory.GetPrototype(pool.FindMessageTypeByName(PACKAGE + name)) for name in names]


endpoint, descriptors = sys.argv[1:]
Request, Response, StreamingConfig = load_messages(descriptors)
channels = []
opened = 0


def stub():
    global opened
    if opened % STREAMS_MAX == 0:
        channels.append(grpc.insecure_channel(endpoint, options=[("grpc.use_local_subchannel_pool", 1)]))
    opened += 1
    return channels[-1].stream_stream(
        METHOD, request_serializer=Request.SerializeToString, response_deserializer=Response.FromString
    )


def text(message):
    return json.dumps(message, separators=(",", ":"))


def recognize(call, start, audio, say, done):
    config = StreamingConfig(interim_results=True)
    config.config.encoding = 1  # LINEAR16
    config.config.sample_rate_hertz = start["sampleRateHertz"]
    config.config.language_code = start["language"]
    config.config.enable_automatic_punctuation = True
    config.config.enable_word_time_offsets = True

    def requests():
        yield Request(streaming_config=config)
        while True:
            content = audio.get()
            if content is None:
                return
            yield Request(audio_content=content)

    for response in call(requests()):
        for result in response.results:
            if not result.alternatives:
                continue
            kind = "final" if result.is_final else "interim"
            say(text({"type": kind, "text": result.alternatives[0].transcript}))
    done()


async def session(socket, _path=None):
    loop = asyncio.get_running_loop()
    start = json.loads(await socket.recv())
    audio = queue.Queue()
    finished = asyncio.Event()

    def say(message):
        asyncio.run_coroutine_threadsafe(socket.send(message), loop)

    def done():
        loop.call_soon_threadsafe(finished.set)

    threading.Thread(target=recognize, args=(stub(), start, audio, say, done), daemon=True).start()
    await socket.send(text({"type": "ready"}))
    received = 0
    async for message in socket:
        parsed = json.loads(message)
        if parsed["type"] == "audio":
            content = base64.b64decode(parsed["content"])
            received += len(content)
            audio.put(content)
        elif parsed["type"] == "finish":
            audio.put(None)
            await finished.wait()
            await socket.send(text({"type": "summary", "receivedMs": received // 32}))
            await socket.close()


async def main():
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stopped.set)
    options = {"compression": None, "ping_interval": None, "backlog": 4096}
    async with websockets.serve(session, "127.0.0.1", 0, **options) as server:
        print("listens on", server.sockets[0].getsockname()[1], flush=True)
        await stopped.wait()
        os._exit(0)


asyncio.run(main())
