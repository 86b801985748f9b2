"""Run by a LeRobot environment: do one job per line of standard input, answer with one line.

Importing LeRobot takes many seconds, so a test run keeps one such process per release. A job is
`{"do": name, ...arguments}`, an answer `{"result": ...}` or `{"error": type, "message": text}`.
"""

import json
import os
import runpy
import sys
import traceback
import warnings
from pathlib import Path

import edit_copy
import judge
import older_format
import read_copy
import robot_rule
import scan
import write_recording


def run_script(script, arguments, output):
    """Run a program in a fork that has LeRobot imported already; its exit code and its output."""
    import lerobot.datasets.lerobot_dataset  # noqa: F401

    child = os.fork()
    if child == 0:
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        sys.argv = [script, *arguments]
        try:
            runpy.run_path(script, run_name="__main__")
        finally:
            os._exit(70)  # reached only if the program does not end itself
    _, status = os.waitpid(child, 0)
    return {"exit": os.waitstatus_to_exitcode(status), "output": Path(output).read_text()}


JOBS = {
    "read": read_copy.read,
    "scan": scan.scan,
    "write": write_recording.write,
    "record_more": edit_copy.record_more,
    "delete_episodes": edit_copy.delete_episodes,
    "merge": edit_copy.merge,
    "crop": edit_copy.crop,
    "crop_and_close": edit_copy.crop_and_close,
    "to_v20": older_format.to_v20,
    "run_script": run_script,
    "judge": judge.judge,
    "judge_recorded": judge.judge_recorded,
    "reward": judge.reward,
    "save_own": judge.save_own,
    "features": judge.features,
    "fields": judge.fields,
    "decide_by_rule": robot_rule.decide_by_rule,
    "time_of_rule": robot_rule.time_of_rule,
}


def answer(job):
    """Do one job; LeRobot may fail in any way, and the test wants to know how."""
    try:
        return {"result": JOBS[job.pop("do")](**job)}
    except (Exception, SystemExit) as error:  # noqa: BLE001
        traceback.print_exc()
        return {"error": type(error).__name__, "message": str(error)}


def main():
    """Serve until standard input ends; whatever libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.filterwarnings("ignore")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
