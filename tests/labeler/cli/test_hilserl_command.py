"""A checkpoint goes into a HIL-SERL configuration; what does not go with it is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from labeler.hilserl import read_checkpoint
from labeler.resource import resource
from tests.snapshot import snapshot

GRIPPER, SIDE = "observation.images.gripper", "observation.images.side"
CROP = [10, 20, 400, 410]


def checkpoint(folder: Path, dialect: str = "lerobot-0.6", **changes: Any) -> Path:
    """The JSON files of a checkpoint of ours."""
    folder.mkdir(parents=True)
    config = {"type": "reward_classifier", "input_features": {}}
    (folder / "config.json").write_text(json.dumps(config))
    camera = {"key": GRIPPER, "height": 128, "width": 128, "crop": CROP}
    contract = {
        "version": 1,
        "dialect": dialect,
        "cameras": [camera],
        "normalized": False,
        "encoder": {"name": "random", "sha256": "0" * 64},
        "threshold": 0.83,
    }
    (folder / "labeler.json").write_text(json.dumps(contract | changes))
    return folder


def robot(**pictures: Any) -> dict[str, Any]:
    """A configuration of LeRobot 0.4 or later, as its users have it."""
    camera = {"type": "opencv", "height": 480, "width": 640, "fps": 30}
    return {
        "env": {
            "type": "gym_manipulator",
            "name": "real_robot",
            "robot": {"type": "so101_follower", "cameras": {"gripper": camera, "side": camera}},
            "processor": {
                "control_mode": "leader",
                "image_preprocessing": pictures or None,
                "reward_classifier": None,
            },
            "fps": 10,
        },
        "mode": "record",
        "device": "cpu",
    }


def write(path: Path, values: object) -> Path:
    path.write_text(json.dumps(values, indent=2))
    return path


def test_a_checkpoint_is_filled_in_and_the_rest_stays(run, tmp_path) -> None:
    place, config = checkpoint(tmp_path / "c"), write(tmp_path / "env.json", robot())
    done = run("hilserl-config", config, "--checkpoint", place, "--out", tmp_path / "new.json")
    assert done.exit_code == 0, done.output
    assert "Note:" not in done.stderr
    text = (tmp_path / "new.json").read_text()
    expected = robot(crop_params_dict={GRIPPER: CROP}, resize_size=[128, 128])
    expected["env"]["processor"]["reward_classifier"] = {
        "pretrained_path": str(place), "success_threshold": 0.83, "success_reward": 1.0,
    }  # fmt: skip
    assert json.loads(text) == expected
    assert text.startswith('{\n  "env"')
    assert json.loads(config.read_text()) == robot()


def test_a_checkpoint_whose_encoder_lerobot_cannot_load_is_for_no_robot(run, tmp_path) -> None:
    encoder = {"name": "/models/lite0", "sha256": "0" * 64, "in_lerobot": False}
    place = checkpoint(tmp_path / "c", encoder=encoder)
    config = write(tmp_path / "env.json", robot())
    done = run("hilserl-config", config, "--checkpoint", place, "--out", tmp_path / "new.json")
    assert done.exit_code == 2
    assert "an encoder that LeRobot's classifier cannot load (/models/lite0)" in done.stderr
    assert not (tmp_path / "new.json").exists()


@pytest.mark.parametrize(
    ("dialect", "line"),
    [
        ("lerobot-0.6", 'use_rule(env_processor, "reward_rule.json", fps=cfg.env.fps)'),
        ("lerobot-0.3", 'use_rule_in_env(env, "reward_rule.json", fps=cfg.env.fps)'),
    ],
)
def test_where_the_rule_goes_is_said(dialect: str, line: str, run, tmp_path) -> None:
    rule = {"threshold": 0.7, "hold": 0.3, "gates": []}
    place = checkpoint(tmp_path / "c", dialect, rule=rule)
    values = robot()
    if dialect == "lerobot-0.3":
        del values["env"]["processor"]
        values["env"]["wrapper"] = {"control_mode": "leader"}
    config = write(tmp_path / "env.json", values)
    said = " ".join(run("hilserl-config", config, "--checkpoint", place).stderr.split())
    assert "decides by a rule, not by success_threshold: probability ≥ 0.7, for 0.3 s." in said
    assert f"`labeler-train export {place} --with-step --out DIR`" in said
    step = resource("robot/reward_rule.py").read_text(encoding="utf-8")
    (place / "reward_rule.py").write_text(step)
    said = " ".join(run("hilserl-config", config, "--checkpoint", place).stderr.split())
    assert "--with-step" not in said
    assert line in said
    assert f"    {line}" in step  # as the file itself shows it


def test_of_more_than_two_classes_the_threshold_has_no_say(run, tmp_path) -> None:
    place = checkpoint(tmp_path / "c")
    config = json.loads((place / "config.json").read_text())
    write(place / "config.json", config | {"num_classes": 3})
    done = run("hilserl-config", write(tmp_path / "env.json", robot()), "--checkpoint", place)
    assert done.exit_code == 0 and "whose likeliest class is 1" in " ".join(done.stderr.split())


def test_again_there_is_nothing_to_say(run, tmp_path) -> None:
    place, config = checkpoint(tmp_path / "c"), write(tmp_path / "env.json", robot())
    for _ in range(2):
        done = run("hilserl-config", config, "--checkpoint", place, "--in-place")
        assert (done.exit_code, "Note:" in done.stderr) == (0, False), done.output
    printed = run("hilserl-config", config, "--checkpoint", place)
    assert printed.stdout == config.read_text()
    assert list(tmp_path.glob(".*")) == []


def test_what_others_need_is_kept(run, tmp_path) -> None:
    config = robot(crop_params_dict={SIDE: [0, 0, 5, 5]}, resize_size=[128, 128])
    config["env"]["processor"]["reward_classifier"] = {"success_reward": 10.0}
    place = checkpoint(tmp_path / "c")
    done = run("hilserl-config", write(tmp_path / "e.json", config), "--checkpoint", place,
               "--pretrained-path", "/home/robot/c")  # fmt: skip
    processor = json.loads(done.stdout)["env"]["processor"]
    crops = {SIDE: [0, 0, 5, 5], GRIPPER: CROP}
    assert processor["image_preprocessing"]["crop_params_dict"] == crops
    assert processor["reward_classifier"]["success_reward"] == 10.0
    assert processor["reward_classifier"]["pretrained_path"] == "/home/robot/c"


def other_crop(config: dict[str, Any]) -> None:
    pictures = {"crop_params_dict": {GRIPPER: [0, 0, 480, 640]}}
    config["env"]["processor"]["image_preprocessing"] = pictures


def other_size(config: dict[str, Any]) -> None:
    config["env"]["processor"]["image_preprocessing"] = {"resize_size": [84, 84]}


def other_threshold(config: dict[str, Any]) -> None:
    config["env"]["processor"]["reward_classifier"] = {"success_threshold": 0.5}


def other_camera(config: dict[str, Any]) -> None:
    config["env"]["robot"]["cameras"]["wrist"] = config["env"]["robot"]["cameras"].pop("gripper")


def small_camera(config: dict[str, Any]) -> None:
    config["env"]["robot"]["cameras"]["gripper"] = {"height": 240, "width": 320}


def policy_of_bytes(config: dict[str, Any]) -> None:
    statistics = {"mean": [[[120.0]]], "std": [[[60.0]]], "count": [5000]}
    config["policy"] = {"dataset_stats": {GRIPPER: statistics}}


def policy_of_another_size(config: dict[str, Any]) -> None:
    config["policy"] = {"input_features": {GRIPPER: {"type": "VISUAL", "shape": [3, 84, 84]}}}


def simulation(config: dict[str, Any]) -> None:
    config["env"]["name"] = "gym_hil"


MISMATCHES = [
    (other_crop, "The crop of observation.images.gripper was [0, 0, 480, 640]"),
    (other_size, "resize_size was [84, 84]; the classifier was trained with [128, 128]"),
    (other_threshold, "success_threshold was 0.5; the one chosen on held-out episodes is 0.83"),
    (other_camera, "wants observation.images.gripper; the robot has observation.images.side, obs"),
    (small_camera, "records with 240 x 320 pixels"),
    (policy_of_bytes, "go up to 120: pixels in [0, 255]"),
    (policy_of_another_size, "the shape [3, 84, 84]; its images are [3, 128, 128]"),
    (simulation, "neither prepares images nor predicts"),
]


@pytest.mark.parametrize(("change", "sentence"), MISMATCHES)
def test_each_mismatch_is_said(run, tmp_path, change, sentence) -> None:
    config = robot()
    change(config)
    place, path = checkpoint(tmp_path / "c"), write(tmp_path / "env.json", config)
    done = run("hilserl-config", path, "--checkpoint", place, "--in-place")
    assert done.exit_code == 0, done.output
    assert sentence in done.stderr
    assert done.stderr.count("Note:") == 1


def test_a_classifier_of_whole_pictures_takes_the_crop_away(run, tmp_path) -> None:
    config = robot(crop_params_dict={GRIPPER: CROP})
    camera = {"key": GRIPPER, "height": 128, "width": 128, "crop": None}
    place = checkpoint(tmp_path / "c", cameras=[camera])
    done = run("hilserl-config", write(tmp_path / "e.json", config), "--checkpoint", place)
    assert json.loads(done.stdout)["env"]["processor"]["image_preprocessing"] == {
        "crop_params_dict": None, "resize_size": [128, 128],
    }  # fmt: skip
    assert "trained on whole images" in done.stderr


def test_a_configuration_of_lerobot_03(run, tmp_path) -> None:
    """Its step resizes only cameras with a crop, and its threshold is fixed."""
    camera = {"key": SIDE, "height": 128, "width": 128, "crop": None}
    place = checkpoint(tmp_path / "c", "lerobot-0.3", cameras=[camera])
    config = robot()
    del config["env"]["processor"]
    config["env"]["wrapper"] = {"control_mode": "leader"}
    done = run("hilserl-config", write(tmp_path / "e.json", config), "--checkpoint", place)
    env = json.loads(done.stdout)["env"]
    assert env["reward_classifier_pretrained_path"] == str(place)
    assert env["wrapper"] == {
        "control_mode": "leader",
        "crop_params_dict": {SIDE: [0, 0, 480, 640]},
        "resize_size": [128, 128],
    }
    assert "always uses a threshold of 0.7" in done.stderr
    del config["env"]["robot"]
    done = run("hilserl-config", write(tmp_path / "e.json", config), "--checkpoint", place)
    assert "add [0, 0, HEIGHT, WIDTH]" in done.stderr
    known = checkpoint(tmp_path / "d", "lerobot-0.3", **recorded(height=96, width=160))
    for _ in range(2):  # the second time it is filled in already, and nothing is said of a crop
        done = run("hilserl-config", tmp_path / "e.json", "--checkpoint", known)
        filled = json.loads(done.stdout)
        assert filled["env"]["wrapper"]["crop_params_dict"] == {GRIPPER: [0, 0, 96, 160]}
        assert "crop" not in done.stderr
        write(tmp_path / "e.json", filled)


@pytest.mark.parametrize(
    ("dialect", "section", "way"),
    [("lerobot-0.3", "processor", "lerobot-0.6"), ("lerobot-0.6", "wrapper", "lerobot-0.3")],
)
def test_a_checkpoint_of_another_generation_is_refused(
    run, tmp_path, dialect, section, way
) -> None:
    config = write(tmp_path / "e.json", {"env": {section: {}}})
    refused = run("hilserl-config", config, "--checkpoint", checkpoint(tmp_path / "c", dialect))
    assert refused.exit_code == 2
    assert f"--export-for {way}" in refused.stderr


def test_a_checkpoint_of_lerobot_names_no_threshold_and_no_crop(run, tmp_path) -> None:
    place = tmp_path / "c"
    place.mkdir()
    features = {GRIPPER: {"type": "VISUAL", "shape": [3, 128, 128]}}
    values = {"type": "reward_classifier", "input_features": features,
              "normalization_mapping": {"VISUAL": "MEAN_STD"}}  # fmt: skip
    write(place / "config.json", values)
    write(place / "classifier_preprocessor.json", {})
    config = robot(crop_params_dict={GRIPPER: [1, 1, 9, 9]})
    done = run("hilserl-config", write(tmp_path / "e.json", config), "--checkpoint", place)
    processor = json.loads(done.stdout)["env"]["processor"]
    assert processor["image_preprocessing"]["crop_params_dict"] == {GRIPPER: [1, 1, 9, 9]}
    assert processor["reward_classifier"]["success_threshold"] == 0.5
    for part in ("normalised pixels", "does not say how its images were cut", "no threshold"):
        assert part in done.stderr


REFUSED = [
    ("{}", "has no `env`"),
    ('{"env": null}', "has no `env`"),
    ("[1]", "does not hold a JSON object"),
    ('{"env": {}, "env": {}}', "appears twice"),
    ("{", "not valid JSON"),
    ("\udcff", "not UTF-8"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_what_is_no_configuration_is_refused(run, tmp_path, text, sentence) -> None:
    (tmp_path / "e.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    place = checkpoint(tmp_path / "c")
    refused = run("hilserl-config", tmp_path / "e.json", "--checkpoint", place, "--in-place")
    assert refused.exit_code == 2
    assert sentence in refused.stderr


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("config.json", "", "not valid JSON"),
        ("config.json", '{"type": "act"}', "which is not a reward classifier"),
        ("labeler.json", '{"version": 2}', "Update Labeler"),
        ("labeler.json", '{"version": 1, "cameras": [{}]}', "is damaged"),
        ("labeler.json", '{"version": 1, "cameras": 3}', "is damaged"),
    ],
)
def test_a_damaged_checkpoint_is_named(run, tmp_path, file, text, sentence) -> None:
    place, config = checkpoint(tmp_path / "c"), write(tmp_path / "e.json", robot())
    (place / file).write_text(text)
    refused = run("hilserl-config", config, "--checkpoint", place)
    assert refused.exit_code == 2
    assert sentence in refused.stderr


def test_cameras_of_several_sizes_cannot_be_said(run, tmp_path) -> None:
    cameras = [
        {"key": GRIPPER, "height": 128, "width": 128},
        {"key": SIDE, "height": 64, "width": 64},
    ]
    place, config = checkpoint(tmp_path / "c", cameras=cameras), write(tmp_path / "e.json", robot())
    refused = run("hilserl-config", config, "--checkpoint", place)
    assert refused.exit_code == 2
    assert "64 x 64, 128 x 128" in refused.stderr


def test_nothing_is_written_where_it_must_not_be(run, recording, tmp_path) -> None:
    place, config = checkpoint(tmp_path / "c"), write(tmp_path / "e.json", robot())
    link = tmp_path / "link.json"
    link.symlink_to(config)
    before, root = config.read_bytes(), recording()
    source = snapshot(root)
    for arguments in (
        [config, "--out", config],
        [link, "--in-place"],
        [config, "--out", root / "meta" / "env.json"],
        [config, "--out", tmp_path],
    ):
        refused = run("hilserl-config", *arguments, "--checkpoint", place)
        assert refused.exit_code == 5, refused.output
    both = run("hilserl-config", config, "--checkpoint", place, "--out", "x", "--in-place")
    assert both.exit_code == 2
    assert config.read_bytes() == before
    assert snapshot(root) == source


def test_the_parent_of_the_folder_will_do(tmp_path) -> None:
    inner = checkpoint(tmp_path / "c" / "pretrained_model")
    assert read_checkpoint(tmp_path / "c").folder == inner


def recorded(**more: Any) -> dict[str, Any]:
    """A checkpoint's camera with what its recorded images were like."""
    seen = {"height": 128, "width": 128, **more}
    camera = {"key": GRIPPER, "height": 128, "width": 128, "crop": None, "recorded": seen}
    return {"cameras": [camera]}


def test_the_crop_of_lerobots_crop_tool_stays_on_the_robot(run, tmp_path) -> None:
    cut = [0, 80, 480, 480]
    place = checkpoint(tmp_path / "c", **recorded(cut_before=cut))
    config = robot(crop_params_dict={GRIPPER: cut}, resize_size=[128, 128])
    done = run("hilserl-config", write(tmp_path / "env.json", config), "--checkpoint", place)
    assert done.exit_code == 0 and "Note" not in done.stderr
    pictures = json.loads(done.stdout)["env"]["processor"]["image_preprocessing"]
    assert pictures["crop_params_dict"] == {GRIPPER: cut}


def test_a_crop_inside_that_of_the_crop_tool_is_that_of_the_robot(run, tmp_path) -> None:
    values = recorded(cut_before=[0, 80, 480, 480])
    values["cameras"][0]["crop"] = [32, 16, 64, 96]  # of 128 rows and columns, 3.75 pixels each
    place = checkpoint(tmp_path / "c", **values)
    done = run("hilserl-config", write(tmp_path / "env.json", robot()), "--checkpoint", place)
    pictures = json.loads(done.stdout)["env"]["processor"]["image_preprocessing"]
    assert pictures["crop_params_dict"] == {GRIPPER: [120, 140, 240, 360]}


def test_images_of_another_size_than_the_robots_are_noticed(run, tmp_path) -> None:
    place = checkpoint(tmp_path / "c", **recorded())
    done = run("hilserl-config", write(tmp_path / "env.json", robot()), "--checkpoint", place)
    assert "are 480 x 640, those that the classifier was trained on 128 x 128" in done.stderr
    alike = checkpoint(tmp_path / "d", **recorded(height=480, width=640))
    done = run("hilserl-config", tmp_path / "env.json", "--checkpoint", alike)
    assert "Note:" not in done.stderr
