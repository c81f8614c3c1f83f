#!/usr/bin/env python3
"""Opens the REPL on a pseudo-terminal and measures: first frame, ready, idle processor time, from a keypress to its
character on the screen, and the time of an answer.

usage: measure.py PROGRAM [first-frame|idle|keypress|answer]
"""
import fcntl, os, pty, re, select, statistics, struct, subprocess, sys, termios, time

def open_repl(program, columns=120, rows=40, arguments=()):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color")
        os.execv(program, [program, *arguments])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return pid, fd

PROMPTS = ["Write a long story about a whale and a sailor, with many chapters.", "Write a long story about a knight and a dragon, with many chapters."]

class Repl:
    def __init__(self, program, arguments=()):
        self.started = time.monotonic()
        self.pid, self.fd = open_repl(program, arguments=arguments)
        self.seen = b""

    def until(self, text, patience=60):
        end = time.monotonic() + patience
        while text not in self.seen:
            if time.monotonic() > end:
                raise SystemExit(f"{text} did not come: {self.seen[-2000:]}")
            if select.select([self.fd], [], [], 0.001)[0]:
                self.seen += os.read(self.fd, 1 << 16)
        return time.monotonic()

    def drain(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                self.seen += os.read(self.fd, 1 << 16)

    def send(self, text):
        self.seen = b""
        os.write(self.fd, text.encode())

    def ticks(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        os.write(self.fd, b"\x15\x04")  # what is typed goes, then the session ends
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                if select.select([self.fd], [], [], 0.1)[0] and not os.read(self.fd, 1 << 16):
                    break
            except OSError:
                break
        os.waitpid(self.pid, 0)

def keypresses(repl):
    times = []
    for letter in "абвгдежзийклмнопрстуфхцчшщъыьэюя":
        repl.send(letter)
        begin = time.monotonic()
        times.append(repl.until(letter.encode()) - begin)
        repl.drain(0.07)
    return f"{statistics.median(times) * 1000:.0f} ms in the median of {len(times)}, {max(times) * 1000:.0f} ms at most"

def main():
    program, what = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "first-frame"
    if what == "first-frame":
        for _ in range(7):
            repl = Repl(program)
            frame = repl.until("Spud".encode()) - repl.started
            busy = repl.ticks()
            ready = repl.until("ready".encode()) - repl.started
            print(f"first frame {frame:.3f} s ({busy:.2f} s of processor time), ready {ready:.3f} s")
            repl.close()
    elif what == "idle":
        repl = Repl(program)
        repl.until("ready".encode())
        repl.drain(20)  # compiled code settles
        before = repl.ticks()
        repl.drain(10)
        print(f"idle: {(repl.ticks() - before) / 10:.2%} of a core over 10 s")
        repl.close()
    elif what == "keypress":
        repl = Repl(program, ["chat", "--no-save", "--max-tokens", "2000"])
        repl.until("ready".encode())
        repl.drain(5)
        print(f"idle: {keypresses(repl)}")
        repl.send("\x15" + PROMPTS[0])
        repl.drain(1)
        repl.send("\r")
        repl.until(" tokens".encode())
        repl.drain(1)
        print(f"while the model generates: {keypresses(repl)}")
        repl.close()
    elif what == "answer":
        rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 8
        ratios = [], []
        for _ in range(rounds):
            run = run_answer(program)
            repl = Repl(program, ["chat", "--no-save", "--max-tokens", "512"])
            repl.until("ready".encode())
            first = screen_answer(repl, PROMPTS[0])
            repl.send("/clear\r")
            repl.drain(2)
            second = screen_answer(repl, PROMPTS[1])
            repl.close()
            for ratio, answer in zip(ratios, (first, second)):
                ratio.append(answer[0] / run)
            print(f"run {run:.2f} s; on the screen {first[0]:.2f} s ({first[1]:.2f} s of processor time), second {second[0]:.2f} s ({second[1]:.2f} s)", flush=True)
        print("against run, medians:", ", ".join(f"{statistics.median(ratio):.3f} ({min(ratio):.3f} to {max(ratio):.3f})" for ratio in ratios))

def screen_answer(repl, prompt):
    """Types a question, and takes the time from Enter to the end of the answer on the screen, and the processor time of that."""
    for letter in prompt:
        repl.send(letter)
        repl.drain(0.03)
    repl.send("\r")
    begin, before = time.monotonic(), repl.ticks()
    return repl.until("ready".encode()) - begin, repl.ticks() - before

def run_answer(program):
    """By its own clock, which leaves out the start of the process and the loading of the model."""
    run = subprocess.run([program, "run", "--max-tokens", "512", PROMPTS[0]], capture_output=True, text=True)
    prompt, prefill, tokens, decode = map(float, re.search(r"prompt (\d+) tokens at ([\d.]+)/s, generated (\d+) tokens at ([\d.]+)/s", run.stderr).groups())
    return prompt / prefill + tokens / decode

main()
