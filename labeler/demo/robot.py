"""The HIL-SERL configuration of the robot with which the sessions were recorded.

As its operator left it some weeks ago: crop, size and threshold are those of an older classifier.
The form is that of LeRobot 0.4 and later (envs/configs.py, HILSerlRobotEnvConfig).
"""

import json

from labeler.demo.recording import FPS

_CAMERAS = {"front": (240, 320), "gripper": (240, 320)}


def robot_config() -> str:
    """The configuration as JSON text."""
    cameras = {
        name: {
            "type": "opencv", "index_or_path": number, "height": height, "width": width, "fps": 30,
        }
        for number, (name, (height, width)) in enumerate(_CAMERAS.items())
    }  # fmt: skip
    env = {
        "type": "gym_manipulator",
        "name": "real_robot",
        "fps": FPS,
        "robot": {
            "type": "so101_follower", "id": "demo", "port": "/dev/ttyACM0", "cameras": cameras,
        },
        "teleop": {"type": "gamepad", "use_gripper": True},
        "processor": {
            "control_mode": "gamepad",
            "image_preprocessing": {
                "crop_params_dict": {"observation.images.gripper": [60, 80, 160, 160]},
                "resize_size": [84, 84],
            },
            "reset": {"reset_time_s": 5.0, "control_time_s": 20.0, "terminate_on_success": True},
            "reward_classifier": {
                "pretrained_path": None, "success_threshold": 0.5, "success_reward": 10.0,
            },
        },
    }  # fmt: skip
    document = {"env": env, "mode": None, "device": "cuda"}
    return json.dumps(document, indent=4) + "\n"
