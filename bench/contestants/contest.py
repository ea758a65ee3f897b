"""What the programs in Python share: the values of fill.js, and a contestant's side of the protocol in contest.js."""

import json
import math
import sys
import time

import numpy as np
import torch


def hash_uniform(key, shape):
    """The numbers of `hashUniform` in fill.js."""
    seed = 0x811C9DC5
    for byte in key.encode():
        seed = (seed ^ byte) * 0x01000193 & 0xFFFFFFFF
    h = np.arange(math.prod(shape), dtype=np.uint32)
    h *= np.uint32(2654435761)
    h += np.uint32(seed)
    h ^= h >> 16
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> 13
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> 16
    return torch.from_numpy((h >> 8) / 2**24 - 0.5).reshape(shape)


def fill(model):
    """The tensors of `tensor` in fill.js."""
    for name, t in model.state_dict().items():
        leaf = name.rsplit(".", 1)[-1]
        if leaf == "num_batches_tracked":
            continue
        u = hash_uniform(name, t.shape)
        if t.dim() > 1:
            t.copy_(math.sqrt(24 / math.prod(t.shape[1:])) * u)
        elif leaf == "weight":
            t.copy_(1 + 0.2 * u)
        elif leaf == "running_var":
            t.copy_(1 + 0.5 * u)
        else:
            t.copy_(0.2 * u)


def images(shape):
    return (2 * hash_uniform("input", shape)).float()


def labels(count):
    return torch.tensor([(3 * i + 1) % 10 for i in range(count)])


def memory():
    """Bytes of memory in use, and the most there ever were. Empty where the system is not Linux."""
    try:
        with open("/proc/self/status") as file:
            lines = dict(line.split(":", 1) for line in file)
    except OSError:
        return {}
    return {name: 1024 * int(lines[key].split()[0]) for name, key in (("now", "VmRSS"), ("peak", "VmHWM"))}


def compete(facts, step):
    say = lambda message: print(json.dumps(message), flush=True)
    say({"ready": True, **facts})
    for line in sys.stdin:
        seconds, losses = [], []
        for _ in range(json.loads(line)["run"]):
            start = time.perf_counter()
            losses.append(step())
            seconds.append(time.perf_counter() - start)
        say({"seconds": seconds, "losses": losses, "peak": memory().get("peak")})
