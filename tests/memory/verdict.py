"""What an ending with a failed allocation is: the names of what is right, and whatever else is wrong."""
import re
import signal

MEMORY = re.compile("out of memory|Cannot allocate memory|failed to allocate memory|memory or a thread could not be had|bad_alloc")
RIGHT, ERROR = "right in spite of it", "error"
IN_LIBRARY = "ended inside of a library"


def left_behind(ending, reference, inputs, outputs):
    """What is on the disk and should not be, as a sentence; empty if nothing."""
    if ending.temporary:
        return "temporary files"
    if any(content != reference.files.get(name) for name, content in ending.files.items()):
        return "a file that is half written, or another one"
    if any(name not in ending.files for name in inputs):
        return "an input has gone"
    if sum(name.startswith("out/") for name in ending.files) not in (0, outputs):
        return "some of the outputs"
    return ""


def results(ending):
    """Not the cache, which lacks an entry that could not be stored."""
    return {name: content for name, content in ending.files.items() if not name.startswith("cache/")}


def verdict(ending, reference, inputs, case):
    """(name, is that allowed?)"""
    if ending.hung:
        return "hung", False
    named = MEMORY.search(ending.errors + ending.output)  # `check` reports there what failed
    if ending.signal and case.in_library:
        name = f"{IN_LIBRARY}, {signal.Signals(ending.signal).name} {'with' if named else 'without'} a message of memory"
        return name, case.in_halide or (ending.signal == signal.SIGABRT and bool(named))
    if left := left_behind(ending, reference, inputs, case.outputs):
        return left, False
    if ending.status == 0:
        same = ending.output == reference.output and results(ending) == results(reference)
        return (RIGHT, True) if same else ("status 0 and another result", False)
    if ending.status == 1 and named:
        return ERROR, True
    return f"signal {ending.signal}" if ending.signal else f"status {ending.status} without a message of memory", False
