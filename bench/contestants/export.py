"""Writes a job's network, filled and in evaluation mode, to the standard output as ONNX: `export.py JOB`."""

import io
import json
import sys

import torch

from contest import fill, images
from nets import make

OPSET = 17  # the newest that PyTorch 1.13 writes

job = json.loads(sys.argv[1])
model = make(job["model"])
fill(model)
onnx = io.BytesIO()
torch.onnx.export(model.eval(), images(job["input"]), onnx, opset_version=OPSET, do_constant_folding=True)
sys.stdout.buffer.write(onnx.getbuffer())
