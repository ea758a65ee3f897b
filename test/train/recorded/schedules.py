"""Records schedules.json: the factors PyTorch's schedulers give, update by update.

    python3 test/train/recorded/schedules.py && npx biome format --write test/train/recorded/schedules.json

60 updates in epochs of 10; plateau sees the validation losses below, one an epoch.
"""

import json
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler as lr

STEPS, PER_EPOCH = 60, 10
LOSSES = [1, 0.9, 0.95, 0.89995, 0.91, 0.92, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.6, 0.65, 0.66, 0.67]

warnings.simplefilter("ignore")  # schedulers miss the optimiser's steps, which nothing here needs


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)


def factors(make):
    sgd = optimizer()
    scheduler = make(sgd)
    found = []
    for _ in range(STEPS):
        found.append(sgd.param_groups[0]["lr"])
        scheduler.step()
    return [float(f"{factor:.10g}") for factor in found]


def warmed(main, steps=10, start=0.01):
    def make(sgd):
        rising = lr.LinearLR(sgd, start_factor=start, total_iters=steps)
        return lr.SequentialLR(sgd, [rising, main(sgd)], milestones=[steps])
    return make


def plateau(losses, **options):
    sgd = optimizer()
    scheduler = lr.ReduceLROnPlateau(sgd, **options)
    found = []
    for loss in losses:
        found.append(sgd.param_groups[0]["lr"])
        scheduler.step(loss)
    return [*found, sgd.param_groups[0]["lr"]]


recorded = {
    "steps": STEPS,
    "stepsPerEpoch": PER_EPOCH,
    "losses": LOSSES,
    "schedules": [
        {"config": {"name": "constant", "warmup": 1},
         "factors": factors(warmed(lambda o: lr.LambdaLR(o, lambda step: 1.0)))},
        {"config": {"name": "step", "every": {"steps": 14}, "gamma": 0.3},
         "factors": factors(lambda o: lr.StepLR(o, 14, 0.3))},
        {"config": {"name": "multistep", "milestones": [2, {"part": 0.75}], "gamma": 0.2},
         "factors": factors(lambda o: lr.MultiStepLR(o, [20, 45], 0.2))},
        {"config": {"name": "exponential", "gamma": 0.9, "per": {"steps": 1}},
         "factors": factors(lambda o: lr.ExponentialLR(o, 0.9))},
        {"config": {"name": "exponential", "gamma": 0.9, "per": {"steps": 1}, "warmup": {"steps": 7}},
         "factors": factors(warmed(lambda o: lr.ExponentialLR(o, 0.9), 7))},
        {"config": {"name": "cosine"},
         "factors": factors(lambda o: lr.CosineAnnealingLR(o, STEPS))},
        {"config": {"name": "cosine", "end": 0.05, "warmup": 1, "warmupFrom": 0.1},
         "factors": factors(warmed(lambda o: lr.CosineAnnealingLR(o, STEPS - 10, 0.05), 10, 0.1))},
        {"config": {"name": "polynomial", "power": 2},
         "factors": factors(lambda o: lr.PolynomialLR(o, STEPS, 2))},
        {"config": {"name": "polynomial", "warmup": 1},
         "factors": factors(warmed(lambda o: lr.PolynomialLR(o, STEPS - 10, 1)))},
        {"config": {"name": "onecycle"},
         "factors": factors(lambda o: lr.OneCycleLR(o, 1.0, total_steps=STEPS, cycle_momentum=False))},
        {"config": {"name": "onecycle", "rise": 0.25, "divisor": 10, "finalDivisor": 100, "anneal": "linear"},
         "factors": factors(lambda o: lr.OneCycleLR(o, 1.0, total_steps=STEPS, pct_start=0.25, div_factor=10,
                                                    final_div_factor=100, anneal_strategy="linear",
                                                    cycle_momentum=False))},
    ],
    "plateaus": [
        {"options": {"patience": 1}, "factors": plateau(LOSSES, patience=1)},
        {"options": {"patience": 2, "factor": 0.5, "cooldown": 2, "threshold": 0.05, "least": 0.2},
         "factors": plateau(LOSSES, patience=2, factor=0.5, cooldown=2, threshold=0.05, min_lr=0.2)},
        {"options": {"of": "top1", "patience": 1, "threshold": 0.01},
         "factors": plateau([1 - loss for loss in LOSSES], mode="max", patience=1, threshold=0.01)},
    ],
}

pathlib.Path(__file__).with_name("schedules.json").write_text(json.dumps(recorded))
