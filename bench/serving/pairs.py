#!/usr/bin/env python3
"""Compares `spud serve` with llama.cpp's llama-server on the same file under the same load, in turns.

usage: pairs.py LLAMA_SERVER MODEL [--clients N] [--requests N] [--rounds N] [--prompt-words N] [--max-tokens N]
                [--chat-template NAME]

Both servers run during the whole comparison, with 2 threads, one slot per client, f16 keys and values and their caches of prompts; the load
goes to one at a time, and each round has prompts of its own. llama-server is built from its repository as usual
(cmake -DCMAKE_BUILD_TYPE=Release, target llama-server).
"""
import argparse, json, os, statistics, subprocess, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPUD = os.path.join(ROOT, "Spud.Host/bin/Release/net10.0/Spud.Host")


def healthy(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).status == 200
    except OSError:
        return False


def start(name, port, command):
    if healthy(port):
        raise SystemExit(f"another server listens on port {port}: end it first")
    print(f"{name}: {' '.join(command)}")
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if healthy(port):
            return server
        if server.poll() is not None:
            raise SystemExit(f"{name} ended with exit code {server.returncode}")
        time.sleep(0.1)
    raise SystemExit(f"{name} is not ready after 60 s")


def load(port, args, seed):
    command = [SPUD, "bench", "serve", "--json", "--url", f"http://127.0.0.1:{port}", "--clients", args.clients, "--requests", args.requests,
               "--prompt-words", args.prompt_words, "--max-tokens", args.max_tokens, "--seed", seed]
    return json.loads(subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("llama_server")
    parser.add_argument("model")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--requests", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prompt-words", type=int, default=64)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--chat-template", help="a template that both know by name, for a model without one")
    args = parser.parse_args()
    slot = 2 * (args.prompt_words + args.max_tokens) + 128
    slot = -(-slot // 256) * 256
    template = ["--chat-template", args.chat_template] if args.chat_template else []
    servers = {
        "spud": (18480, [SPUD, "serve", args.model, "--port", "18480", "--threads", "2", "--sequences", str(args.clients), "--ctx", str(slot), *template]),
        "llama": (18481, [args.llama_server, "-m", args.model, "--port", "18481", "-t", "2", "-tb", "2", "-np", str(args.clients),
                          "-c", str(slot * args.clients), "--no-webui", *template]),
    }
    running = [start(name, port, command) for name, (port, command) in servers.items()]
    try:
        results = {name: [] for name in servers}
        for turn in range(args.rounds + 1):
            names = list(servers) if turn % 2 else list(reversed(servers))
            for name in names:
                result = load(servers[name][0], args, 100 + turn)
                if result["failed"]:
                    raise SystemExit(f"{name}: {result['failed']} requests failed")
                if turn:  # the first round warms both up
                    results[name].append(result)
        report(results)
    finally:
        for server in running:
            server.terminate()
        for server in running:
            server.wait()


def report(results):
    def median(name, read):
        return statistics.median(read(result) for result in results[name])

    figures = {
        "tokens per second": lambda result: result["tokensPerSecond"],
        "first token, median, ms": lambda result: result["firstMilliseconds"]["p50"],
        "first token, 95 %, ms": lambda result: result["firstMilliseconds"]["p95"],
        "between tokens, median, ms": lambda result: result["gapMilliseconds"]["p50"],
        "between tokens, 99 %, ms": lambda result: result["gapMilliseconds"]["p99"],
        "client, part of a core": lambda result: result["clientCores"],
    }
    print(f"{'':28}{'spud':>10}{'llama':>10}{'ratio':>8}  (median of rounds; lowest and highest ratio)")
    for title, read in figures.items():
        ratios = [read(ours) / read(theirs) for ours, theirs in zip(results["spud"], results["llama"])]
        print(f"{title:28}{median('spud', read):10.2f}{median('llama', read):10.2f}{statistics.median(ratios):8.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")


main()
