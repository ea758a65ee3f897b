"""ResNet-20 on CIFAR-10 in PyTorch: `cifar.py DIR [default | channels_last] [EPOCHS]` tells how long an epoch takes.

DIR holds the binary version. Pictures are cropped and flipped a batch at a time, which costs PyTorch the least.
"""

import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from nets import make

MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(1, 3, 1, 1)
STD = torch.tensor([0.2470, 0.2435, 0.2616]).view(1, 3, 1, 1)
BATCH = 128


def load(folder, names):
    rows = np.concatenate([np.fromfile(os.path.join(folder, name), np.uint8).reshape(-1, 3073) for name in names])
    return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(rows[:, 0].astype(np.int64))


def augmented(x):
    """Each picture moved by up to 4 pixels, and half of them mirrored."""
    n = len(x)
    x = F.pad(x, (4, 4, 4, 4))
    rows = torch.randint(9, (n, 1)) + torch.arange(32)
    columns = torch.randint(9, (n, 1)) + torch.arange(32)
    columns = torch.where(torch.rand(n, 1) < 0.5, columns.flip(1), columns)
    picture, channel = torch.arange(n).view(n, 1, 1, 1), torch.arange(3).view(1, 3, 1, 1)
    return x[picture, channel, rows[:, None, :, None], columns[:, None, None, :]]


def main(folder, form="channels_last", epochs="2"):
    memory_format = torch.channels_last if form == "channels_last" else torch.contiguous_format
    x, y = load(folder, [f"data_batch_{i}.bin" for i in range(1, 6)])
    model = make("resnet20_cifar").to(memory_format=memory_format)
    optimizer = torch.optim.SGD(model.parameters(), 0.2, momentum=0.9, weight_decay=5e-4, nesterov=True)
    for epoch in range(int(epochs)):
        order = torch.randperm(len(x))
        start = time.perf_counter()
        total = correct = 0
        for first in range(0, len(x) - BATCH + 1, BATCH):
            chosen = order[first : first + BATCH]
            images = ((augmented(x[chosen]).float() / 255 - MEAN) / STD).contiguous(memory_format=memory_format)
            optimizer.zero_grad(set_to_none=True)
            logits = model(images)
            loss = F.cross_entropy(logits, y[chosen])
            loss.backward()
            optimizer.step()
            total += loss.item()
            correct += (logits.argmax(1) == y[chosen]).sum().item()
        steps = len(x) // BATCH
        seconds = time.perf_counter() - start
        means = f"loss {total / steps:.4f}, accuracy {correct / steps / BATCH:.4f}"
        print(f"epoch {epoch + 1}: {seconds:.1f} s, {means}", flush=True)


main(*sys.argv[1:])
