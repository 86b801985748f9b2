#!/usr/bin/env bash
# What:     64 logits of a binary classifier are given to torchmetrics' BinaryAccuracy and
#           BinaryAUROC, all at once or in batches of eight, two and one.
# Versions: torchmetrics 1.9.0, torch 2.7.1.
# Expected: the size of the batches makes no difference to accuracy and AUROC: they are accumulated.
# Seen:     both change. For each batch anew it is decided whether its numbers are logits (some lie
#           outside 0 to 1) or probabilities (all inside): logits of 0.3 that happen to be among
#           themselves count as a probability of 0.3, a "no". The AUROC, which depends on order only,
#           changes, too, as some batches have been through the sigmoid and some not. With
#           `torch.sigmoid` before, it is the same for all sizes.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment torchmetrics==1.9.0 torch==2.7.1 numpy==2.5.5

"$python" - <<'PY'
import torch
from torchmetrics.classification import BinaryAccuracy, BinaryAUROC

generator = torch.Generator().manual_seed(0)
labels = torch.randint(0, 2, (64,), generator=generator)
logits = (2 * labels - 1) * 0.5 + torch.randn(64, generator=generator)


def measured(metric: type, values: torch.Tensor, size: int) -> float:
    instance = metric()
    for batch, truth in zip(values.split(size), labels.split(size), strict=True):
        instance.update(batch, truth)
    return round(float(instance.compute()), 4)


for metric in (BinaryAccuracy, BinaryAUROC):
    seen = [measured(metric, logits, size) for size in (64, 8, 2, 1)]
    first = [measured(metric, torch.sigmoid(logits), size) for size in (64, 8, 2, 1)]
    print(f"{metric.__name__}: {seen} in batches of 64, 8, 2 and 1; after the sigmoid {first}")
    assert len(set(seen)) > 1
    assert set(first) == {seen[0]}
PY
