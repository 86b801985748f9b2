"""Where in a HIL-SERL configuration what stands, in every generation of LeRobot."""

from typing import Any

from labeler.errors import UsageError

Values = dict[str, Any]
_SECTIONS = ("processor", "wrapper", "robot", "reward_classifier_pretrained_path")


def environment(values: Values) -> Values:
    """The content of `env`, which may also be the whole file.

    Raises:
        UsageError: there is no environment in it.
    """
    env = values.get("env")
    if isinstance(env, dict):
        return env
    if "env" not in values and any(name in values for name in _SECTIONS):
        return values
    raise UsageError(
        "The configuration has no `env`.", "Give the environment configuration of HIL-SERL."
    )


def is_older(env: Values) -> bool:
    """Whether an environment is one of LeRobot 0.3, with `wrapper` in the place of `processor`."""
    return "wrapper" in env and not isinstance(env.get("processor"), dict)


def images_of(env: Values) -> Values:
    """The object with crops and size of an environment, made where it is missing or null."""
    if is_older(env):
        return make_section(env, "wrapper")
    return make_section(make_section(env, "processor"), "image_preprocessing")


def make_section(values: Values, name: str) -> Values:
    """The object of that name, made where it is missing or null."""
    if not isinstance(values.get(name), dict):
        values[name] = {}
    found: Values = values[name]
    return found


def section(values: Values, name: str) -> Values:
    """The object of that name; an empty one where there is none."""
    found = values.get(name)
    return found if isinstance(found, dict) else {}
