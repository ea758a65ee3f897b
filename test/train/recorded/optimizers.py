"""Records optimizers.json: what PyTorch's optimisers, losses and clipping compute.

    python3 test/train/recorded/optimizers.py && npx biome format --write test/train/recorded/optimizers.json

Operands are not recorded: element i of operand `seed` is a formula that the test repeats.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

SHAPE, STEPS, RATE = [3, 2, 2, 2], 5, 0.05


def operand(seed, shape):
    count = torch.Size(shape).numel()
    numbers = [((i + 1) * (seed * 101 + 37) % 2003) / 1000 - 1 for i in range(count)]
    return torch.tensor(numbers, dtype=torch.float32).reshape(shape)


def numbers(tensor):
    return [float(f"{number:.8g}") for number in tensor.detach().flatten().tolist()]


def trained(make):
    """The parameter after each step; the gradient of step k is operand 10 + k."""
    w = torch.nn.Parameter(operand(1, SHAPE))
    optimizer = make([w])
    found = []
    for step in range(STEPS):
        w.grad = operand(10 + step, SHAPE)
        optimizer.step()
        found.append(numbers(w))
    return found


def loss(smoothing, soft):
    x = (operand(2, [4, 7]) * 3).requires_grad_()
    targets = F.softmax(operand(3, [4, 7]) * 2, 1) if soft else torch.tensor([1, 6, 0, 3])
    value = F.cross_entropy(x, targets, label_smoothing=smoothing)
    value.backward()
    return {"smoothing": smoothing, "soft": soft, "targets": numbers(targets) if soft else targets.tolist(),
            "loss": value.item(), "gradient": numbers(x.grad)}


def clipped(clip):
    parameters = [torch.nn.Parameter(torch.zeros(shape)) for shape in ([3, 2, 2, 2], [5])]
    for seed, parameter in enumerate(parameters):
        parameter.grad = operand(20 + seed, list(parameter.shape)) * 3
    norm = clip(parameters)
    return {"norm": None if norm is None else norm.item(), "gradients": [numbers(p.grad) for p in parameters]}


def averaged(decay):
    model = torch.nn.Linear(4, 1, bias=False)
    average = torch.optim.swa_utils.AveragedModel(
        model, avg_fn=lambda mean, now, count: decay * mean + (1 - decay) * now)
    found = []
    for step in range(STEPS):
        with torch.no_grad():
            model.weight.copy_(operand(30 + step, [1, 4]))
        average.update_parameters(model)
        found.append(numbers(average.module.weight))
    return found


optim = torch.optim
recorded = {
    "optimizers": [
        {"name": name, "options": options, "steps": trained(make)} for name, options, make in [
            ("sgd", {}, lambda p: optim.SGD(p, RATE)),
            ("sgd", {"momentum": 0.9, "weightDecay": 0.01},
             lambda p: optim.SGD(p, RATE, momentum=0.9, weight_decay=0.01)),
            ("sgd", {"momentum": 0.8, "nesterov": True},
             lambda p: optim.SGD(p, RATE, momentum=0.8, nesterov=True)),
            ("adam", {}, lambda p: optim.Adam(p, RATE)),
            ("adam", {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weightDecay": 0.1},
             lambda p: optim.Adam(p, RATE, (0.8, 0.95), 1e-3, 0.1)),
            ("adamw", {}, lambda p: optim.AdamW(p, RATE)),
            ("adamw", {"weightDecay": 0.3, "eps": 1e-2}, lambda p: optim.AdamW(p, RATE, eps=1e-2, weight_decay=0.3)),
            ("rmsprop", {}, lambda p: optim.RMSprop(p, RATE)),
            ("rmsprop", {"alpha": 0.9, "eps": 1, "momentum": 0.9, "weightDecay": 0.01},
             lambda p: optim.RMSprop(p, RATE, 0.9, 1, 0.01, 0.9)),
            ("rmsprop", {"alpha": 0.9, "eps": 1e-2, "momentum": 0.5, "centered": True},
             lambda p: optim.RMSprop(p, RATE, 0.9, 1e-2, 0, 0.5, True)),
        ]
    ],
    "losses": [loss(0.1, False), loss(0.0, True), loss(0.2, True)],
    "clipping": {
        "norm": [{"most": most, **clipped(lambda p: torch.nn.utils.clip_grad_norm_(p, most))} for most in (1.5, 100)],
        "value": [{"most": most, **clipped(lambda p: torch.nn.utils.clip_grad_value_(p, most))} for most in (0.5,)],
    },
    "average": {"decay": 0.7, "steps": averaged(0.7)},
}

pathlib.Path(__file__).with_name("optimizers.json").write_text(json.dumps(recorded))
