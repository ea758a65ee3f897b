"""Records pytorch.json: what PyTorch computes for a few ops and their gradients.

    python3 test/conformance/pytorch.py && npx biome format --write test/conformance/pytorch.json

Operands are not recorded: element i of operand `seed` is a formula that pytorch.test.ts repeats.
"""

import json
import pathlib

import numpy
import torch
import torch.nn.functional as F

PRIME = 2003


def operand(seed, shape):
    """Different f32 numbers between -1 and 1, as long as there are fewer than PRIME."""
    count = int(numpy.prod(shape)) if shape else 1
    numbers = [((i + 1) * (seed * 101 + 37) % PRIME) / 1000 - 1 for i in range(count)]
    return torch.tensor(numbers, dtype=torch.float32).reshape(shape)


def numbers(tensor):
    return [float(f"{number:.7g}") for number in tensor.detach().flatten().tolist()]


def differentiate(y, *operands):
    y.backward(operand(9, list(y.shape)))
    return {"y": numbers(y), "gradients": [numbers(x.grad) for x in operands]}


def conv(name, x, weight, stride=(1, 1), padding=(0, 0, 0, 0), dilation=(1, 1), groups=1):
    top, left, bottom, right = padding
    a, w = operand(1, x).requires_grad_(), operand(2, weight).requires_grad_()
    y = F.conv2d(F.pad(a, (left, right, top, bottom)), w, None, stride, 0, dilation, groups)
    attrs = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return {"name": name, "x": x, "weight": weight, "attrs": attrs, **differentiate(y, a, w)}


def pool(name, kind, x, kernel, stride, padding=(0, 0), ceil=False, count_padding=True):
    a = operand(1, x).requires_grad_()
    if kind == "max":
        y = F.max_pool2d(a, kernel, stride, padding, ceil_mode=ceil)
    else:
        y = F.avg_pool2d(a, kernel, stride, padding, ceil_mode=ceil, count_include_pad=count_padding)
    attrs = {"kernel": kernel, "stride": stride, "padding": [*padding, *padding], "ceil": ceil}
    if kind == "average":
        attrs["countPadding"] = count_padding
    return {"name": name, "kind": kind, "x": x, "attrs": attrs, **differentiate(y, a)}


def loss(n, classes, scale):
    x = (operand(1, [n, classes]) * scale).requires_grad_()
    labels = [(3 * i + 1) % classes for i in range(n)]
    logp = F.log_softmax(x, 1)
    value = F.nll_loss(logp, torch.tensor(labels))
    value.backward()
    return {"x": [n, classes], "scale": scale, "labels": labels, "logp": numbers(logp),
            "loss": value.item(), "gradient": numbers(x.grad)}


def resize(x, to):
    a = operand(1, x).requires_grad_()
    y = F.interpolate(a, size=to, mode="bilinear", align_corners=False)
    return {"x": x, "to": to, **differentiate(y, a)}


def adaptive(x, to):
    a = operand(1, x).requires_grad_()
    return {"x": x, "to": to, **differentiate(F.adaptive_avg_pool2d(a, to), a)}


def response(name, x, size, alpha, beta, k):
    """`alpha` as the paper means it; PyTorch divides it by the size."""
    a = operand(1, x).requires_grad_()
    y = F.local_response_norm(a, size, alpha * size, beta, k)
    attrs = {"size": size, "alpha": alpha, "beta": beta, "k": k}
    return {"name": name, "x": x, "attrs": attrs, **differentiate(y, a)}


def batch_norm(x, eps, momentum):
    """In training, from running statistics of operands 4 and 5 (plus 2), then in evaluation by the new ones."""
    c = [x[1]]
    a, gamma, beta = (operand(1 + i, s).requires_grad_() for i, s in enumerate((x, c, c)))
    mean, variance = operand(4, c), operand(5, c) + 2
    y = F.batch_norm(a, mean, variance, gamma, beta, True, momentum, eps)
    trained = differentiate(y, a, gamma, beta)
    evaluated = F.batch_norm(a, mean, variance, gamma, beta, False, momentum, eps)
    return {"x": x, "eps": eps, "momentum": momentum, **trained,
            "mean": numbers(mean), "variance": numbers(variance), "evaluated": numbers(evaluated)}


def sgd(name, momentum, weight_decay, nesterov):
    w = operand(1, [4]).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=1, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov)
    rates = [0.1, 0.1, 0.1, 0.01, 0.01, 0.001]
    steps = []
    for step, rate in enumerate(rates):
        optimizer.param_groups[0]["lr"] = rate
        w.grad = operand(2 + step, [4])
        optimizer.step()
        steps.append(numbers(w))
    attrs = {"momentum": momentum, "weightDecay": weight_decay, "nesterov": nesterov}
    return {"name": name, "attrs": attrs, "rates": rates, "weights": steps}


record = {
    "conv": [
        conv("3x3, padding 1", [2, 3, 5, 4], [4, 3, 3, 3], padding=(1, 1, 1, 1)),
        conv("5x5, stride 2", [1, 2, 9, 8], [3, 2, 5, 5], stride=(2, 2)),
        conv("2 groups", [2, 4, 4, 5], [6, 2, 3, 3], padding=(1, 1, 1, 1), groups=2),
        conv("depthwise", [1, 3, 5, 5], [3, 1, 3, 3], groups=3),
        conv("dilation 2, 1", [1, 2, 8, 6], [3, 2, 3, 3], dilation=(2, 1)),
        conv("stride 2, 1 and padding 1, 0, 2, 3", [1, 3, 6, 5], [4, 3, 3, 2], (2, 1), (1, 0, 2, 3)),
        conv("everything at once", [2, 4, 9, 8], [4, 2, 2, 3], (2, 3), (0, 2, 1, 1), (2, 2), 2),
    ],
    "pool": [
        pool("3x3, stride 2", kind, [1, 2, 7, 6], [3, 3], [2, 2])
        for kind in ("max", "average")
    ] + [
        pool("3x3, stride 2, rounded up", kind, [1, 2, 8, 6], [3, 3], [2, 2], ceil=True)
        for kind in ("max", "average")
    ] + [
        pool("3x3, stride 2, padding 1, rounded up", kind, [1, 2, 6, 7], [3, 3], [2, 2], (1, 1), True)
        for kind in ("max", "average")
    ] + [
        pool("2x2, padding 1, the last window dropped", kind, [1, 1, 5, 5], [2, 2], [2, 2], (1, 1), True)
        for kind in ("max", "average")
    ] + [
        pool("3x2, stride 1, 2, padding 1, 0", kind, [1, 2, 4, 5], [3, 2], [1, 2], (1, 0))
        for kind in ("max", "average")
    ] + [
        pool("padding not counted", "average", [1, 2, 5, 5], [3, 3], [2, 2], (1, 1), False, False),
        pool("padding not counted, rounded up", "average", [1, 2, 6, 6], [3, 3], [2, 2], (1, 1), True, False),
    ],
    "loss": [loss(4, 7, 1), loss(3, 5, 100)],
    "resize": [
        resize([1, 2, 3, 4], [5, 7]),
        resize([1, 2, 8, 9], [3, 4]),
        resize([1, 1, 28, 28], [32, 32]),
        resize([1, 1, 1, 3], [4, 4]),
    ],
    "adaptive": [
        adaptive([1, 2, 7, 5], [3, 2]),
        adaptive([2, 1, 6, 4], [3, 2]),
        adaptive([1, 2, 2, 3], [5, 4]),
    ],
    "response": [
        response("AlexNet's constants", [1, 7, 2, 3], 5, 1e-4, 0.75, 2.0),
        response("constants that matter", [2, 7, 2, 3], 5, 0.3, 0.75, 2.0),
        response("3 channels, beta 0.5", [1, 4, 2, 2], 3, 0.5, 0.5, 1.0),
    ],
    "batchNorm": [
        batch_norm([4, 3, 3, 2], 1e-5, 0.1),
        batch_norm([2, 5, 1, 2], 1e-3, 0.0003),
    ],
    "sgd": [
        sgd("plain", 0, 0, False),
        sgd("momentum", 0.9, 0, False),
        sgd("momentum and weight decay", 0.9, 0.01, False),
        sgd("Nesterov and weight decay", 0.9, 0.01, True),
    ],
}

path = pathlib.Path(__file__).with_suffix(".json")
rows = (f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for name, rows in record.items())
path.write_text("{\n" + ",\n".join(rows) + "\n}\n")
print(f"{path}: {path.stat().st_size} bytes, PyTorch {torch.__version__}")
