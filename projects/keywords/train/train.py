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
sys.path.insert(0, str(HERE.parent / "compile"))

from data import SEED, scitldr, stsb  # noqa: E402
from evaluate_keyphrases import decide  # noqa: E402
from keyphrases import Paper, paper  # noqa: E402
from reference import Encoder, open_tokeniser, package_directory  # noqa: E402

DOCUMENTS, PHRASES, PAIRS = 8, 8, 16  # of one step: documents, phrases each (the first is the right one), STS pairs
MAX_DOCUMENT_TOKENS = 160
LEARNING_RATE, WARM_UP_STEPS, TEMPERATURE = 3e-5, 20, 0.05


class TorchEncoder(torch.nn.Module):
    """The encoder of reference.py in batches, with gradients. Unit vectors `[b, h]`."""

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.heads, self.epsilon = encoder.heads, encoder.epsilon
        self.depth = encoder.config["num_hidden_layers"]
        names = [name for name in encoder.weights if encoder.weights[name].dtype == np.float32]
        self.names = {name: name.replace(".", "_") for name in names}
        for name, key in self.names.items():
            self.register_parameter(key, torch.nn.Parameter(torch.from_numpy(encoder.weights[name].copy())))

    def weight(self, name: str) -> torch.Tensor:
        return getattr(self, self.names[name])

    def dense(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return torch.nn.functional.linear(x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"))

    def norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        parameters = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return torch.nn.functional.layer_norm(x, x.shape[-1:], *parameters, self.epsilon)

    def layer(self, x: torch.Tensor, mask: torch.Tensor, name: str) -> torch.Tensor:
        b, t, h = x.shape
        q, k, v = (
            self.dense(x, f"{name}.attention.self.{part}").view(b, t, self.heads, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        context = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
        context = self.dense(context.transpose(1, 2).reshape(b, t, h), f"{name}.attention.output.dense")
        x = self.norm(x + context, f"{name}.attention.output.LayerNorm")
        inner = torch.nn.functional.gelu(self.dense(x, f"{name}.intermediate.dense"))
        return self.norm(x + self.dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def forward(self, rows: list[list[int]]) -> torch.Tensor:
        width = max(map(len, rows))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
        mask = torch.tensor([[True] * len(row) + [False] * (width - len(row)) for row in rows])
        x = self.weight("embeddings.word_embeddings.weight")[ids]
        x = x + self.weight("embeddings.position_embeddings.weight")[:width]
        x = self.norm(x + self.weight("embeddings.token_type_embeddings.weight")[0], "embeddings.LayerNorm")
        for i in range(self.depth):
            x = self.layer(x, mask, f"encoder.layer.{i}")
        pooled = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(pooled, dim=-1)

    def to_numpy(self) -> dict[str, np.ndarray]:
        return {name: self.weight(name).detach().numpy() for name in self.names}


def phrases_of(chosen: Paper, draw: random.Random) -> list[str]:
    """One phrase that a summary uses, then PHRASES - 1 that none uses."""
    right = [phrase for phrase, hit in zip(chosen.phrases, chosen.hits) if hit]
    wrong = [phrase for phrase, hit in zip(chosen.phrases, chosen.hits) if not hit]
    return [draw.choice(right), *draw.sample(wrong, PHRASES - 1)]


def step_loss(model: TorchEncoder, tokenise, papers: list[Paper], pairs: list[tuple[str, str, float]], draw: random.Random) -> torch.Tensor:
    documents = model([tokenise(p.document)[:MAX_DOCUMENT_TOKENS] for p in papers])
    phrases = model([tokenise(phrase) for p in papers for phrase in phrases_of(p, draw)]).view(len(papers), PHRASES, -1)
    logits = torch.einsum("bph,bh->bp", phrases, documents) / TEMPERATURE
    ranking = torch.nn.functional.cross_entropy(logits, torch.zeros(len(papers), dtype=torch.long))
    left, right = model([tokenise(a) for a, _, _ in pairs]), model([tokenise(b) for _, b, _ in pairs])
    wanted = torch.tensor([score / 5 for _, _, score in pairs])
    return ranking + torch.nn.functional.mse_loss((left * right).sum(-1), wanted)


def train(model: TorchEncoder, tokenise, data: Path, minutes: float) -> int:
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
    tokeniser = open_tokeniser(source)
    tokenise = lambda text: tokeniser.encode(text).ids  # noqa: E731
    model = TorchEncoder(Encoder(source))
    steps = train(model, tokenise, data, minutes)
    (HERE / "build").mkdir(exist_ok=True)
    save_file(model.to_numpy(), HERE / "build" / "model.safetensors")
    result = {"minutes": minutes, "steps": steps} | decide(data, source, model.to_numpy(), tokenise)
    (HERE / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
