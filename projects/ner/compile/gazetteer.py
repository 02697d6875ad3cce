"""Writes the lists of names that the model sees: cities and regions of GeoNames, first names of Kantrowitz and Ross."""

import csv
from pathlib import Path


def names(data: Path) -> list[tuple[str, str]]:
    """(list, name), each once, sorted."""
    found = set()
    with (data / "gazetteers/world_cities/world-cities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.add(("city", row["name"]))
            found |= {("region", row["country"]), ("region", row["subcountry"])}
    for list_file in ("female", "male"):
        for name in (data / f"gazetteers/nltk_names/{list_file}.txt").read_text(encoding="utf-8").split():
            found.add(("first_name", name))
    return sorted((kind, name) for kind, name in found if len(name) > 1)
