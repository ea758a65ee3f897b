"""PyTorch as a contestant: `pytorch.py JOB THREADS default | channels_last | optimized`."""

import json
import math
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc3(F.relu(self.fc2(x)))


class ConvReLU(nn.Module):
    def __init__(self, channels, filters, kernel_size, **options):
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, kernel_size, **options)

    def forward(self, x):
        return F.relu(self.conv(x), inplace=True)


class Inception(nn.Module):
    def __init__(self, channels, c1, c2, c3, c4):
        super().__init__()
        self.branch1 = ConvReLU(channels, c1, 1)
        self.branch2 = nn.Sequential(ConvReLU(channels, c2[0], 1), ConvReLU(*c2, 3, padding=1))
        self.branch3 = nn.Sequential(ConvReLU(channels, c3[0], 1), ConvReLU(*c3, 5, padding=2))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), ConvReLU(channels, c4, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], dim=1)


class GoogLeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.b1 = nn.Sequential(ConvReLU(1, 64, 7, stride=2, padding=3), nn.MaxPool2d(3, 2, 1))
        self.b2 = nn.Sequential(nn.Conv2d(64, 64, 1), nn.Conv2d(64, 192, 3, padding=1), nn.MaxPool2d(3, 2, 1))
        self.b3 = nn.Sequential(
            Inception(192, 64, (96, 128), (16, 32), 32),
            Inception(256, 128, (128, 192), (32, 96), 64),
            nn.MaxPool2d(3, 2, 1),
        )
        self.b4 = nn.Sequential(
            Inception(480, 192, (96, 208), (16, 48), 64),
            Inception(512, 160, (112, 224), (24, 64), 64),
            Inception(512, 128, (128, 256), (24, 64), 64),
            Inception(512, 112, (144, 288), (32, 64), 64),
            Inception(528, 256, (160, 320), (32, 128), 128),
            nn.MaxPool2d(3, 2, 1),
        )
        self.b5 = nn.Sequential(
            Inception(832, 256, (160, 320), (32, 128), 128),
            Inception(832, 384, (192, 384), (48, 128), 128),
            nn.AdaptiveAvgPool2d(1),
        )
        self.fc = nn.Linear(1024, 10)

    def forward(self, x):
        x = self.b5(self.b4(self.b3(self.b2(self.b1(x)))))
        return F.log_softmax(self.fc(x.flatten(1)), dim=1)


JOBS = {  # name: model, input shape, learning rate (None: inference)
    "lenet5-train": (LeNet5, (128, 1, 28, 28), 1e-2),
    "googlenet-train": (GoogLeNet, (32, 1, 96, 96), 1e-4),
    "googlenet-infer-1": (GoogLeNet, (1, 1, 96, 96), None),
    "googlenet-infer-32": (GoogLeNet, (32, 1, 96, 96), None),
}


def hash_uniform(key, shape):
    """The numbers of `hashUniform` in fill.js."""
    seed = 0x811C9DC5
    for byte in key.encode():
        seed = (seed ^ byte) * 0x01000193 & 0xFFFFFFFF
    h = np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(2654435761) + np.uint32(seed)
    h ^= h >> 16
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> 13
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> 16
    return torch.from_numpy((h >> 8) / 2**24 - 0.5).reshape(shape)


def prepare(job, form):
    memory_format = torch.channels_last if form == "channels_last" else torch.contiguous_format
    make, shape, learning_rate = JOBS[job]
    model = make()
    with torch.no_grad():
        for name, p in model.named_parameters():
            scale = math.sqrt(24 / math.prod(p.shape[1:])) if p.dim() > 1 else 0.2
            p.copy_(scale * hash_uniform(name, p.shape))
    model = model.to(memory_format=memory_format)
    x = (2 * hash_uniform("input", shape)).float().contiguous(memory_format=memory_format)
    labels = torch.tensor([(3 * i + 1) % 10 for i in range(shape[0])])

    if learning_rate is None:
        model.eval()
        if form == "optimized":
            model = torch.jit.optimize_for_inference(torch.jit.trace(model, x))

        @torch.inference_mode()
        def evaluate():
            return F.cross_entropy(model(x), labels).item()

        return evaluate

    optimizer = torch.optim.SGD(model.parameters(), learning_rate, momentum=0.9, weight_decay=5e-4)

    def update():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return update


def compete(job, threads, form):
    torch.set_num_threads(int(threads))
    step = prepare(job, form)
    say = lambda message: print(json.dumps(message), flush=True)
    say({"ready": True, "version": torch.__version__, "threads": torch.get_num_threads()})
    for line in sys.stdin:
        seconds, losses = [], []
        for _ in range(json.loads(line)["run"]):
            start = time.perf_counter()
            losses.append(step())
            seconds.append(time.perf_counter() - start)
        say({"seconds": seconds, "losses": losses})


compete(*sys.argv[1:])
