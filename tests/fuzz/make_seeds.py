#!/usr/bin/env python3
"""make_seeds.py FOLDER: seeds of the formats that are not text, FOLDER/npy, FOLDER/entry and FOLDER/choice, written by other
programs than ours: a few lines each. Named as run_seeds.cpp reads names."""
import hashlib
import pathlib
import struct
import sys


def npy(shape, letters, data, version=1, header=None):
    descr = letters if isinstance(letters, str) else f"<f{letters}"
    header = header or f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    length = struct.pack("<H" if version == 1 else "<I", len(header) + 1)
    return b"\x93NUMPY" + bytes([version, 0]) + length + header.encode() + b"\n" + data


def whole(count, form="b"):
    return b"".join(struct.pack("<" + form, i - 8) for i in range(count))


def floats(count, form="f"):
    return b"".join(struct.pack("<" + form, i / 4 - 1) for i in range(count))


NPY = {
    "input": npy((1, 3, 4, 2), 4, floats(24)),
    "input_nchw_f16": npy((1, 2, 3, 4), 2, floats(24, "e"), version=2),
    "input_without_unit_axes": npy((1, 4, 2), 4, floats(8)),
    "weights_f64": npy((2, 2, 2, 3), 8, floats(24, "d"), version=3),
    "bias": npy((3,), 4, floats(3)),
    "bias_of_nan": npy("(3,)", 4, b"\x00\x00\xc0\x7f\x01\x00\x80\x7f\x00\x00\x80\xff"),
    "half_nan": npy("(2,)", 2, b"\x01\x7c\xff\xfe"),
    "weights_s8": npy((2, 2, 2, 3), "|i1", whole(24)),
    "input_u8": npy((1, 3, 4, 2), "|u1", bytes(range(0, 240, 10))),
    "bias_s32": npy("(3,)", "<i4", whole(3, "i")),
    "multipliers": npy("(3,)", 8, struct.pack("<ddd", 0.1, 0, 1e-300)),
    "one_multiplier": npy("()", 8, struct.pack("<d", 0.3)),
    "refused_int64": npy("(3,)", "<i8", whole(3, "q")),
    "number": npy("()", 4, floats(1)),
    "empty": npy((0, 9223372036854775807), 4, b""),
    "other_order_of_keys": npy((), 4, floats(2), header="{\"shape\":(2),'descr':'<f4', 'fortran_order':False}"),
    "refused_fortran_order": npy((), 4, floats(4), header="{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }"),
    "refused_big_endian": npy((), 4, floats(1), header="{'descr': '>f4', 'fortran_order': False, 'shape': (), }"),
    "refused_overflow": npy((1 << 33, 1 << 31), 4, b""),
    "refused_cut_short": npy((2, 2), 4, floats(3)),
    "not_a_float32": npy("(1,)", 8, struct.pack("<d", 0.1)),
}


def block(data):
    return struct.pack("<Q", len(data)) + data


def payload(views, shared=128, thread=0, code=5, key=b"problem: ic3\n", rest=b""):
    listed = b"".join(struct.pack("<IQ", operand, offset) for operand, offset in views)
    sizes = struct.pack("<QQQ", shared, thread, code)
    return block(key) + struct.pack("<I", len(views)) + listed + sizes + block(b"\x7fELF object") + rest


def choice(budget=500, whole=0, contestants=4, seconds=2e-6, model_seconds=3e-6, plan=b"algorithm=direct", rest=b""):
    numbers = struct.pack("<QQQdd", budget, whole, contestants, seconds, model_seconds)
    return entry(block(b"problem: ic3\n") + numbers + block(plan) + rest, magic=b"CFCHOICE", version=1)


def entry(data, magic=b"CFKERNEL", version=2):
    return magic + struct.pack("<IIQ", version, 0, len(data)) + hashlib.sha256(data).digest() + data


VIEWS = [(0, 0), (1, 64), (2, 0), (3, 0), (4, 0)]
ENTRY = {
    "plain": entry(payload(VIEWS)),
    "no_key": entry(payload(VIEWS[:1], key=b"")),
    "many_views": entry(payload(VIEWS * 3, thread=1 << 20)),
    "refused_magic": entry(payload(VIEWS), magic=b"CFKERNAL"),
    "refused_version": entry(payload(VIEWS), version=1),
    "refused_view": entry(payload([(9, 0)])),
    "refused_offset": entry(payload([(0, 1 << 63)])),
    "refused_workspace": entry(payload(VIEWS, shared=1 << 40)),
    "refused_code": entry(payload(VIEWS, code=12)),
    "refused_rest": entry(payload(VIEWS, rest=b"\0")),
    "refused_checksum": entry(payload(VIEWS))[:-1] + b"T",
}

CHOICE = {
    "measured": choice(),
    "whole": choice(whole=1),
    "too_short": choice(contestants=0, seconds=0, model_seconds=0, plan=b""),
    "refused_magic": entry(payload(VIEWS)),
    "refused_whole": choice(whole=2),
    "refused_time": choice(seconds=-1),
    "refused_nan": choice(model_seconds=float("nan")),
    "refused_no_plan": choice(plan=b""),
    "refused_not_measured": choice(contestants=0),
    "refused_rest": choice(rest=b"\0"),
    "refused_checksum": choice()[:-1] + b"T",
}


def main():
    for name, seeds in (("npy", NPY), ("entry", ENTRY), ("choice", CHOICE)):
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        for seed in folder.iterdir():
            seed.unlink()
        for seed, data in seeds.items():
            (folder / seed).write_bytes(data)


if __name__ == "__main__":
    main()
