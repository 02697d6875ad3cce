"""Prints, as Markdown, the answers of a running server for texts of TweetEval val drawn by a seed, unedited.

`DATA_DIR=… python samples.py [http://127.0.0.1:8002]`; the order is that of `shuf --random-source=<(yes 42)` over all
texts of the set. The first ten.
"""

import json
import subprocess
import sys
import urllib.request

from data import LABELS, Example, data_directory, tweets_dev

COUNT = 10


def answer(address: str, text: str) -> dict:
    body = json.dumps({"inputs": {"content": text}}).encode()
    request = urllib.request.Request(f"{address}/v1/model/sentiment/predict", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["outputs"]


def shuffled(examples: list[Example]) -> list[Example]:
    command = ["bash", "-c", "shuf --random-source=<(yes 42)"]
    lines = "".join(f"{i} {example.text}\n" for i, example in enumerate(examples))
    drawn = subprocess.run(command, input=lines, check=True, capture_output=True, text=True, timeout=60)
    return [examples[int(line.split(" ", 1)[0])] for line in drawn.stdout.splitlines()]


def row(example: Example, found: dict) -> str:
    chances = ", ".join(str(found[f"{label}_prob"]) for label in LABELS)
    return f"| {example.text.replace('|', '&#124;')} | {found['label']} ({chances}) | {LABELS[example.label]} |"


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8002"
    print("| text | answer (negative, neutral, positive) | label of the data set |\n| --- | --- | --- |")
    for example in shuffled(tweets_dev(data_directory()))[:COUNT]:
        print(row(example, answer(address, example.text)))


if __name__ == "__main__":
    main()
