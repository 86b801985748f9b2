"""Small datasets that real LeRobot releases wrote; README.md says what each is."""

from pathlib import Path

ROOTS = sorted(path.parents[1] for path in Path(__file__).parent.glob("*/meta/info.json"))
