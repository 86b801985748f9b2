"""Jobs for LeRobot's environments: its reward classifier loads, judges and writes checkpoints."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

torch.set_num_threads(1)
PICTURES = "observation.image"


def classes():
    """Classifier, its configuration, and the function that makes processors (none in 0.3)."""
    try:
        from lerobot.rewards.classifier.configuration_classifier import RewardClassifierConfig
        from lerobot.rewards.classifier.modeling_classifier import Classifier
        from lerobot.rewards.classifier.processor_classifier import make_classifier_processor
    except ImportError:
        from lerobot.policies.sac.reward_model.configuration_classifier import (
            RewardClassifierConfig,
        )
        from lerobot.policies.sac.reward_model.modeling_classifier import Classifier

        try:
            from lerobot.policies.sac.reward_model.processor_classifier import (
                make_classifier_processor,
            )
        except ImportError:
            make_classifier_processor = None
    return Classifier, RewardClassifierConfig, make_classifier_processor


def probabilities(model, batch):
    """What `predict_reward` compares with its threshold."""
    if hasattr(model, "normalize_inputs"):
        batch = model.normalize_inputs(batch)
    images = [batch[key] for key in model.config.input_features if key.startswith(PICTURES)]
    with torch.inference_mode():
        return model.predict(images).probabilities.tolist()


def judge(checkpoint, pictures):
    """Load a checkpoint strictly and judge pictures in [0, 1], stored as one tensor per camera."""
    model = classes()[0].from_pretrained(checkpoint, strict=True)
    return probabilities(model.eval(), load_file(pictures))


def reward(checkpoint, pictures, threshold, mended):
    """What the step on the robot gives for one picture; without such a step, `predict_reward`.

    `mended` undoes the defect of 0.4.0 to 0.5.1, whose `predict_reward` normalises with what the
    model no longer has.
    """
    batch = load_file(pictures)
    try:
        from lerobot.processor.hil_processor import RewardClassifierProcessorStep
    except ImportError:
        model = classes()[0].from_pretrained(checkpoint).eval()
        return model.predict_reward(batch, threshold=threshold).tolist()[0]
    from lerobot.processor import TransitionKey

    step = RewardClassifierProcessorStep(
        pretrained_path=checkpoint, success_threshold=threshold, success_reward=1.0
    )
    if mended:
        step.reward_classifier.normalize_inputs = lambda batch: batch
        step.reward_classifier.normalize_targets = lambda batch: batch
    transition = step({TransitionKey.OBSERVATION: batch, TransitionKey.REWARD: 0.0})
    return float(transition[TransitionKey.REWARD])


def judge_recorded(checkpoint, raw, environment):
    """Judge recorded pictures (uint8) as the HIL-SERL configuration of the README makes LeRobot do.

    0.3 has its image step inside the simulator's wrapper; it is the same two functions.
    """
    processor = environment["env"].get("processor", environment["env"])
    pictures = processor.get("image_preprocessing") or processor["wrapper"]
    crops, size = pictures["crop_params_dict"], pictures["resize_size"]
    batch = {key: image.float() / 255 for key, image in load_file(raw).items()}
    try:
        from lerobot.processor.hil_processor import ImageCropResizeProcessorStep

        step = ImageCropResizeProcessorStep(crop_params_dict=crops, resize_size=tuple(size))
        batch = step.observation(batch)
    except ImportError:
        from torchvision.transforms import functional

        for key, image in batch.items():
            batch[key] = functional.resize(functional.crop(image, *crops[key]), size).clamp(0, 1)
    return probabilities(classes()[0].from_pretrained(checkpoint).eval(), batch)


def save_own(folder, model_name, pictures):
    """Write a checkpoint as LeRobot's trainer does; how it judges in training and on the robot."""
    classifier, make_config, make_processors = classes()
    from lerobot.configs.types import FeatureType, PolicyFeature

    batch = load_file(pictures)
    features = {
        key: PolicyFeature(type=FeatureType.VISUAL, shape=tuple(image.shape[1:]))
        for key, image in batch.items()
    }
    config = make_config(
        model_name=model_name,
        num_cameras=len(features),
        hidden_dim=16,
        latent_dim=12,
        device="cpu",
        push_to_hub=False,
        input_features=features,
        output_features={"next.reward": PolicyFeature(type=FeatureType.REWARD, shape=(1,))},
    )
    imagenet = {
        "mean": torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1),
        "std": torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1),
    }
    stats = {key: dict(imagenet) for key in features}
    stats["next.reward"] = {"mean": torch.zeros(1), "std": torch.ones(1)}
    torch.manual_seed(0)
    if make_processors is None:
        model = classifier(config, dataset_stats=stats).eval()
        model.save_pretrained(Path(folder))
        judged = probabilities(model, batch)
        return {"training": judged, "robot": judged}
    model = classifier(config).eval()
    before, after = make_processors(config, stats)
    for part in (model, before, after):
        part.save_pretrained(Path(folder))
    return {
        "training": probabilities(model, before(dict(batch))),
        "robot": probabilities(model, batch),
    }


def features(model_name, kind, pictures):
    """Features of images under an encoder as LeRobot's classifier loads it, into a file beside."""
    classifier, make_config, _ = classes()
    from lerobot.configs.types import FeatureType, PolicyFeature

    ((key, images),) = load_file(pictures).items()
    config = make_config(
        model_name=model_name,
        model_type=kind,
        num_cameras=1,
        device="cpu",
        push_to_hub=False,
        input_features={key: PolicyFeature(FeatureType.VISUAL, tuple(images.shape[1:]))},
        output_features={"next.reward": PolicyFeature(FeatureType.REWARD, (1,))},
    )
    model = classifier(config).eval()
    with torch.inference_mode():
        found = model.encoder(images).last_hidden_state
    width = model.feature_dim if model.is_cnn else model.classifier_head[0].in_features
    file = Path(pictures).with_name("features.safetensors")
    save_file({"features": (found if model.is_cnn else found[:, 0]).contiguous()}, file)
    return {"features": str(file), "channels": width}


def fields():
    """Dotted paths of every key that a configuration may have, by the name of its dataclass.

    draccus writes and reads these dataclasses. Choices (policies, robots, optimizers) are keys
    without keys of their own, but for the classifier, whose keys begin with `reward_model`.
    """
    from importlib import import_module

    from lerobot.configs.train import TrainPipelineConfig

    found = {
        "training": list(_paths(TrainPipelineConfig)),
        "classifier": list(_paths(classes()[1], "reward_model.")),
    }
    for module, name in (
        ("lerobot.rl.gym_manipulator", "GymManipulatorConfig"),
        ("lerobot.scripts.lerobot_record", "RecordConfig"),
        ("lerobot.configs.train", "TrainRLServerPipelineConfig"),
        ("lerobot.rl.train_rl", "TrainRLServerPipelineConfig"),
    ):
        try:
            found[name] = list(_paths(getattr(import_module(module), name)))
        except (ImportError, AttributeError):  # of another release, or of an extra
            continue
    return found


def _paths(record, above=""):
    import dataclasses
    from typing import get_args, get_type_hints

    from draccus import ChoiceRegistry

    kinds = get_type_hints(record)
    for field in dataclasses.fields(record):
        yield f"{above}{field.name}"
        kind = kinds[field.name]
        for inner in (kind, *get_args(kind)):
            plain = isinstance(inner, type) and dataclasses.is_dataclass(inner)
            if plain and not issubclass(inner, ChoiceRegistry):
                yield from _paths(inner, f"{above}{field.name}.")
