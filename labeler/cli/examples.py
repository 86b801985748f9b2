"""What `--help` of each command shows as examples."""

ROOT = "~/recordings/pick_lift"
COPY = f"{ROOT}_labeled"

PROGRAM = (f"labeler {ROOT}", f"labeler apply {ROOT}", f"labeler check {COPY}")
"""Of the program itself."""
EXAMPLES = {
    "open": (
        f"labeler {ROOT}",
        f"labeler {ROOT} --labels anna.json",
        f"labeler {ROOT} --labels-from next.success",
    ),
    "demo": ("labeler demo", "labeler demo --headless", "labeler demo --sessions --out sessions"),
    "inspect": (f"labeler inspect {ROOT}", f"labeler inspect {ROOT} --json"),
    "apply": (
        f"labeler apply {ROOT}",
        f"labeler apply {ROOT} --labels cutoffs.json --dry-run",
        f"labeler apply {ROOT} --labels cutoffs.json --unlabeled drop",
    ),
    "merge": (
        "labeler merge sessions/collection.json --out sessions/reward",
        "labeler merge day night --labels day.json --labels - --out reward",
    ),
    "balance": ("labeler balance sessions/collection.json",),
    "split": (
        f"labeler split {ROOT} --state success --out successes",
        f"labeler split {ROOT} --episodes 0-9,12 --out first",
    ),
    "check": ("labeler check pick_lift_labeled --against pick_lift",),
    "export": (
        f"labeler export {COPY} --to cutoffs",
        f"labeler export {ROOT} --out anna.json",
    ),
    "compare": (
        "labeler compare anna.json ben.json",
        f"labeler compare anna.json ben.json {ROOT} --out merged.json",
    ),
    "review": (
        f"labeler review {ROOT} --scores scores.parquet",
        f"labeler review {ROOT} --checkpoint outputs/run --on dask",
        "labeler review rl_run --scores scores.parquet --out rl.json",
    ),
    "audit": (
        f"labeler audit {ROOT} --labels anna.json --episodes 60",
        f"labeler audit {ROOT} --labels anna.json --answers ben.json --headless --out audit.json",
    ),
    "hilserl-config": (
        "labeler hilserl-config env.json --checkpoint outputs/run --out env_rl.json",
    ),
    "preview": (
        f"labeler preview outputs/run {ROOT} --episode 3",
        "labeler preview outputs/run /dev/video0",
    ),
    "doctor": ("labeler doctor", "labeler doctor --hub"),
    "recover": (f"labeler recover {COPY}",),
    "hub": (
        f"labeler hub status {COPY} --repo-id me/pick_lift",
        "labeler hub download me/pick_lift --out pick_lift",
    ),
    "hub status": (f"labeler hub status {COPY} --repo-id me/pick_lift",),
    "hub download": ("labeler hub download me/pick_lift --out pick_lift",),
    "hub push": (f"labeler hub push {COPY} --repo-id me/pick_lift --dry-run",),
}
