"""Loads weights that `convnets convert IN OUT.pth` wrote into torchvision's model, strictly, compares all values with those
of another file for the same model, and its outputs with those of `convnets run`, for two pictures of noise:
python3 loadStrict.py MODEL OUT.pth IN.pth [SIDE]. The command line has to be built: `npm run build`."""

import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
import torchvision

TOLERANCE = 1e-4  # of the largest output

name, written, original = sys.argv[1:4]
side = int(sys.argv[4]) if len(sys.argv) > 4 else 224
ours = torch.load(written, weights_only=True)
# GoogLeNet and Inception V3 are built with their heads unless told otherwise, as the files are.
network = getattr(torchvision.models, name)()
network.load_state_dict(ours, strict=True)
counters = [key for key in ours if key.endswith("num_batches_tracked")]
assert all(ours[key].dtype == torch.int64 for key in counters), "counters are 64-bit integers"
theirs = torch.load(original)
wrong = [key for key in theirs if not torch.equal(theirs[key].float(), ours[key].float())]
assert not wrong, f"other values: {wrong[:5]}"
print(f"{name}: {len(ours)} tensors loaded strictly, all equal")

torch.manual_seed(1)
pictures = torch.randn(2, 3, side, side)
with torch.no_grad():
    expected = network.eval()(pictures).numpy()
convnets = pathlib.Path(__file__).parents[2] / "dist/cli/main.js"
with tempfile.TemporaryDirectory() as folder:
    x, y = f"{folder}/x.npy", f"{folder}/y.npy"
    numpy.save(x, pictures.numpy())
    command = ["node", convnets, "run", name, "--weights", written, "--input", x, "--output", y]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = numpy.load(y)
difference = abs(found - expected).max() / abs(expected).max()
assert difference < TOLERANCE, f"other outputs: by {difference:.2e} of the largest"
print(f"{name}: outputs {list(found.shape)} differ by {difference:.1e} of the largest")
