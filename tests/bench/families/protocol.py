"""Which families a recipe may be chosen on, which it is reported on, and what is measured.

Of a family, each number of a dataset is a task of its own: other colours, places, sizes, shares of
success. A classifier is trained on the first episodes of a dataset, at its defaults, and judged on
other ones, on the pixels that LeRobot's step feeds it on the robot, at its own threshold and at
one half. Whoever changes a recipe looks at the families for choosing as often as he likes, and at
the others once, when the recipe is settled; a figure in README or docs is of the others.

The tasks of `tests.bench.classifier` were tuned on before there was this protocol, so they belong
to the choosing half; the recordings of real robots in `../shared` belong to the reporting half.
"""

from collections.abc import Callable

from tests.bench.classifier.recordings import Episode
from tests.bench.families.changing import changes_colour, changes_shape, counts, opens_and_turns
from tests.bench.families.gripping import is_late, loses_and_regains, touches
from tests.bench.families.placing import (
    is_crowded,
    is_lit,
    is_occluded,
    is_placed,
    is_seen_from_a_moving_camera,
    is_shared_out,
    is_tiny,
)

Make = Callable[[int, int, int], Episode]
"""Number of the dataset, of the episode, and frames -> the episode; the same every time."""

CHOOSING: dict[str, Make] = {
    "position": is_placed,
    "colour": changes_colour,
    "count": counts,
    "gripper-pose": opens_and_turns,
    "lighting": is_lit,
    "distractors": is_crowded,
    "late": is_late,
}
REPORTING: dict[str, Make] = {
    "contact": touches,
    "shape": changes_shape,
    "occlusion": is_occluded,
    "tiny": is_tiny,
    "moving-camera": is_seen_from_a_moving_camera,
    "regained": loses_and_regains,
    "shares": is_shared_out,
}
FAMILIES: dict[str, Make] = {**CHOOSING, **REPORTING}

TRAIN = 10
"""Episodes that are trained on, unless a learning curve is measured; judging begins at `JUDGED`."""
JUDGED = 100
"""Number of the first episode that is judged: none that was ever trained on."""
CURVE = (3, 5, 10, 20, 50)
"""Episodes to train on, of a learning curve."""
