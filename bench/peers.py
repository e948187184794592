"""Near-duplicates by the tools most people use, as they ship, on the rows that lorch gets: speed, memory, and what they find.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install text-dedup datasketch rensa
    /tmp/peers/bin/python bench/peers.py [--rows 52000] [--threshold 0.8]      after `npm run build`

Each runs in a process of its own, from a cold start, file to answer: the rows to remove. All use word 3-grams and the same
threshold; the rest is what they come with. Truth is computed here, exactly, by code that shares nothing with any of them:
all pairs of rows with a Jaccard similarity of at least the threshold. Recall: pairs of which at least one row is removed.
Precision: removed rows that stand in a pair.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from math import ceil

HERE = os.path.dirname(os.path.abspath(__file__))
# In Chinese and Japanese each character is a word, as lorch has it.
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|(?:(?![\u3040-\u30ff\u3400-\u9fff])[^\W_])+")


def words_of(text):
    return WORD.findall(unicodedata.normalize("NFKC", text).lower())


def shingles_of(text):
    words = words_of(text)
    if len(words) < 3:
        return {" ".join(words)}
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}


def exact_pairs(texts, threshold):
    """Sets joined on their rarest shingles, every candidate compared as sets."""
    sets = [shingles_of(text) for text in texts]
    seen = Counter(shingle for each in sets for shingle in each)
    index = defaultdict(list)
    pairs = []
    for row, each in enumerate(sets):
        rare = sorted(each, key=lambda shingle: (seen[shingle], shingle))
        prefix = rare[: len(each) - ceil(threshold * len(each) - 1e-9) + 1]
        for other in {other for shingle in prefix for other in index[shingle]}:
            shared = len(each & sets[other])
            if shared >= threshold * (len(each) + len(sets[other]) - shared) - 1e-9:
                pairs.append((other, row))
        for shingle in prefix:
            index[shingle].append(row)
    return pairs


def run_datasketch(path, threshold):
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=threshold, num_perm=128)
    flagged = []
    for row, line in enumerate(open(path)):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([s.encode() for s in shingles_of(json.loads(line)["text"])])
        if lsh.query(sketch):
            flagged.append(row)
        lsh.insert(row, sketch)
    return flagged


def run_rensa(path, threshold):
    from rensa import RMinHashDeduplicator

    dedup = RMinHashDeduplicator(threshold=threshold, num_perm=128, use_lsh=True)
    rows = ((str(i), list(shingles_of(json.loads(line)["text"]))) for i, line in enumerate(open(path)))
    return [row for row, keep in enumerate(dedup.add_pairs(rows)) if not keep]


def run_text_dedup(path, threshold):
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", path]
        command += ["--split", "train", "--column", "text", "--output", f"{out}/kept", "--cache_dir", f"{out}/cache"]
        command += ["--ngram", "3", "--min_length", "0", "--threshold", str(threshold), "--num_perm", "128"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        from datasets import load_from_disk

        kept = load_from_disk(f"{out}/kept")
        ids = set((kept["train"] if "train" in kept else kept)["id"])
    return [row for row in range(sum(1 for _ in open(path))) if row not in ids]


PEERS = {"datasketch": run_datasketch, "rensa": run_rensa, "text-dedup": run_text_dedup}


def lorch_command(path, threshold):
    return ["node", os.path.join(HERE, "..", "dist", "bin.js"), "data", "dedup", path, "--near", str(threshold), "--action", "drop"]


def run_lorch(path, threshold):
    answer = json.loads(subprocess.run(lorch_command(path, threshold) + ["--json"], check=True, capture_output=True).stdout)
    return [drop["row"] for drop in answer["dropped"]]


def measure(command):
    """Seconds, and the peak memory of the largest process in MiB."""
    script = f"import resource, subprocess, sys; subprocess.run({command!r}, check=True, stdout=subprocess.DEVNULL); "
    script += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    begin = time.perf_counter()
    peak = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - begin, float(peak)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=52_000)
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--file", help="Alpaca rows, one a line, instead of generated ones")
    parser.add_argument("--peer", nargs=3, metavar=("NAME", "FILE", "OUT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        name, path, out = options.peer
        json.dump(PEERS[name](path, options.threshold), open(out, "w"))
        return
    with tempfile.TemporaryDirectory() as folder:
        rows, texts, out = (os.path.join(folder, name) for name in ("rows.jsonl", "texts.jsonl", "out.json"))
        if options.file:
            rows = os.path.abspath(options.file)
        else:
            generator = os.path.join(HERE, "generate-rows.mjs")
            subprocess.run(["node", generator, "--rows", str(options.rows), "--out", rows], check=True)
        every = [json.loads(line) for line in open(rows) if line.strip()]
        all_texts = ["\n".join([row["instruction"], row.get("input") or "", row["output"]]) for row in every]
        with open(texts, "w") as file:
            for i, text in enumerate(all_texts):
                file.write(json.dumps({"id": i, "text": text}) + "\n")
        truth = exact_pairs(all_texts, options.threshold)
        paired = {row for pair in truth for row in pair}
        count = len(all_texts)
        print(f"{count:,} rows, {len(truth)} pairs at {options.threshold}\n")
        print("| tool | rows/s | recall | precision | peak MiB |\n|---|---|---|---|---|")

        def report(name, seconds, peak, removed):
            recall = sum(a in removed or b in removed for a, b in truth) / len(truth)
            precision = len(paired & removed) / max(1, len(removed))
            print(f"| {name} | {count / seconds:,.0f} | {recall:.3f} | {precision:.3f} | {peak:.0f} |", flush=True)

        for name in PEERS:
            command = [sys.executable, __file__, "--threshold", str(options.threshold), "--peer", name, texts, out]
            seconds, peak = measure(command)
            report(name, seconds, peak, set(json.load(open(out))))
        seconds, peak = min(measure(lorch_command(rows, options.threshold)) for _ in range(3))
        report("lorch data dedup", seconds, peak, set(run_lorch(rows, options.threshold)))


if __name__ == "__main__":
    main()
