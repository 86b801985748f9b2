"""The decision rule of a Labeler classifier, as a step of LeRobot's HIL-SERL on the robot.

This file stands by itself: it needs torch and LeRobot (0.3.3, 0.4.4 or 0.6.1) and nothing of
Labeler. Put it beside your HIL-SERL script, together with `reward_rule.json`, and change two lines.

LeRobot 0.4 and newer, after `make_processors`:

    from reward_rule import use_rule
    use_rule(env_processor, "reward_rule.json", fps=cfg.env.fps)

LeRobot 0.3, after `make_robot_env`:

    from reward_rule import use_rule_in_env
    use_rule_in_env(env, "reward_rule.json", fps=cfg.env.fps)

LeRobot's own step goes on doing everything else: it loads the classifier, pays `success_reward` and
ends the episode if `terminate_on_success` says so. Only the question "is this a success?" is
answered by the rule instead of by one probability above `success_threshold`.
"""

import json
import math

FORMAT = "labeler-reward-rule"
_COMPARE = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


class RewardRule:
    """Success after some frames in a row at or above a threshold, while every gate is open.

    It lasts until the probability falls below `release`, or a gate closes.
    """

    def __init__(self, threshold, hold_frames=1, release=None, gates=()):
        self.threshold = threshold
        self.hold_frames = hold_frames
        self.release = threshold if release is None else release
        self.gates = tuple(gates)  # (column, number of the entry or None, comparison, bound)
        self.reset()

    @classmethod
    def read(cls, path, fps):
        """The rule of a file that Labeler wrote; `fps` is that of the robot's environment."""
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
        if values.get("format") != FORMAT or values.get("version") != 1:
            raise ValueError(f"{path} holds no rule that this file understands")
        gates = [(g["column"], g["index"], g["comparison"], g["bound"]) for g in values["gates"]]
        hold = max(1, round(values["hold"] * fps))
        return cls(values["threshold"], hold, values["release"], gates)

    def reset(self):
        """Begin an episode."""
        self._frames = 0
        self._success = False

    def decide(self, probability, observation=None):
        """Whether this frame is a success; call once for each frame, in order."""
        open_now = all(self._is_open(gate, observation) for gate in self.gates)
        high = open_now and probability >= self.threshold
        self._frames = self._frames + 1 if high else 0
        stays = open_now and probability >= self.release
        self._success = stays and (self._success or self._frames >= self.hold_frames)
        return self._success

    @staticmethod
    def _is_open(gate, observation):
        column, index, comparison, bound = gate
        if observation is None or column not in observation:
            raise KeyError(f"the rule compares {column}, which the robot's observation lacks")
        values = observation[column]
        value = float(values.reshape(-1)[0 if index is None else index])
        return not math.isnan(value) and _COMPARE[comparison](value, bound)


class RuledClassifier:
    """LeRobot's classifier with the rule in the place of its threshold."""

    def __init__(self, classifier, rule):
        classifier = getattr(classifier, "_orig_mod", classifier)  # torch.compile in 0.3
        if classifier.config.num_classes != 2:
            raise ValueError("a rule needs a classifier of two classes")
        self.classifier = classifier
        self.rule = rule
        self.observation = None

    def __getattr__(self, name):
        return getattr(self.classifier, name)

    def predict_reward(self, batch, threshold=None):
        """1.0 or 0.0, float32 (1,), for one frame; `threshold` is the rule's own."""
        import torch

        probability = float(self.probability(batch))
        decided = self.rule.decide(probability, self.observation)
        return torch.tensor([float(decided)])

    def probability(self, batch):
        """The classifier's probability of success for one frame."""
        found = self.classifier
        if hasattr(found, "normalize_inputs"):  # LeRobot 0.3 normalises in the model
            batch = found.normalize_inputs(batch)
        keys = [key for key in found.config.input_features if key.startswith("observation.image")]
        return found.predict([batch[key] for key in keys]).probabilities.reshape(-1)[0]


def use_rule(env_processor, path, fps):
    """Put a rule into the pipeline that LeRobot's `make_processors` made (0.4 and newer)."""
    from lerobot.processor.hil_processor import RewardClassifierProcessorStep

    for number, step in enumerate(env_processor.steps):
        if isinstance(step, RewardClassifierProcessorStep) and step.reward_classifier is not None:
            ruled = RuledClassifier(step.reward_classifier, RewardRule.read(path, fps))
            steps = list(env_processor.steps)
            steps[number] = _ruled_step(step, ruled)
            env_processor.steps = steps
            return env_processor
    raise ValueError("the pipeline has no reward classifier; set env.processor.reward_classifier")


def _ruled_step(step, ruled):
    """A step like `step` that shows the observation to the rule and is reset with the episode."""
    kind = type(step)

    class RewardRuleProcessorStep(kind):
        def __call__(self, transition):
            observation = [value for key, value in transition.items() if _is_observation(key)]
            ruled.observation = observation[0] if observation else None
            return super().__call__(transition)

        def reset(self):
            ruled.rule.reset()
            super().reset()

    step.reward_classifier = ruled
    step.__class__ = RewardRuleProcessorStep
    return step


def _is_observation(key):
    return getattr(key, "value", key) == "observation"


def use_rule_in_env(env, path, fps):
    """Put a rule into the environment that LeRobot 0.3's `make_robot_env` made."""
    from lerobot.scripts.rl.gym_manipulator import RewardWrapper

    wrapper = env
    while not isinstance(wrapper, RewardWrapper):
        if not hasattr(wrapper, "env"):
            raise ValueError("the environment has no reward classifier; set it in its wrapper")
        wrapper = wrapper.env
    ruled = RuledClassifier(wrapper.reward_classifier, RewardRule.read(path, fps))
    wrapper.reward_classifier = ruled
    wrapper.env = _Watched(wrapper.env, ruled)
    return env


class _Watched:
    """An environment that shows what it observes to the rule, and resets that with itself."""

    def __init__(self, env, ruled):
        self.env = env
        self._ruled = ruled

    def __getattr__(self, name):
        return getattr(self.env, name)

    def step(self, action):
        found = self.env.step(action)
        self._ruled.observation = found[0]
        return found

    def reset(self, **options):
        self._ruled.rule.reset()
        return self.env.reset(**options)
