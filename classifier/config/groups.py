"""Groups of settings that LeRobot writes and that do nothing here: their keys and defaults.

Taken from lerobot/configs/{default,parallelism,accelerator}.py and utils/sample_weighting.py of the
releases 0.3.3 to 0.6.1 and of the main branch of 23 August 2026, which wrote the files that the
tests read.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Group = Mapping[str, Any]

GROUPS: Mapping[str, Group] = {
    "ema": {
        "enable": False,
        "decay": None,
        "update_after_step": 0,
        "inv_gamma": 1.0,
        "power": 0.75,
        "min_decay": 0.0,
        "max_decay": 0.9999,
        "use_for_eval": True,
    },
    "parallelism": {
        "dp_replicate": 1,
        "dp_shard": 1,
        "context_parallel": {"ring_degree": 1, "ulysses_degree": 1},
        "cfg_parallel": 1,
    },
    "accelerator": {
        "mixed_precision": "no",
        "gradient_accumulation": {"steps": 1},
        "fsdp": {
            "reshard_after_forward": True,
            "wrap_modules": None,
            "min_num_params": None,
            "cpu_offload": False,
            "ignored_modules": None,
        },
        "ddp": {
            "find_unused_parameters": True,
            "gradient_as_bucket_view": False,
            "static_graph": False,
        },
        "compile": {"enabled": False, "backend": "inductor", "mode": None, "regional": True},
        "activation_checkpointing": {"mode": "none"},
    },
    "eval": {
        "n_episodes": 50,
        "batch_size": 0,
        "use_async_envs": True,
        "recording": False,
        "recording_repo_id": None,
        "recording_private": False,
    },
    "job": {
        "target": None,
        "image": "huggingface/lerobot-gpu:latest",
        "timeout": "2d",
        "detach": False,
        "tags": [],
    },
    "peft": {
        "target_modules": None,
        "full_training_modules": None,
        "method_type": "LORA",
        "init_type": None,
        "r": 16,
        "lora_alpha": None,
    },
    "sample_weighting": {
        "type": "rabc",
        "progress_path": None,
        "head_mode": "sparse",
        "kappa": 0.01,
        "epsilon": 1e-6,
        "extra_params": {},
    },
}
"""Section -> its keys with LeRobot's defaults."""


def unknown_keys(values: object, group: Group, above: str) -> Iterator[str]:
    """Dotted paths of the keys that a group does not have."""
    if not isinstance(values, Mapping):
        return
    for key, value in values.items():
        path = f"{above}.{key}"
        if key not in group:
            yield path
        elif isinstance(inner := group[key], Mapping) and inner:
            yield from unknown_keys(value, inner, path)


def as_in(value: object, defaults: object) -> bool:
    """Whether a value says nothing else than the defaults; keys that are left out say nothing."""
    if isinstance(value, Mapping) and isinstance(defaults, Mapping):
        return all(key in defaults and as_in(inner, defaults[key]) for key, inner in value.items())
    return value == defaults


def _flat(group: Group, above: str) -> Iterator[tuple[str, Any]]:
    for key, value in group.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


DEFAULTS: Mapping[str, Any] = dict(_flat(GROUPS, ""))
"""Dotted path of every key of these groups -> its default."""
