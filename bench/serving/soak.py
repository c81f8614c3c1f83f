#!/usr/bin/env python3
"""Keeps `spud serve` busy for a while with clients that behave and clients that do not, and compares what they saw with the ledger.

usage: soak.py [--clients N] [--minutes M] [--seed N] [--keep FOLDER]

The server has three models, of which two fit into memory, accounts in SQLite, and the auction. Each client sends one request after the other: whole
and streamed answers, streams that it leaves half way, requests that it leaves at once, answers that it does not read, jobs without a client, with and
without bids, some of them cancelled, and requests that are wrong. Printed at the end: memory over time, requests by outcome, and whether jobs in
the ledger are those that the clients know of. Exit code 1 if anything was lost, doubled or left open.
"""
import argparse, collections, http.client, json, os, random, re, socket, sqlite3, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPUD = os.path.join(ROOT, "Spud.Host/bin/Release/net10.0/Spud.Host")
MODELS = ["tests/data/stories260K/stories260K-f32.gguf", "tests/data/stories260K/stories260K-q8_0.gguf", "models/smollm2-135m-instruct-q4_1.gguf"]
NAMES = [os.path.splitext(os.path.basename(path))[0] for path in MODELS]
PORT, ACCOUNTS, STALL = 18490, 5, 5


def spud(*arguments):
    return subprocess.run([SPUD, *arguments], check=True, capture_output=True, text=True).stdout


class Clients:
    """What the clients did and saw."""

    def __init__(self, keys, seed, until):
        self.keys, self.seed, self.until = keys, seed, until
        self.lock = threading.Lock()
        self.outcomes, self.jobs = collections.Counter(), {}

    def run(self, number):
        draw = random.Random(self.seed * 100003 + number)
        kinds = [self.whole] * 6 + [self.stream] * 6 + [self.leave_stream] * 3 + [self.leave] * 2 + [self.job] * 3 + [self.cancelled_job] * 2 + [self.wrong]
        silent_at = time.monotonic() + draw.uniform(0, 120)
        while time.monotonic() < self.until:
            kind = draw.choice(kinds)
            if time.monotonic() > silent_at:
                kind, silent_at = self.silent, time.monotonic() + draw.uniform(60, 240)
            try:
                outcome = kind(draw, {"Authorization": f"Bearer {self.keys[number % len(self.keys)]}", "Content-Type": "application/json"})
            except (OSError, http.client.HTTPException) as fault:
                outcome = f"fault: {type(fault).__name__}"
            with self.lock:
                self.outcomes[kind.__name__, outcome] += 1

    def body(self, draw, **more):
        model = draw.choices(NAMES, [8, 8, 1])[0]
        words = draw.randint(3, 40)
        return {"model": model, "max_tokens": draw.randint(1, 60), "budget": 50, "messages": [{"role": "user", "content": "Tell me a story. " + "Once " * words}], **more}

    def send(self, headers, path, body, timeout=600):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=timeout)
        connection.request("POST", path, json.dumps(body) if body is not None else None, headers)
        return connection

    def answer(self, headers, path, body):
        connection = self.send(headers, path, body)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, text

    def whole(self, draw, headers):
        status, text = self.answer(headers, "/v1/chat/completions", self.body(draw))
        return json.loads(text)["choices"][0]["finish_reason"] if status == 200 else str(status)

    def stream(self, draw, headers):
        status, text = self.answer(headers, "/v1/chat/completions", self.body(draw, stream=True))
        return str(status) if status != 200 else "done" if text.endswith(b"data: [DONE]\n\n") else "error event" if b'"error"' in text else "cut"

    def leave_stream(self, draw, headers):
        connection = self.send(headers, "/v1/chat/completions", self.body(draw, stream=True, ignore_eos=True))
        response = connection.getresponse()
        if response.status == 200:
            response.read1(draw.randint(1, 3000))
        connection.sock.close() if connection.sock else None
        response.close()
        return "left" if response.status == 200 else str(response.status)

    def leave(self, draw, headers):
        connection = self.send(headers, "/v1/chat/completions", self.body(draw))
        time.sleep(draw.random())
        connection.close()
        return "left"

    def silent(self, draw, headers):
        body = json.dumps(self.body(draw, stream=True, n=4, ignore_eos=True, logprobs=True, top_logprobs=20) | {"model": NAMES[0], "max_tokens": 400}).encode()
        with socket.socket() as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.connect(("127.0.0.1", PORT))
            raw.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n" % len(body) + b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items()) + b"\r\n" + body)
            time.sleep(8 * STALL)
        return "left"

    def submit(self, draw, headers):
        bid = {"bid": round(draw.uniform(0.00001, 0.0001), 6)} if draw.random() < 0.6 else {}
        status, text = self.answer(headers, "/v1/jobs", self.body(draw, **bid))
        if status not in (200, 201, 202):
            return str(status), None
        id = json.loads(text)["id"]
        with self.lock:
            self.jobs[id] = None
        return None, id

    def follow(self, id, headers):
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=600)
            connection.request("GET", f"/v1/jobs/{id}", headers=headers)
            response = connection.getresponse()
            view = json.loads(response.read())
            connection.close()
            if response.status == 200 and view["status"] not in ("queued", "running"):
                with self.lock:
                    self.jobs[id] = view["status"]
                return view["status"]
            time.sleep(1)

    def job(self, draw, headers):
        refused, id = self.submit(draw, headers)
        return refused or self.follow(id, headers)

    def cancelled_job(self, draw, headers):
        refused, id = self.submit(draw, headers)
        if refused:
            return refused
        time.sleep(draw.random())
        self.answer(headers, f"/v1/jobs/{id}/cancel", {})
        return self.follow(id, headers)

    def wrong(self, draw, headers):
        bodies = [{"messages": "no"}, {"messages": [], "bid": -1}, {"model": "nope", "messages": []}, {"messages": [{"role": "user", "content": "x"}], "max_tokens": 0}]
        return str(self.answer(headers, "/v1/chat/completions", draw.choice(bodies))[0])


def memory(server, key):
    with open(f"/proc/{server.pid}/status") as status:
        rss = int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {key}"})
    text = connection.getresponse().read().decode()
    connection.close()

    def total(name):
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? ([0-9.e+]+)", text, re.M))

    heap = total("dotnet_gc_last_collection_heap_size_bytes") / 2 ** 20
    return rss, heap, total("spud_server_pages_pages") or total("spud_server_pages"), total("spud_server_pages_free_pages") or total("spud_server_pages_free"), total("spud_server_answers_answers") or total("spud_server_answers")


def start(folder, database):
    settings = os.path.join(folder, "settings.json")
    with open(settings, "w") as file:
        json.dump({"Serve": {"StallSeconds": STALL}, "Logging": {"LogLevel": {"Default": "Warning"}}}, file)
    log = open(os.path.join(folder, "server.log"), "w")
    server = subprocess.Popen([SPUD, "serve", *[os.path.join(ROOT, model) for model in MODELS], "--loaded-models", "2", "--threads", "2", "--port", str(PORT), "--chat-template", "chatml",
                               "--accounts", database, "--settings", settings, "--set", "scheduler.use=auction"], stdout=log, stderr=log)
    for _ in range(1200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return server
        except OSError:
            pass
        if server.poll() is not None:
            raise SystemExit(f"the server ended with exit code {server.returncode}: see {log.name}")
        time.sleep(0.1)
    raise SystemExit("the server is not ready after 2 minutes")


def ledger(database, clients):
    """What is wrong between the ledger and what clients saw; and jobs by status."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as base:
        statuses = dict(base.execute("SELECT id, status FROM job"))
        receipts = collections.Counter(job for job, in base.execute("SELECT job FROM receipt"))
        finished_without = [id for id, status in statuses.items() if status == "Finished" and not receipts[id]]
    faults = [f"{id} is open" for id, status in statuses.items() if status in ("Queued", "Running")]
    faults += [f"{id} was submitted and is lost" for id in clients.jobs if id not in statuses]
    faults += [f"{id}: its client saw {seen}, the ledger says {statuses[id]}" for id, seen in clients.jobs.items() if seen and id in statuses and seen.replace("_", "") != statuses[id].lower()]
    faults += [f"{id} has no receipt" for id in finished_without] + [f"{id} has {count} receipts" for id, count in receipts.items() if count != 1]
    answered = sum(count for (kind, outcome), count in clients.outcomes.items() if kind in ("whole", "stream") and outcome in ("stop", "length", "done"))
    submitted = sum(1 for id in clients.jobs if statuses.get(id) == "Finished")
    finished = sum(1 for status in statuses.values() if status == "Finished")
    if finished < answered + submitted:
        faults.append(f"{answered} answers and {submitted} jobs reached their clients, and {finished} jobs finished")
    return faults, collections.Counter(statuses.values()), answered + submitted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    args = parser.parse_args()
    folder = args.keep or tempfile.mkdtemp(prefix="spud-soak-")
    os.makedirs(folder, exist_ok=True)
    database, prices = os.path.join(folder, "accounts.db"), os.path.join(folder, "prices.json")
    with open(prices, "w") as file:
        json.dump({"name": "free", "version": "1", "currency": "EUR", "rates": [{}]}, file)
    keys = []
    for i in range(ACCOUNTS):
        spud("accounts", "add", f"client{i}", "--database", database)
        spud("accounts", "deposit", f"client{i}", "100000", "--database", database)
        keys.append(spud("accounts", "key", f"client{i}", "--database", database).split()[0])
    spud("prices", "add", prices, "--database", database)
    server = start(folder, database)
    begun = time.monotonic()
    clients = Clients(keys, args.seed, begun + 60 * args.minutes)
    threads = [threading.Thread(target=clients.run, args=(number,), daemon=True) for number in range(args.clients)]
    samples = []
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(10)
        if server.poll() is not None:
            raise SystemExit(f"the server ended with exit code {server.returncode}: see {folder}/server.log")
        try:
            samples.append((time.monotonic() - begun, *memory(server, keys[0])))
        except (OSError, http.client.HTTPException) as fault:
            print(f"{time.monotonic() - begun:5.0f} s: no sample: {fault}", flush=True)
            continue
        if len(samples) % 6 == 0:
            print("%5.0f s: RSS %.0f MiB, managed heap %.0f MiB, pages %.0f of which free %.0f, answers open %.0f" % samples[-1], flush=True)
    for _ in range(600):  # what clients have left is ended
        idle = memory(server, keys[0])
        if idle[-1] == 0:
            break
        time.sleep(0.5)
    time.sleep(2)
    report(args, samples, clients, database, idle)
    server.terminate()
    code = server.wait(timeout=120)
    faults, statuses, seen = ledger(database, clients)
    print(f"jobs in the ledger: {dict(statuses)}; of the finished ones {seen} reached a client; exit code of the server {code}")
    print(subprocess.run([SPUD, "accounts", "check", "--database", database], capture_output=True, text=True).stdout.strip())
    if idle[-1] != 0:
        faults.append(f"{idle[-1]:.0f} answers are still open")
    for fault in faults[:20]:
        print(f"FAULT {fault}")
    sys.exit(1 if faults or code != 0 else 0)


def report(args, samples, clients, database, idle):
    print(f"\n{args.clients} clients, {args.minutes:g} minutes, seed {args.seed}")
    for (kind, outcome), count in sorted(clients.outcomes.items()):
        print(f"  {kind:14} {outcome:24} {count}")
    half = [sample for sample in samples if sample[0] > 30 * args.minutes] or samples
    for column, name in ((1, "RSS"), (2, "managed heap")):
        values = [sample[column] for sample in half]
        mean_x, mean_y = sum(sample[0] for sample in half) / len(half), sum(values) / len(values)
        slope = sum((sample[0] - mean_x) * (sample[column] - mean_y) for sample in half) / max(1e-9, sum((sample[0] - mean_x) ** 2 for sample in half))
        print(f"  {name}, second half: {min(values):.0f} to {max(values):.0f} MiB, trend {slope * 60:+.2f} MiB per minute; idle {idle[column - 1]:.0f} MiB")


main()
