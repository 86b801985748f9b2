"""What happens in the demo agrees with its true labels."""

import numpy as np
import pytest

from labeler.demo import true_labels
from labeler.demo.arm import joint_positions, joints
from labeler.demo.motion import HELD, Placing, lifting
from labeler.demo.recording import CUTOFFS, LENGTH, stories
from labeler.labels import State
from labeler.labels.rewards import success_mask


def test_the_reference_case_has_584_success_frames():
    labels = true_labels()
    assert [labels[episode].cutoff for episode in range(10)] == list(CUTOFFS)
    assert sum(int(success_mask(labels[episode]).sum()) for episode in range(10)) == 584


def test_two_episodes_never_succeed_and_one_succeeds_twice():
    labels = true_labels()
    assert set(labels) == set(range(13))
    assert [labels[episode].state for episode in (10, 11)] == [State.NEVER] * 2
    assert [(r.start, r.end) for r in labels[12].success] == [(38, 62), (78, 100)]


@pytest.mark.parametrize("cutoff", range(30, 60))
def test_a_cube_counts_as_lifted_exactly_from_the_cutoff(cutoff):
    motion = lifting(Placing((0.18, 0.0), 0.1, (0.17, 0.05)), cutoff, LENGTH)
    assert motion.lifted.tolist() == [frame >= cutoff for frame in range(LENGTH)]


@pytest.mark.parametrize("episode", range(13))
def test_a_raised_cube_is_held_by_the_gripper(episode):
    motion = stories()[episode].motion()
    raised = motion.cube[:, 2] > 0.001
    offset = np.linalg.norm(motion.cube - motion.tip, axis=1)
    assert (offset[raised] < 0.012).all()
    assert motion.opening[motion.lifted] == pytest.approx(HELD, abs=0.003)
    assert (motion.cube[:, 2] >= 0).all()
    assert (motion.tip[:, 2] >= 0).all()


@pytest.mark.parametrize("episode", range(13))
def test_joints_move_like_a_robot(episode):
    motion = stories()[episode].motion()
    degrees = joint_positions(motion.tip, motion.opening, motion.yaw)
    assert degrees.shape == (LENGTH, 6)
    assert np.isfinite(degrees).all()
    assert (np.abs(np.diff(degrees[:, :4], axis=0)) < 25).all()
    assert ((degrees[:, 5] >= 0) & (degrees[:, 5] <= 100)).all()


def test_links_of_the_arm_keep_their_length():
    for tip in stories()[0].motion().tip:
        arm = joints(tip)
        assert np.linalg.norm(arm.elbow - arm.shoulder) == pytest.approx(0.116)
        assert np.linalg.norm(arm.wrist - arm.elbow) == pytest.approx(0.135, abs=0.003)
