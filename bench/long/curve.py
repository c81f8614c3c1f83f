#!/usr/bin/env python3
"""What cache 'compressed' costs: bytes of pages against perplexity and retrieval. Everything runs through 'spud compare', a group of settings at a
time; a group that is done is not run again, and an interrupted one goes on where it was.

usage: curve.py run   --out DIR [--group NAME]… [--window N] [--windows N] [--threads N] TEXT…
       curve.py needles --out DIR [--task KIND]… [--lengths N,N] [--depths N,N] [--cases N] [--threads N]
       curve.py table --out DIR
"""
import argparse, json, pathlib, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPRESSED = {"use": "compressed"}

def formats(keys, values=None):
    return {"keys": keys, "values": values or keys, "encodeAfter": 0}

def window(share, context):
    """A sliding window with sinks that keeps this share of the keys."""
    return {"keep": 0, "recent": round(share * context) - 64}

def groups(context, random_pack):
    """Settings by group; the first of every group is plain in f16."""
    heads = {f"heads {keep}": COMPRESSED | {"keep": keep} for keep in (0.75, 0.5, 0.35, 0.25, 0.125)}
    return {
        "formats": {
            "plain q8_0": {"use": "plain", "format": "q8_0"},
            "plain q4_0": {"use": "plain", "format": "q4_0"},
            "q8_0 keys, q4_0 values": COMPRESSED | {"keep": 1} | formats("q8_0", "q4_0"),
        },
        "heads": heads,
        "random": {f"random heads {keep}": COMPRESSED | {"keep": keep, "pack": str(random_pack), "recent": 256} for keep in (0.5, 0.25)},
        "window": {f"sliding window {share}": COMPRESSED | window(share, context) for share in (0.5, 0.25, 0.125)},
        "dynamic": {f"dynamic {ratio}": COMPRESSED | {"keep": 1, "ratio": ratio} for ratio in (0.5, 0.25, 0.125)},
        "quarter": {
            "heads 0.43, q8_0": COMPRESSED | {"keep": 0.43} | formats("q8_0"),
            "heads 0.58, q8_0 keys, q4_0 values": COMPRESSED | {"keep": 0.58} | formats("q8_0", "q4_0"),
            "dynamic 0.43, q8_0": COMPRESSED | {"keep": 1, "ratio": 0.43} | formats("q8_0"),
            "heads 0.6, dynamic 0.6, q8_0": COMPRESSED | {"keep": 0.6, "ratio": 0.6} | formats("q8_0"),
            "sliding window 0.43, q8_0": COMPRESSED | window(0.43, context) | formats("q8_0"),
        },
        "eighth": {
            "heads 0.2, q8_0": COMPRESSED | {"keep": 0.2} | formats("q8_0"),
            "heads 0.27, q8_0 keys, q4_0 values": COMPRESSED | {"keep": 0.27} | formats("q8_0", "q4_0"),
            "dynamic 0.2, q8_0": COMPRESSED | {"keep": 1, "ratio": 0.2} | formats("q8_0"),
            "heads 0.35, dynamic 0.35, q8_0": COMPRESSED | {"keep": 0.35, "ratio": 0.35} | formats("q8_0"),
            "sliding window 0.2, q8_0": COMPRESSED | window(0.2, context) | formats("q8_0"),
        },
    }

def spud(arguments, *command):
    """The command, on the default model, at the lowest priority that the caller gave."""
    line = [arguments.spud, *command]
    if arguments.threads:
        line += ["--threads", str(arguments.threads)]
    print(" ".join(map(str, line)), flush=True)
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)

def compare(arguments, name, settings, context, extra):
    """Runs one comparison against plain in f16."""
    out = arguments.out / f"{name}.json"
    if out.exists():
        return
    folder = arguments.out / "pipelines"
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for i, (label, cache) in enumerate({"plain f16": {"use": "plain", "format": "f16"}, **settings}.items()):
        files.append(folder / f"{name} {i} {label.replace('/', ' of ')}.json")
        files[-1].write_text(json.dumps({"context": context, "cache": cache}, indent=2))
    spud(arguments, "compare", *files, "--repeat", "0", *extra, "-o", out)
    labels = ["plain f16", *settings]
    result = json.loads(out.read_text())
    for pipeline, label in zip(result["result"]["pipelines"], labels):
        pipeline["name"] = label
    out.write_text(json.dumps(result))

def random_pack(arguments, texts):
    pack = arguments.out / "random.gguf"
    if not pack.exists():
        spud(arguments, "calibrate", "heads", "--order", "random", "--context-tokens", "64", *[part for text in texts[:1] for part in ("-f", text)], "-o", pack)
    return pack

def run(arguments):
    arguments.out.mkdir(parents=True, exist_ok=True)
    texts = [str(pathlib.Path(text).resolve()) for text in arguments.texts]
    known = groups(arguments.window, random_pack(arguments, texts).resolve())
    for group in arguments.group or known:
        extra = ["--window", arguments.window, "--stride", arguments.window - 3072, "--windows", arguments.windows]
        for text in texts:
            extra += ["-f", text]
        compare(arguments, f"{group}-{arguments.window}", known[group], arguments.window, [str(part) for part in extra])

def needles(arguments):
    arguments.out.mkdir(parents=True, exist_ok=True)
    context = max(int(length) for length in arguments.lengths.split(",")) + 256
    known = groups(context, arguments.out / "random.gguf")
    settings = {label: cache for group in ("quarter", "eighth") for label, cache in known[group].items()}
    settings["plain q8_0"] = known["formats"]["plain q8_0"]
    extra = ["--lengths", arguments.lengths, "--depths", arguments.depths, "--cases", str(arguments.cases), "--seed", str(arguments.seed)]
    for task in arguments.task or ["passkey"]:
        # A comparison needs a text; one short window is next to nothing.
        compare(arguments, f"{task}-{arguments.lengths}-{arguments.seed}", settings, context, [*extra, "--task", task, "-f", str(ROOT / "README.md"), "--window", "64", "--windows", "1"])

def table(arguments):
    for path in sorted(arguments.out.glob("*.json")):
        document = json.loads(path.read_text())
        result = document["result"]
        print(f"\n### {path.stem} ({document['machine']['processor']}, {document['machine']['cores']} cores)\n")
        print_needles(result) if result["needles"] else print_quality(result)

def print_quality(result):
    names = [pathlib.Path(text["name"]).name.split(".")[0] for text in result["texts"]]
    print("| setting | bytes of pages | of f16 | perplexity ratio | 95 % | divergence |", *[f" {name} |" for name in names], sep="")
    print("|---|---|---|---|---|---|" + "---|" * len(names))
    base = pages(result["pipelines"][0])
    for i, pipeline in enumerate(result["pipelines"]):
        quality = pipeline["quality"]
        ratio, cost = quality["perplexityRatio"], quality["meanDivergence"]
        interval = f"{ratio['low']:.4f} to {ratio['high']:.4f}" if ratio["low"] else ""
        per_text = " | ".join(f"{text['pipelines'][i]['perplexityRatio']['value']:.4f}" for text in result["texts"])
        print(f"| {pipeline['name']} | {pages(pipeline) / 1e6:.1f} MB | {pages(pipeline) / base:.3f} | {ratio['value']:.4f} | {interval} | {cost['value'] if cost else 0:.4f} | {per_text} |")
    print(f"\n{result['pipelines'][0]['quality']['tokens']} predicted tokens")

def print_needles(result):
    print("| setting | right | of those that plain f16 gets right | 95 % |\n|---|---|---|---|")
    for task in result["needles"]:
        cases = task["pipelines"][0]["firstCorrect"]
        for pipeline, figures in zip(result["pipelines"], task["pipelines"]):
            kept = figures["retained"]
            retained = f"{kept['value']:.3f} of {cases} | {kept['low']:.3f} to {kept['high']:.3f}" if kept else " | "
            print(f"| {pipeline['name']} | {round(figures['accuracy']['value'] * task['cases'])} of {task['cases']} | {retained} |")

def pages(pipeline):
    """Bytes of all pages of one text as long as the context: with positions, slack and the rows of a step."""
    return sum(pool["totalBytes"] for pool in pipeline["explanation"]["pages"])

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "needles", "table"])
    parser.add_argument("texts", nargs="*")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--spud", default=str(ROOT / "spud"))
    parser.add_argument("--group", action="append")
    parser.add_argument("--window", type=int, default=4096)
    parser.add_argument("--windows", type=int, default=1)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--task", action="append")
    parser.add_argument("--lengths", default="4096")
    parser.add_argument("--depths", default="0,10,20,30,40,50,60,70,80,90,100")
    parser.add_argument("--cases", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_intermixed_args()
    {"run": run, "needles": needles, "table": table}[arguments.what](arguments)

if __name__ == "__main__":
    sys.exit(main())
