"""Serves an MPEG-TS file as cameras: by TCP on the ports 9100 to 9100 + N - 1, each frame at its time, in a loop.

Usage: cameras.py FILE N [FRAMES_A_SECOND]   for latencies: yolofleet detect MODEL tcp://127.0.0.1:9100 ...
"""

import socket
import sys
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


def serve(frames: list[bytes], port: int, rate: float, phase: float) -> None:
    with socket.create_server(("127.0.0.1", port)) as server:
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
    with open(sys.argv[1], "rb") as file:
        frames = frames_of(file.read())
    count = int(sys.argv[2])
    rate = float(sys.argv[3]) if len(sys.argv) > 3 else 25.0
    for number in range(count):
        phase = number / rate / count  # cameras don't send all at the same time
        threading.Thread(target=serve, args=(frames, FIRST_PORT + number, rate, phase), daemon=True).start()
    print(f"{len(frames)} frames, ports {FIRST_PORT} to {FIRST_PORT + count - 1}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
