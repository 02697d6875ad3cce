"""The folder of a version: complete or absent."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path


def write_version(out: Path, fill: Callable[[Path], None]) -> None:
    """Gives `fill` a temporary folder with empty model_artifacts/ and test_files/; renames it to `out` when it returns."""
    temporary = out.with_name(f".{out.name}.partial")
    shutil.rmtree(temporary, ignore_errors=True)
    for name in ("model_artifacts", "test_files"):
        (temporary / name).mkdir(parents=True)
    fill(temporary)
    shutil.rmtree(out, ignore_errors=True)
    temporary.rename(out)


def copy_tokeniser(source: Path, folder: Path) -> None:
    """tokenizer.json of the base as it serves here: without padding and truncation."""
    tokeniser = json.loads((source / "tokenizer.json").read_text(encoding="utf-8")) | {"padding": None, "truncation": None}
    (folder / "model_artifacts/tokenizer.json").write_text(json.dumps(tokeniser, ensure_ascii=False), encoding="utf-8")
