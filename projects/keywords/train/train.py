"""Fine-tunes the encoder so that the phrases that a human summary uses lie nearest to their document.

`DATA_DIR=… python train.py [--minutes 15]` writes build/model.safetensors, measures base and tuned encoder (both as the
int8 artifact that would ship) on SciTLDR dev and writes the decision to result.json, which the model card quotes.
Loss: softmax over one phrase of the document that a summary uses against others of the same document that none uses,
plus the squared error of cosines on STS train, which keeps general similarity.
"""

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "compile"), str(HERE.parents[2] / "compile")]

from data import SEED, scitldr, stsb  # noqa: E402
from evaluate_keyphrases import decide  # noqa: E402
from keyphrases import Paper, paper  # noqa: E402
from sentence_encoder import MAX_TOKENS, SentenceEncoder  # noqa: E402

from encoder.reference import open_tokeniser, package_directory  # noqa: E402
from encoder.torch_encoder import TorchEncoder, mean_pooled, padded  # noqa: E402

DOCUMENTS, PHRASES, PAIRS = 8, 8, 16  # of one step: documents, phrases each (the first is the right one), STS pairs
MAX_DOCUMENT_TOKENS = 160
LEARNING_RATE, WARM_UP_STEPS, TEMPERATURE = 3e-5, 20, 0.05


class TorchSentenceEncoder(TorchEncoder):
    """The encoder in batches, with gradients. Unit vectors `[b, h]`."""

    def forward(self, rows: list[list[int]]) -> torch.Tensor:
        ids = padded(rows, -1)
        mask = ids >= 0
        return torch.nn.functional.normalize(mean_pooled(self.hidden(ids.clamp(min=0), mask), mask), dim=-1)


def phrases_of(chosen: Paper, draw: random.Random) -> list[str]:
    """One phrase that a summary uses, then PHRASES - 1 that none uses."""
    right = [phrase for phrase, hit in zip(chosen.phrases, chosen.hits) if hit]
    wrong = [phrase for phrase, hit in zip(chosen.phrases, chosen.hits) if not hit]
    return [draw.choice(right), *draw.sample(wrong, PHRASES - 1)]


def step_loss(model: TorchSentenceEncoder, tokenise, papers: list[Paper], pairs: list[tuple[str, str, float]], draw: random.Random) -> torch.Tensor:
    documents = model([tokenise(p.document)[:MAX_DOCUMENT_TOKENS] for p in papers])
    phrases = model([tokenise(phrase) for p in papers for phrase in phrases_of(p, draw)]).view(len(papers), PHRASES, -1)
    logits = torch.einsum("bph,bh->bp", phrases, documents) / TEMPERATURE
    ranking = torch.nn.functional.cross_entropy(logits, torch.zeros(len(papers), dtype=torch.long))
    left, right = model([tokenise(a) for a, _, _ in pairs]), model([tokenise(b) for _, b, _ in pairs])
    wanted = torch.tensor([score / 5 for _, _, score in pairs])
    return ranking + torch.nn.functional.mse_loss((left * right).sum(-1), wanted)


def train(model: TorchSentenceEncoder, tokenise, data: Path, minutes: float) -> int:
    """Trains in place until the time is over. @returns the number of steps"""
    draw = random.Random(SEED)
    papers = [p for p in map(paper, scitldr(data, "train")) if any(p.hits) and len(p.hits) - sum(p.hits) >= PHRASES]
    pairs = stsb(data, "train")
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    end, step, recent = time.monotonic() + 60 * minutes, 0, []
    while time.monotonic() < end:
        left = max(0.0, (end - time.monotonic()) / (60 * minutes))
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP_STEPS) * left
        loss = step_loss(model, tokenise, draw.sample(papers, DOCUMENTS), draw.sample(pairs, PAIRS), draw)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        recent.append(loss.item())
        if step % 20 == 0:
            print(f"step {step:5}  loss {np.mean(recent[-20:]):.3f}  {left * minutes:.1f} min left", flush=True)
    return step


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=15)
    minutes = arguments.parse_args().minutes
    torch.manual_seed(SEED)
    data, source = Path(os.environ["DATA_DIR"]), package_directory()
    tokeniser = open_tokeniser(source, MAX_TOKENS)
    tokenise = lambda text: tokeniser.encode(text).ids  # noqa: E731
    model = TorchSentenceEncoder(SentenceEncoder(source))
    steps = train(model, tokenise, data, minutes)
    (HERE / "build").mkdir(exist_ok=True)
    save_file(model.to_numpy(), HERE / "build" / "model.safetensors")
    result = {"minutes": minutes, "steps": steps} | decide(data, source, model.to_numpy(), tokenise)
    (HERE / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
