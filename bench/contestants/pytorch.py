"""PyTorch as a contestant: `pytorch.py JOB THREADS default | channels_last | optimized`; JOB is a job as JSON."""

import json
import sys

import torch
import torch.nn.functional as F

from contest import compete, fill, images, labels, memory
from nets import make


def loss_of(output, y):
    """Cross-entropy; an auxiliary head weighs 0.3 where there are two (GoogLeNet), else 0.4 (Inception V3)."""
    if isinstance(output, torch.Tensor):
        return F.cross_entropy(output, y)
    heads = [head for name, head in output._asdict().items() if name != "logits" and head is not None]
    weight = 0.3 if len(heads) == 2 else 0.4
    return F.cross_entropy(output.logits, y) + weight * sum(F.cross_entropy(head, y) for head in heads)


def prepare(job, form):
    memory_format = torch.channels_last if form == "channels_last" else torch.contiguous_format
    learning_rate = job.get("learningRate")
    model = make(job["model"])
    fill(model)
    model = model.to(memory_format=memory_format)
    x = images(job["input"]).contiguous(memory_format=memory_format)
    y = labels(len(x))

    if learning_rate is None:
        model.eval()
        if form == "optimized":
            model = torch.jit.optimize_for_inference(torch.jit.trace(model, x))

        @torch.inference_mode()
        def evaluate():
            return F.cross_entropy(model(x), y).item()

        return evaluate

    optimizer = torch.optim.SGD(model.parameters(), learning_rate, momentum=0.9, weight_decay=5e-4)

    def update():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return update


def version():
    """PyTorch's, with a mark where its full connections run on the reference BLAS, tens of times too slow."""
    if "BLAS_INFO=generic" not in torch.__config__.show():
        return torch.__version__
    try:
        with open("/proc/self/maps") as file:
            maps = file.read()
    except OSError:
        return torch.__version__
    fast = any(name in maps for name in ("openblas", "blis", "mkl"))
    return torch.__version__ if fast else f"{torch.__version__} (reference BLAS)"


def main(job, threads, form):
    torch.set_num_threads(int(threads))
    before = memory().get("now")
    step = prepare(json.loads(job), form)
    compete({"version": version(), "threads": torch.get_num_threads(), "before": before}, step)


main(*sys.argv[1:])
