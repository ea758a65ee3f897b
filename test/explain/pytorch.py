"""Writes pytorch.json: what PyTorch says about two networks whose weights are filled from a hash of their names.

    python3 test/explain/pytorch.py

Needs torch, torchvision and numpy. The numbers of a tensor follow from its name as in test/models/torchFill.ts.
"""

import json
import math
import os

import numpy as np
import torch
import torch.nn.functional as F
import torchvision


def fnv(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def mix(h):
    h = (h ^ (h >> 16)) * np.uint64(0x85EBCA6B) & np.uint64(0xFFFFFFFF)
    h = (h ^ (h >> np.uint64(13))) * np.uint64(0xC2B2AE35) & np.uint64(0xFFFFFFFF)
    return h ^ (h >> np.uint64(16))


def hash_uniform(key, shape):
    i = np.arange(math.prod(shape), dtype=np.uint64)
    word = (i * np.uint64(2654435761) + np.uint64(fnv(key))) & np.uint64(0xFFFFFFFF)
    numbers = (mix(word) >> np.uint64(8)).astype(np.float64) / 2**24 - 0.5
    return torch.tensor(numbers.astype(np.float32)).reshape(shape)


def fill(net, salt):
    for key, tensor in net.state_dict().items():
        leaf = key.split(".")[-1]
        if leaf == "num_batches_tracked":
            continue
        mean, spread = 0, 0.2
        if leaf == "running_var":
            mean, spread = 1, 0.5
        elif leaf == "weight":
            receptive = tensor.shape[1:]
            mean, spread = (0, math.sqrt(24 / math.prod(receptive))) if receptive else (1, 0.2)
        tensor.copy_(mean + spread * hash_uniform(salt + key, tensor.shape))


class LeNet5(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = torch.nn.Conv2d(6, 16, 5)
        self.fc1 = torch.nn.Linear(400, 120)
        self.fc2 = torch.nn.Linear(120, 84)
        self.fc3 = torch.nn.Linear(84, 10)
        self.relu = torch.nn.ReLU()
        self.last = torch.nn.Identity()

    def forward(self, x):
        x = F.max_pool2d(self.relu(self.conv1(x)), 2)
        x = self.last(F.max_pool2d(self.relu(self.conv2(x)), 2))
        return self.fc3(self.relu(self.fc2(self.relu(self.fc1(x.flatten(1))))))


def gradient(net, x, target):
    x = x.clone().requires_grad_()
    net(x)[:, target].sum().backward()
    return x.grad


def integrated(net, x, target, steps):
    shares = (torch.arange(steps) + 0.5).reshape(-1, 1, 1, 1) / steps
    return (gradient(net, x * shares, target).mean(0, keepdim=True) * x)[0]


def cams(net, x, target, layer):
    kept = {}
    handle = layer.register_forward_hook(lambda module, given, result: kept.update(maps=result))
    score = net(x)[0, target]
    handle.remove()
    maps = kept["maps"]
    (g,) = torch.autograd.grad(score, maps)
    plain = F.relu((g.mean((2, 3), keepdim=True) * maps).sum(1))[0]
    below = 2 * g**2 + maps.sum((2, 3), keepdim=True) * g**3
    alpha = torch.where((g > 0) & (below != 0), g**2 / below, torch.zeros(()))
    plus = F.relu(((alpha * F.relu(g)).sum((2, 3), keepdim=True) * maps).sum(1))[0]
    return plain, plus


def guided(net, x, target):
    handles = [
        module.register_full_backward_hook(lambda module, dx, dy: (F.relu(dx[0]),))
        for module in net.modules()
        if isinstance(module, torch.nn.ReLU)
    ]
    result = gradient(net, x, target)[0]
    for handle in handles:
        handle.remove()
    return result


def rounded(tensor):
    return [float(f"{value:.5g}") for value in tensor.detach().flatten().tolist()]


def main():
    torch.set_grad_enabled(False)
    resnet = torchvision.models.resnet18(num_classes=10)
    for module in resnet.modules():
        if isinstance(module, torch.nn.ReLU):
            module.inplace = False
    cases = [
        ("lenet5", LeNet5(), (1, 28, 28), lambda net: net.last, "maxPool2d:2"),
        ("resnet18", resnet, (3, 32, 32), lambda net: net.layer2, "layer2"),
    ]
    found = []
    for name, net, shape, layer_of, layer in cases:
        salt = f"explain {name} "
        fill(net, salt)
        net.eval()
        x = 2 * hash_uniform(f"{salt}input", (1, *shape))
        target, steps = 3, 16
        with torch.enable_grad():
            plain, plus = cams(net, x, target, layer_of(net))
            maps = {
                "saliency": gradient(net, x, target)[0],
                "integratedGradients": integrated(net, x, target, steps),
                "gradCam": plain,
                "gradCamPlusPlus": plus,
                "guidedBackpropagation": guided(net, x, target),
            }
        found.append(
            {
                "model": name,
                "salt": salt,
                "input": list(shape),
                "target": target,
                "steps": steps,
                "layer": layer,
                "maps": {key: rounded(tensor) for key, tensor in maps.items()},
            }
        )
    path = os.path.join(os.path.dirname(__file__), "pytorch.json")
    with open(path, "w") as file:
        json.dump({"torch": torch.__version__, "cases": found}, file)
        file.write("\n")


main()
