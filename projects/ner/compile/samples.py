"""Prints, as Markdown, the answers of a running server for texts of Universal NER dev drawn by a seed, unedited.

`DATA_DIR=… python samples.py [http://127.0.0.1:8001]`; a text is the words of a sentence joined by spaces, the order is that of
`shuf --random-source=<(yes 42)` over all texts of the set. First the first ten, then the first ten whose answer differs from
the labels of the data set.
"""

import json
import subprocess
import sys
import urllib.request

from data import data_directory, uner
from score import Labelled, labelled

COUNT = 10


def answer(address: str, text: str) -> list[dict]:
    body = json.dumps({"inputs": {"content": text}}).encode()
    request = urllib.request.Request(f"{address}/v1/model/ner/predict", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["outputs"]["predicted_content"]


def shuffled(sentences: list[Labelled]) -> list[Labelled]:
    command = ["bash", "-c", "shuf --random-source=<(yes 42)"]
    lines = "".join(f"{i} {sentence.text}\n" for i, sentence in enumerate(sentences))
    drawn = subprocess.run(command, input=lines, check=True, capture_output=True, text=True, timeout=60)
    return [sentences[int(line.split(" ", 1)[0])] for line in drawn.stdout.splitlines()]


def row(sentence: Labelled, found: list[dict]) -> str:
    answers = ", ".join(f"{e['entity_text']}: {e['entity_type']} ({e['score']})" for e in found)
    truth = ", ".join(f"{sentence.text[start:end]}: {kind}" for kind, start, end in sorted(sentence.gold, key=lambda span: span[1]))
    return f"| {sentence.text.replace('|', '&#124;')} | {answers or 'none'} | {truth or 'none'} |"


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8001"
    head = "| text | answer: type (score) | labels of the data set |\n| --- | --- | --- |"
    order = shuffled([labelled(sentence) for sentence in uner(data_directory(), "dev")])
    print(head, *(row(sentence, answer(address, sentence.text)) for sentence in order[:COUNT]), "", head, sep="\n")
    wrong = 0
    for sentence in order:
        found = answer(address, sentence.text)
        if {(e["entity_type"], e["document_start"], e["document_end"]) for e in found} != sentence.gold:
            print(row(sentence, found))
            wrong += 1
            if wrong == COUNT:
                break


if __name__ == "__main__":
    main()
