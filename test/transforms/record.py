"""Records what torchvision's transforms make of small pictures, through Pillow.

    python3 test/transforms/record.py

Pictures are not recorded: pictures.ts repeats the formulas of `picture`. Results, in recorded.json, are planar bytes
in base64; spaces.json has the strengths of random augmentation, normalized.json what networks read.
"""

import base64
import json
import pathlib

import numpy
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import autoaugment
from torchvision.transforms import functional as F
from torchvision.transforms.functional import InterpolationMode


def picture(kind, channels, height, width):
    """`noise` is anything, `slope` changes slowly, `dull` has no black and no white."""
    c, y, x = numpy.indices((channels, height, width))
    i = (c * height + y) * width + x
    planes = {
        "noise": (i + 1) * 437 % 2003 % 256,
        "slope": (c * 70 + y * 9 + x * 5) % 256,
        "dull": 60 + c * 20 + (i + 1) * 437 % 2003 % 100,
    }[kind].astype(numpy.uint8)
    return Image.fromarray(planes[0] if channels == 1 else planes.transpose(1, 2, 0))


rows = []


def record(apply, of, parameters, transform):
    """`apply` names what recorded.test.ts calls with `parameters`; `of` is the picture.

    Several pictures of one size are recorded as one, whose channels are those of all of them."""
    made = transform(picture(*of))
    pixels = [numpy.asarray(each) for each in (made if isinstance(made, tuple) else [made])]
    planes = numpy.concatenate([each[None] if each.ndim == 2 else each.transpose(2, 0, 1) for each in pixels])
    data = base64.b64encode(numpy.ascontiguousarray(planes).tobytes()).decode()
    rows.append({"apply": apply, "of": of, "parameters": parameters, "shape": planes.shape, "data": data})


rgb, grey, slope, dull = ("noise", 3, 11, 13), ("noise", 1, 9, 8), ("slope", 3, 12, 10), ("dull", 3, 8, 9)

for interpolation in ("nearest", "bilinear", "bicubic"):
    mode = InterpolationMode(interpolation)
    for of, size in [(rgb, [7, 6]), (rgb, [16, 13]), (grey, [9, 19]), (slope, [5, 17]), (rgb, 8), (slope, 1)]:
        record("resize", of, {"size": size, "interpolation": interpolation}, lambda p: F.resize(p, size, mode))
for size, largest in [(8, 9), (10, 11), (4, 20)]:
    record("resize", rgb, {"size": size, "maxSize": largest}, lambda p: F.resize(p, size, max_size=largest))
record("resize", ("noise", 1, 60, 90), {"size": 7}, lambda p: F.resize(p, 7))

for size in (4, 5, [6, 3], [11, 20], [14, 16], [20, 4]):
    record("centerCrop", rgb, {"size": size}, lambda p: F.center_crop(p, size))

for mode in ("constant", "edge", "reflect", "symmetric"):
    for padding in (2, [3, 1], [1, 2, 3, 4]):
        fill = 7 if mode == "constant" else 0
        record("pad", slope, {"padding": padding, "fill": fill, "paddingMode": mode},
               lambda p: F.pad(p, padding, fill, mode))
record("pad", rgb, {"padding": 1, "fill": [9, 200, 31]}, lambda p: F.pad(p, 1, (9, 200, 31)))

for box in ((2, 3, 5, 4), (0, 0, 11, 13), (-2, -3, 6, 8), (8, 9, 6, 7)):
    record("crop", rgb, dict(zip(("top", "left", "height", "width"), box)), lambda p: F.crop(p, *box))
for of in (rgb, grey):
    record("flipHorizontally", of, {}, F.hflip)
    record("flipVertically", of, {}, F.vflip)

for size in (5, [4, 6]):
    record("fiveCrop", grey, {"size": size}, lambda p: F.five_crop(p, size))
    record("tenCrop", rgb, {"size": size}, lambda p: F.ten_crop(p, size))

noise = ("noise", 3, 24, 25)
adjusts = {"brightness": F.adjust_brightness, "contrast": F.adjust_contrast, "saturation": F.adjust_saturation,
           "sharpness": F.adjust_sharpness}
for what, adjust in adjusts.items():
    for of, factor in [(rgb, 0), (rgb, 0.4), (slope, 1.7), (dull, 0.1234567), (dull, 3), (grey, 1.3)]:
        record(what, of, {"factor": factor}, lambda p: adjust(p, factor))
for of, turn in [(noise, 0), (noise, -0.1), (noise, 0.33), (noise, 0.5), (slope, -0.5), (dull, 0.05), (grey, 0.2)]:
    record("hue", of, {"factor": turn}, lambda p: F.adjust_hue(p, turn))
for of in (noise, slope, dull):
    record("grayscale", of, {}, lambda p: F.to_grayscale(p, 1))
for of in (rgb, grey):
    record("grayscale", of, {"numOutputChannels": 3}, lambda p: F.to_grayscale(p, 3))

pictures = {"slope": ("slope", 3, 15, 18), "grey": ("noise", 1, 13, 12), "dull": ("dull", 3, 24, 25)}
magnitudes = {
    "ShearX": [0.3, -0.77, 0.5], "ShearY": [0.3, -0.99], "TranslateX": [3.9, -5.2, 40.0], "TranslateY": [3.9, -5.2],
    "Rotate": [30.0, -11.4, 90.0, 180.0, -135.0], "Brightness": [0.4, -0.9], "Color": [0.4, -0.9],
    "Contrast": [0.4, -0.9], "Sharpness": [0.9, -0.5], "Posterize": [4, 7, 8], "Solarize": [100.5, 255.0, 0.0],
    "AutoContrast": [0.0], "Equalize": [0.0], "Identity": [0.0]}
for op, strengths in magnitudes.items():
    for i, magnitude in enumerate(strengths):
        for of, fill in [(pictures["slope"], [5, 90, 200]), (pictures["grey"], 33), (pictures["dull"], 0)]:
            # Only where there are many pixels does `equalize` change any.
            if of != pictures["dull"] or op in ("Equalize", "AutoContrast") or i == 0 and magnitude < 1:
                record("operation", of, {"name": op[0].lower() + op[1:], "magnitude": magnitude, "fill": fill},
                       lambda p: autoaugment._apply_op(p, op, magnitude, InterpolationMode.NEAREST, fill))
for of in (rgb, grey, ("dull", 1, 1, 1)):
    record("invert", of, {}, F.invert)
    record("operation", of, {"name": "equalize", "magnitude": 0, "fill": 0}, F.equalize)
    record("operation", of, {"name": "autoContrast", "magnitude": 0, "fill": 0}, F.autocontrast)
    record("operation", of, {"name": "sharpness", "magnitude": 0.5, "fill": 0}, lambda p: F.adjust_sharpness(p, 1.5))

normalized = []
for of, mean, std in [(("noise", 3, 4, 5), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
                      (("slope", 3, 4, 5), [0.5], [0.25]), (("noise", 1, 4, 5), [0.1307], [0.3081])]:
    values = F.normalize(F.to_tensor(picture(*of)), mean, std).flatten().tolist()
    normalized.append({"of": of, "parameters": {"mean": mean, "std": std}, "values": [round(v, 7) for v in values]})
path = pathlib.Path(__file__).with_name("normalized.json")
path.write_text(json.dumps(normalized, separators=(",", ":")) + "\n")

spaces = {}
for name, space in {
    "randAugment 31": autoaugment.RandAugment()._augmentation_space(31, (48, 33)),
    "randAugment 10": autoaugment.RandAugment()._augmentation_space(10, (32, 224)),
    "randAugment 9": autoaugment.RandAugment()._augmentation_space(9, (32, 32)),
    "trivialAugmentWide 31": autoaugment.TrivialAugmentWide()._augmentation_space(31),
    "trivialAugmentWide 13": autoaugment.TrivialAugmentWide()._augmentation_space(13),
}.items():
    spaces[name] = {op[0].lower() + op[1:]: {"magnitudes": m.flatten().tolist(), "signed": signed}
                    for op, (m, signed) in space.items()}
path = pathlib.Path(__file__).with_name("spaces.json")
path.write_text(json.dumps(spaces, separators=(",", ":")) + "\n")

path = pathlib.Path(__file__).with_name("recorded.json")
path.write_text("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")
print(f"{path}: {path.stat().st_size} bytes, torchvision {torchvision.__version__}, Pillow {PIL.__version__}")
