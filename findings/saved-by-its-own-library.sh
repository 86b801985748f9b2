#!/usr/bin/env bash
# What:     a network of timm is saved with timm's own function for folders that the Hub and other
#           libraries read (`save_for_hf`), and loaded with the transformers library, whose wrapper is
#           there for such folders.
# Versions: timm 1.0.31, transformers 5.23.0, torch 2.7.1, torchvision 0.22.1.
# Expected: the wrapper loads it, as it loads timm's models of the Hub.
# Seen:     TypeError, "got multiple values for keyword argument 'num_classes'", from AutoModel and
#           AutoModelForImageClassification, for every network: this timm writes the arguments it was
#           built with into config.json, the wrapper hands them on and adds its own number of
#           classes. timm reads the folder. Without `model_args` in config.json both load, with equal
#           logits.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment timm==1.0.31 transformers==5.23.0 torch==2.7.1 torchvision==0.22.1 numpy==2.2.6 pillow==12.0.0

quiet_python <<'PY'
import json
import os

import timm
import torch
from timm.models import save_for_hf
from transformers import AutoModel, AutoModelForImageClassification

torch.manual_seed(0)
network = timm.create_model("test_vit", num_classes=2).eval()
folder = os.path.join(os.environ["HF_HOME"], "saved")
save_for_hf(network, folder, safe_serialization=True)
config = os.path.join(folder, "config.json")
values = json.load(open(config))
print("model_args:", values["model_args"])
assert values["model_args"]["num_classes"] == 2

image = torch.rand(1, 3, 160, 160)
for loader in (AutoModel, AutoModelForImageClassification):
    try:
        loader.from_pretrained(folder)
    except TypeError as error:
        print(f"{loader.__name__}: {error}")
        assert "num_classes" in str(error)
    else:
        raise AssertionError(f"{loader.__name__} loads it")
again = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
assert torch.equal(again(image), network(image))

del values["model_args"]
json.dump(values, open(config, "w"))
AutoModel.from_pretrained(folder)
logits = AutoModelForImageClassification.from_pretrained(folder).eval()(image).logits
print("without model_args, difference of logits:", float((logits - network(image)).abs().max()))
assert torch.equal(logits, network(image))
PY
