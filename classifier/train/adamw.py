"""AdamW without `torch.optim.Optimizer`, whose first use imports PyTorch's compiler for seconds.

The arithmetic is PyTorch's own (`torch.optim.adamw.adamw`), and so is the layout of the state.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

_BETAS = (0.9, 0.999)
_EPSILON = 1e-8
_MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass
class ParameterGroup:
    """Parameters that share a learning rate, which is `scale` times that of the schedule."""

    parameters: list[nn.Parameter]
    scale: float = 1.0
    rate: float = 0.0
    state: list[dict[str, Tensor]] = field(init=False)

    def __post_init__(self) -> None:
        self.state = [_fresh(parameter) for parameter in self.parameters]

    def step(self, weight_decay: float) -> None:
        """Move the parameters that have a gradient, all of them in one pass."""
        pairs = zip(self.parameters, self.state, strict=True)
        moved = [(p, p.grad, of) for p, of in pairs if p.grad is not None]
        adamw(
            [parameter for parameter, _, _ in moved],
            [gradient for _, gradient, _ in moved],
            [of["exp_avg"] for _, _, of in moved],
            [of["exp_avg_sq"] for _, _, of in moved],
            [],
            [of["step"] for _, _, of in moved],
            fused=True,
            amsgrad=False,
            beta1=_BETAS[0],
            beta2=_BETAS[1],
            lr=self.rate,
            weight_decay=weight_decay,
            eps=_EPSILON,
            maximize=False,
        )


class AdamW:
    """LeRobot's optimiser: betas 0.9 and 0.999, epsilon 1e-8.

    I. Loshchilov, F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
    """

    def __init__(self, groups: Sequence[ParameterGroup], weight_decay: float) -> None:
        self.groups = list(groups)
        self.weight_decay = weight_decay

    @property
    def parameters(self) -> list[nn.Parameter]:
        """All parameters, group by group."""
        return [parameter for group in self.groups for parameter in group.parameters]

    def set_rate(self, rate: float) -> None:
        """The learning rate of the next steps."""
        for group in self.groups:
            group.rate = rate * group.scale

    def clear(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """One step along the gradients."""
        for group in self.groups:
            group.step(self.weight_decay)

    def state_dict(self) -> dict[str, Any]:
        """`state` by number of the parameter and `param_groups`, as PyTorch lays them out."""
        states = [of for group in self.groups for of in group.state]
        groups, first = [], 0
        for group in self.groups:
            numbers = list(range(first, first := first + len(group.parameters)))
            groups.append({"lr": group.rate, "scale": group.scale, "params": numbers, **self._same})
        return {"state": dict(enumerate(states)), "param_groups": groups}

    def load_state_dict(self, values: dict[str, Any]) -> None:
        """Go on from such a state, which is copied."""
        known, number = copy.deepcopy(values["state"]), 0
        for group, told in zip(self.groups, values["param_groups"], strict=True):
            group.rate = told["lr"]
            for of in group.state:
                for name, tensor in known.get(number, {}).items():
                    of[name].copy_(tensor)
                number += 1

    @property
    def _same(self) -> dict[str, object]:
        return {"betas": list(_BETAS), "eps": _EPSILON, "weight_decay": self.weight_decay}


def _fresh(parameter: nn.Parameter) -> dict[str, Tensor]:
    kept = torch.preserve_format
    moments = {name: torch.zeros_like(parameter, memory_format=kept) for name in _MOMENTS}
    return {"step": torch.zeros((), device=parameter.device), **moments}
