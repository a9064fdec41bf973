"""Serves an MPEG-TS file as cameras: by TCP on the ports 9100 to 9100 + N - 1, each frame at its time, in a loop.

For latencies: yolofleet detect MODEL tcp://127.0.0.1:9100 ...
"""

import argparse
import pathlib
import socket
import threading
import time

PACKET = 188  # bytes of a packet of MPEG-TS
FIRST_PORT = 9100


def pid_of(packet: bytes) -> int:
    return (packet[1] & 31) << 8 | packet[2]


def frames_of(data: bytes) -> list[bytes]:
    """The bytes of each frame: it begins at a packet of the video with the flag payload_unit_start."""
    packets = [data[at:at + PACKET] for at in range(0, len(data) - PACKET + 1, PACKET)]
    pids = [pid_of(packet) for packet in packets]
    video = max(set(pids), key=pids.count)
    frames = [b""]
    for pid, packet in zip(pids, packets):
        if pid == video and packet[1] & 64 and frames[-1]:
            frames.append(b"")
        frames[-1] += packet
    return frames


def serve(server: socket.socket, frames: list[bytes], rate: float, phase: float) -> None:
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begin = time.monotonic() + phase
        number = 0
        try:
            while True:
                time.sleep(max(begin + number / rate - time.monotonic(), 0))
                connection.sendall(frames[number % len(frames)])
                number += 1
        except OSError:
            connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path, help="MPEG-TS")
    parser.add_argument("cameras", type=int, metavar="N", help="cameras, 1 to 1000")
    parser.add_argument("--rate", type=float, default=25.0, help="frames a second of each (default: 25)")
    arguments = parser.parse_args()
    if not 1 <= arguments.cameras <= 1000:
        parser.error("N must be from 1 to 1000")
    if not 0 < arguments.rate <= 1000:
        parser.error("--rate must be over 0 and at most 1000")
    try:
        data = arguments.file.read_bytes()
        servers = [socket.create_server(("127.0.0.1", FIRST_PORT + number)) for number in range(arguments.cameras)]
    except OSError as error:
        parser.error(str(error))
    if data[:1] != b"G" or len(data) < PACKET:  # the first byte of each packet
        parser.error(f"{arguments.file}: is no MPEG-TS")
    frames = frames_of(data)
    for number, server in enumerate(servers):
        phase = number / arguments.rate / arguments.cameras  # cameras don't send all at the same time
        threading.Thread(target=serve, args=(server, frames, arguments.rate, phase), daemon=True).start()
    print(f"{len(frames)} frames, ports {FIRST_PORT} to {FIRST_PORT + arguments.cameras - 1}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
