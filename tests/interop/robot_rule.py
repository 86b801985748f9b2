"""Jobs for LeRobot's environments: the rule's step inside LeRobot's own HIL-SERL processing."""

import importlib.util
import time
from types import SimpleNamespace

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


def wrapper_of(checkpoint, images, states):
    """The environment's wrapper of LeRobot 0.3, which has no pipeline, around recorded frames."""
    import gymnasium
    from judge import classes
    from lerobot.scripts.rl.gym_manipulator import RewardWrapper

    class Recorded(gymnasium.Env):
        row = -1

        def step(self, action):
            self.row = (self.row + 1) % len(images)
            image = images[self.row].float() / 255
            return {CAMERA: image, STATE: states[self.row]}, 0.0, False, False, {}

        def reset(self, **options):
            return {}, {}

    model = classes()[0].from_pretrained(checkpoint).eval()
    return RewardWrapper(Recorded(), model, device="cpu")


def in_wrapper(env, lengths):
    """Reward and end for each frame of episodes."""
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
        env = wrapper_of(checkpoint, images, states)
        return in_wrapper(module.use_rule_in_env(env, rule, fps), lengths)
    told, row = [], 0
    for length in lengths:
        processor.reset()
        for _ in range(length):
            told.append(list(through_pipeline(processor, observed(images, states, row))))
            row += 1
    return told


def time_of_rule(checkpoint, frames, step, rule, fps, rounds):
    """Seconds of a frame, and of the network in it: [whole, network] without the rule and with it.

    Both take the same frames in turn, and each is first half of the time. The network's time is
    told apart since it is the same in both, and its noise hides what a few lines of Python take.
    """
    tensors, module = load_file(frames), module_of(step)
    images, states = tensors[CAMERA], tensors[STATE]
    runs, told = timed_runs(checkpoint, images, states, module, rule, fps), ([], [])
    for number in range(rounds):
        for place in (0, 1) if number % 2 else (1, 0):
            run, network = runs[place]
            network.clear()
            begun = time.perf_counter()
            run(number % len(images))
            told[place].append([time.perf_counter() - begun, sum(network)])
    return told


def timed_runs(checkpoint, images, states, module, rule, fps):
    """LeRobot's own processing and the one with the rule: each a frame's function, and its list.

    The list receives the seconds of the network.
    """
    try:
        plain = mended(processor_of(checkpoint, fps))
        ruled = module.use_rule(processor_of(checkpoint, fps), rule, fps)
        frames = [observed(images, states, row) for row in range(len(images))]
        return [
            (lambda row, kept=kept: through_pipeline(kept, frames[row]), timed_network(found))
            for kept in (plain, ruled)
            for found in [classifier_of(kept.steps)]
        ]
    except ImportError:
        plain, ruled = (wrapper_of(checkpoint, images, states) for _ in range(2))
        inside = [timed_network(env.reward_classifier._orig_mod) for env in (plain, ruled)]
        module.use_rule_in_env(ruled, rule, fps)
        steps = [lambda row, env=env: env.step(None) for env in (plain, ruled)]
        return list(zip(steps, inside, strict=True))


def mended(processor):
    """A pipeline whose classifier answers: in LeRobot 0.4 its normalisation is gone, but called."""
    found = classifier_of(processor.steps)
    if not hasattr(found, "normalize_inputs"):
        found.normalize_inputs = found.normalize_targets = lambda batch: batch
    return processor


def classifier_of(steps):
    """LeRobot's classifier in a pipeline, with the rule around it or without."""
    found = next(one.reward_classifier for one in steps if hasattr(one, "reward_classifier"))
    return getattr(found, "classifier", found)


def timed_network(classifier):
    """The seconds of every later call of the classifier's network go into this list."""
    seconds, predict = [], classifier.predict

    def timed(images):
        begun = time.perf_counter()
        try:
            return predict(images)
        finally:
            seconds.append(time.perf_counter() - begun)

    classifier.predict = timed
    return seconds
