"""Prints, as Markdown, the answers of a running server for ten documents of SciTLDR dev drawn by a seed, unedited.

`DATA_DIR=… python samples.py [http://127.0.0.1:8000]`; the draw is `shuf --random-source=<(yes 42) dev.jsonl | head`.
"""

import json
import os
import subprocess
import sys
import urllib.request

address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
dev = os.environ["DATA_DIR"] + "/summarization/scitldr_a/dev.jsonl"
drawn = subprocess.run(["bash", "-c", f"shuf --random-source=<(yes 42) '{dev}' | head"], check=True, capture_output=True, text=True)
print("| beginning of the document | keywords (score) |\n| --- | --- |")
for line in drawn.stdout.splitlines():
    document = " ".join(json.loads(line)["source"])
    body = json.dumps({"inputs": [{"document": document}]}).encode()
    request = urllib.request.Request(f"{address}/v1/model/keywords/predict", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        keywords = json.load(response)["outputs"][0]["predicted_document"]
    answers = ", ".join(f"{k['keyword_token']} ({k['keyword_score']})" for k in keywords)
    print(f"| {document[:110].rsplit(' ', 1)[0]} … | {answers} |")
