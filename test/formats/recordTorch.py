"""Records test/formats/torch/: small files that PyTorch 1.13 and NumPy wrote. Run: python3 recordTorch.py"""

import collections
import io
import os
import zipfile
from os.path import dirname, join

import numpy
import torch

folder = join(dirname(__file__), "torch")


def save(name, value, **options):
    torch.save(value, join(folder, name), **options)


def repack(source, name, compression, rename="archive", extra=None):
    with zipfile.ZipFile(join(folder, source)) as old, zipfile.ZipFile(
        join(folder, name), "w", compression
    ) as new:
        for entry in old.namelist():
            info = zipfile.ZipInfo(entry.replace(entry.split("/")[0], rename, 1), (1980, 1, 1, 0, 0, 0))
            info.compress_type = compression
            with new.open(info, "w", force_zip64=True) as out:
                out.write(old.read(entry))
        for entry, content in (extra or {}).items():
            new.writestr(zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0)), content)


class Attack:
    def __reduce__(self):
        return os.system, ("echo attacked",)


base = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 8 - 0.5
values = collections.OrderedDict(
    f32=base,
    turned=base.t(),
    part=base[1:, 1:3],
    wide=base[:1].expand(2, 4),
    f16=base.half(),
    bf16=base.bfloat16(),
    f64=base.double(),
    i64=torch.tensor([3, -4]),
    i32=torch.tensor([5, -6], dtype=torch.int32),
    i16=torch.tensor([7, -8], dtype=torch.int16),
    i8=torch.tensor([9, -10], dtype=torch.int8),
    u8=torch.tensor([11, 250], dtype=torch.uint8),
    bool=torch.tensor([True, False]),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 3),
)
parameter = torch.nn.Parameter(base)
network = torch.nn.DataParallel(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)))
torch.nn.init.constant_(network.module[0].weight, 0.5)
torch.nn.init.constant_(network.module[0].bias, -1)
checkpoint = {
    "epoch": 3,
    "best": numpy.float64(91.5),
    "shape": torch.Size([1, 2]),
    "device": torch.device("cpu"),
    "seen": {1, 2},
    "large": 2**70,
    "state_dict": network.state_dict(),
}
save("all.pth", values)
save("all_legacy.pth", values, _use_new_zipfile_serialization=False)
save("protocol4.pth", {"w": parameter}, pickle_protocol=4)
save("checkpoint.pth", checkpoint)
save("checkpoint_legacy.pth", checkpoint, _use_new_zipfile_serialization=False)
save("attack.pth", {"w": base, "x": Attack()})
save("attack_legacy.pth", {"w": base, "x": Attack()}, _use_new_zipfile_serialization=False)
save("attack4.pth", {"w": base, "x": Attack()}, pickle_protocol=4)
save("module.pth", torch.nn.Linear(2, 3))
repack("all.pth", "deflated.pth", zipfile.ZIP_DEFLATED)
repack("protocol4.pth", "named.pth", zipfile.ZIP_STORED, "some other name")
numpy.savez(join(folder, "stored.npz"), f32=base.numpy(), u8=values["u8"].numpy(), i64=values["i64"].numpy())
numpy.savez_compressed(join(folder, "deflated.npz"), f32=base.numpy(), turned=base.numpy().T)
