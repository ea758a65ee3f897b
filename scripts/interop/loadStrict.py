"""Loads weights that `convnets convert IN OUT.pth` wrote into torchvision's model, strictly, and compares all values
with those of another file for the same model: python3 loadStrict.py MODEL OUT.pth IN.pth"""

import sys

import torch
import torchvision

name, written, original = sys.argv[1:]
ours = torch.load(written, weights_only=True)
network = getattr(torchvision.models, name)()
network.load_state_dict(ours, strict=True)
counters = [key for key in ours if key.endswith("num_batches_tracked")]
assert all(ours[key].dtype == torch.int64 for key in counters), "counters are 64-bit integers"
theirs = torch.load(original)
wrong = [key for key in theirs if not torch.equal(theirs[key].float(), ours[key].float())]
assert not wrong, f"other values: {wrong[:5]}"
print(f"{name}: {len(ours)} tensors loaded strictly, all equal")
