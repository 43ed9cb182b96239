"""What is swept: a command, its input files, and what it may leave when memory fails."""
import dataclasses
import pathlib
import struct

COMPILE = ["compile", "--problem", "ic3ih3oc1kh2", "--target", "x86-64-sse41", "--out", "out"]
CALL = ["--problem", "ic2ih1oc1kh1", "--epilogue", "bias", "--target", "x86-64-sse41"]


@dataclasses.dataclass
class Case:
    program: str  # a key of the programs given on the command line
    arguments: list
    outputs: int  # files in out/, all of them or none
    inputs: str = ""  # a name of INPUTS
    start: bool = False  # the constructors of libraries are swept, too
    in_library: bool = False  # LLVM and the JSON library may end the process, which is not ours, with a message of memory
    in_halide: bool = False  # and Halide's LLVM by assertions that std::bad_alloc makes wrong


CASES = {
    "start": Case("convforge", ["targets"], 0, start=True),
    "compile": Case("convforge", [*COMPILE, "--emit", "object,header,source"], 3),
    "compile_static": Case("convforge", [*COMPILE, "--emit", "static"], 1),
    "run": Case("convforge", ["run", *CALL, "--input", "input.npy", "--weights", "weights.npy", "--bias", "bias.npy",
                              "--output", "out/output.npy", "--threads", "3"], 1, "tensors"),
    "check": Case("convforge", ["check", *CALL, "--jobs", "1"], 0),
    "jit_c_compile": Case("jit_app_c", ["cache"], 0, in_library=True, in_halide=True),
    "jit_c_load": Case("jit_app_c", ["cache"], 0, "cache", in_library=True),
    "jit_cpp_compile": Case("jit_app_cpp", ["cache"], 0, in_library=True, in_halide=True),
    "jit_cpp_load": Case("jit_app_cpp", ["cache"], 0, "cache", in_library=True),
    "pool": Case("pool_app", [], 0),
}


def npy(shape, values):
    """A .npy file of float32."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}f", *values)


def write_tensors(folder, _):
    (folder / "input.npy").write_bytes(npy((1, 1, 1, 2), [10, 100]))
    (folder / "weights.npy").write_bytes(npy((1, 1, 2, 1), [3, 5]))
    (folder / "bias.npy").write_bytes(npy((1,), [1]))
    (folder / "out").mkdir()


def write_cache(folder, run):
    """What the program itself leaves in its cache."""
    (folder / "tmp").mkdir()
    run(folder)
    (folder / "tmp").rmdir()


INPUTS = {"": lambda folder, run: None, "tensors": write_tensors, "cache": write_cache}


def write_inputs(case, folder, run):
    """run(folder): the case's command, once, with memory."""
    folder = pathlib.Path(folder)
    folder.mkdir()
    INPUTS[case.inputs](folder, run)
