"""Jobs for LeRobot's environments: the rule's step inside LeRobot's own HIL-SERL processing."""

import importlib.util
import time
from types import SimpleNamespace

import torch
from safetensors.torch import load_file

CAMERA, STATE = "observation.images.gripper", "observation.state"


def module_of(step):
    """The self-contained file, imported from where it lies."""
    found = importlib.util.spec_from_file_location("reward_rule", step)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def processor_of(checkpoint, fps):
    """What `make_processors` of LeRobot (0.4 and newer) makes for a robot that nobody steers."""
    from lerobot.envs.configs import (
        HILSerlProcessorConfig,
        HILSerlRobotEnvConfig,
        RewardClassifierConfig,
    )
    from lerobot.rl.gym_manipulator import make_processors

    classifier = RewardClassifierConfig(pretrained_path=checkpoint, success_reward=10.0)
    settings = HILSerlRobotEnvConfig(
        fps=fps, processor=HILSerlProcessorConfig(reward_classifier=classifier)
    )
    env = SimpleNamespace(robot=SimpleNamespace(bus=SimpleNamespace(motors={})))
    nobody = SimpleNamespace(get_teleop_events=dict)
    return make_processors(env, nobody, settings, "cpu")[0]


def observed(images, states, row):
    """A frame as LeRobot's robot environment gives it."""
    name = CAMERA.rpartition(".")[2]
    return {
        "pixels": {name: images[row].permute(1, 2, 0).numpy()},
        "agent_pos": states[row].numpy(),
    }


def through_pipeline(processor, observation):
    """Reward and end that the pipeline gives for one frame."""
    from lerobot.processor import TransitionKey, create_transition

    transition = processor(create_transition(observation=observation))
    reward, done = transition[TransitionKey.REWARD], transition[TransitionKey.DONE]
    return float(reward), bool(done)


def in_wrapper(checkpoint, images, states, lengths, install):
    """The same with the environment's wrapper of LeRobot 0.3, which has no pipeline."""
    import gymnasium
    from judge import classes
    from lerobot.scripts.rl.gym_manipulator import RewardWrapper

    class Recorded(gymnasium.Env):
        row = -1

        def step(self, action):
            self.row += 1
            image = images[self.row].float() / 255
            return {CAMERA: image, STATE: states[self.row]}, 0.0, False, False, {}

        def reset(self, **options):
            return {}, {}

    model = classes()[0].from_pretrained(checkpoint).eval()
    env = install(RewardWrapper(Recorded(), model, device="cpu"))
    told = []
    for length in lengths:
        env.reset()
        told += [env.step(None)[1:3] for _ in range(length)]
    return [[float(reward), bool(done)] for reward, done in told]


def decide_by_rule(checkpoint, frames, lengths, step, rule, fps):
    """Reward and end for each frame of episodes: uint8 images and states, one after the other."""
    tensors, module = load_file(frames), module_of(step)
    images, states = tensors[CAMERA], tensors[STATE]
    try:
        processor = module.use_rule(processor_of(checkpoint, fps), rule, fps)
    except ImportError:
        install = lambda env: module.use_rule_in_env(env, rule, fps)  # noqa: E731
        return in_wrapper(checkpoint, images, states, lengths, install)
    told, row = [], 0
    for length in lengths:
        processor.reset()
        for _ in range(length):
            told.append(list(through_pipeline(processor, observed(images, states, row))))
            row += 1
    return told


def time_of_rule(checkpoint, frames, step, rule, fps, rounds):
    """Seconds of the classifier's step without the rule and with it, frame by frame in turn."""
    tensors, module = load_file(frames), module_of(step)
    images, states = tensors[CAMERA], tensors[STATE]
    plain = processor_of(checkpoint, fps)
    ruled = module.use_rule(processor_of(checkpoint, fps), rule, fps)
    taken = ([], [])
    with torch.inference_mode():
        for number in range(rounds):
            observation = observed(images, states, number % len(images))
            for processor, times in ((plain, taken[0]), (ruled, taken[1])):
                begun = time.perf_counter()
                through_pipeline(processor, observation)
                times.append(time.perf_counter() - begun)
    return taken
