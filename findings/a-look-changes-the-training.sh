#!/usr/bin/env bash
# What:     eight samples are shuffled over three epochs by a DataLoader after `torch.manual_seed(0)`:
#           once alone, once with a pass over a second DataLoader after each epoch, as validation has
#           it, which does not shuffle and starts no process.
# Versions: torch 2.7.1.
# Expected: the same order both times. What reads in order draws no random numbers.
# Seen:     from the second epoch on the order is another: each beginning of a pass draws one number
#           from torch's common generator, a seed for workers, also where there are none and nothing is
#           shuffled. So a seed stands for another training as soon as somebody validates more
#           often, or counts the samples, and dropout and new weights change along with it. With a
#           generator of its own the second DataLoader leaves the training alone. The order also
#           differs between `persistent_workers` and none.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment torch==2.7.1 numpy==2.5.5

"$python" - <<'PY'
import torch
from torch.utils.data import DataLoader, TensorDataset

samples, others = TensorDataset(torch.arange(8)), TensorDataset(torch.arange(3))


def epochs(validation: DataLoader | None = None, **options: object) -> list[list[int]]:
    torch.manual_seed(0)
    training, orders = DataLoader(samples, batch_size=8, shuffle=True, **options), []
    for _ in range(3):
        orders += [batch.tolist() for (batch,) in training]
        if validation is not None:
            assert [int(value) for (value,) in validation] == [0, 1, 2]
    return orders


alone, looked = epochs(), epochs(DataLoader(others))
apart = epochs(DataLoader(others, generator=torch.Generator()))
persistent = epochs(num_workers=1, persistent_workers=True)
print("alone:            ", alone)
print("with validation:  ", looked)
print("its own generator:", apart)
print("persistent worker:", persistent)
assert alone == epochs() == apart == epochs(num_workers=1)
assert looked[0] == alone[0] and looked[1] != alone[1] and looked[2] != alone[2]
assert persistent != alone

torch.manual_seed(0)
before = torch.get_rng_state()
iter(DataLoader(others))
assert not torch.equal(torch.get_rng_state(), before)
PY
