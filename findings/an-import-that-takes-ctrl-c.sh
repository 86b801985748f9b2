#!/usr/bin/env bash
# What:     a program imports dask_jobqueue, nothing more, and is interrupted while it works (SIGINT,
#           which is what Ctrl-C sends).
# Versions: dask-jobqueue 0.9.0, distributed 2026.8.0.
# Expected: an import changes no handler of signals: KeyboardInterrupt, a traceback, and exit code
#           -2 (130 in a shell), as without the import.
# Seen:     the program ends with exit code 0 and says nothing, as if it had finished: whoever goes
#           on with `&&` goes on with half of the work. A module that every import of the package
#           brings along (runner) sets the handler to sys.exit() when it is imported. `except
#           KeyboardInterrupt` catches nothing any more, and a handler that was set before is gone.
#           In a thread other than the main one, the same import raises ValueError.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment dask-jobqueue==0.9.0 distributed==2026.8.0 dask==2026.8.0

cd "$work"
quiet_python <<'PY'
import signal
import subprocess
import sys

WORK = """
import sys, threading, time
{extra}
try:
    print("works", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("interrupted: half of the work is done")
    raise
print("the other half")
"""
THREAD = """
import threading
def load():
    try:
        import dask_jobqueue
    except ValueError as error:
        print("ValueError:", error)
thread = threading.Thread(target=load)
thread.start()
thread.join()
"""


def interrupted(extra: str) -> tuple[int, list[str]]:
    program = subprocess.Popen(
        [sys.executable, "-c", WORK.format(extra=extra)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    first = program.stdout.readline()
    program.send_signal(signal.SIGINT)
    rest = program.stdout.read()
    return program.wait(), (first + rest).splitlines()


alone, imported = interrupted(""), interrupted("import dask_jobqueue")
print(f"without the import: {alone}")
print(f"with it:            {imported}")
assert alone == (-signal.SIGINT, ["works", "interrupted: half of the work is done"])
assert imported == (0, ["works"])
said = subprocess.run([sys.executable, "-c", THREAD], capture_output=True, text=True).stdout
print(f"in a thread:        {said.strip()}")
assert said.startswith("ValueError: signal only works in main thread")
PY
