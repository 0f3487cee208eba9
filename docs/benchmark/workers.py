"""Times a step of training by one process against one by two workers, for the same batch.

    python workers.py MNIST_FOLDER --java "java -cp ... StepTimes"

Three sides make steps in turns: one process of one thread, one process of two threads, and two workers
of one thread each, which take half of every batch. On two cores the last two have the same processors.
"""

from __future__ import annotations

import argparse
import os
import shlex
import socket
import statistics
import subprocess
from pathlib import Path


class Side:
    """Processes that make the same steps."""

    def __init__(self, command: list[str], environments: list[dict[str, str]]) -> None:
        self.processes = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, env={**os.environ, **environment},
            )
            for environment in environments
        ]  # fmt: skip

    def steps(self, count: int) -> tuple[float, float]:
        """Milliseconds a step of the slowest process, and the last loss."""
        for process in self.processes:
            process.stdin.write(f"{count}\n")
            process.stdin.flush()
        answers = [self.answer(process) for process in self.processes]
        return max(answers)

    @staticmethod
    def answer(process: subprocess.Popen[str]) -> tuple[float, float]:
        for line in process.stdout:
            try:
                milliseconds, loss = map(float, line.split())
            except ValueError:
                continue  # what Gloo prints
            return milliseconds, loss
        raise RuntimeError(f"a process ended with {process.wait()}")

    def close(self) -> None:
        for process in self.processes:
            process.stdin.close()
            process.wait()


def workers(size: int) -> list[dict[str, str]]:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    common = {"WORLD_SIZE": str(size), "MASTER_ADDR": "localhost", "MASTER_PORT": str(port)}
    return [{**common, "RANK": str(rank)} for rank in range(size)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="the folder of the MNIST files", type=Path)
    parser.add_argument("--java", required=True, help="the command that starts StepTimes")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--steps", type=int, default=3, help="steps of a turn")
    parser.add_argument("--precision", default="FLOAT32", choices=("FLOAT32", "BFLOAT16"))
    arguments = parser.parse_args()

    def command(threads: int) -> list[str]:
        numbers = (arguments.width, arguments.batch, threads, arguments.precision)
        return [*shlex.split(arguments.java), str(arguments.folder), *map(str, numbers)]

    names = ("one thread", "two threads", "two workers")
    sides = [Side(command(1), [{}]), Side(command(2), [{}]), Side(command(1), workers(2))]
    for side in sides:
        side.steps(2 * arguments.steps)
    rows = []
    for turn in range(arguments.turns):
        order = sides if turn % 2 == 0 else sides[::-1]
        made = {side: side.steps(arguments.steps)[0] for side in order}
        rows.append([made[side] for side in sides])
    for side in sides:
        side.close()
    print(f"D = {arguments.width}, batch {arguments.batch}, {arguments.precision}, {len(rows)} turns of"
          f" {arguments.steps} steps")  # fmt: skip
    for i, name in enumerate(names):
        low, middle, high = statistics.quantiles((row[0] / row[i] for row in rows), n=4)
        milliseconds = statistics.median(row[i] for row in rows)
        print(f"{name}: {milliseconds:.1f} ms, {middle:.2f} times as fast ({low:.2f}-{high:.2f})")


if __name__ == "__main__":
    main()
