"""What an ending with a failed allocation is: the names of what is right, and whatever else is wrong."""
import re
import signal

MEMORY = re.compile("out of memory|Cannot allocate memory|memory or a thread could not be had|bad_alloc")
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


def ended_in_library(ending):
    """By the system's own message of that, or by a signal that damage causes."""
    return ending.signal in (signal.SIGABRT, signal.SIGSEGV)


def verdict(ending, reference, inputs, case):
    """(name, is that allowed?)"""
    if ending.hung:
        return "hung", False
    left = left_behind(ending, reference, inputs, case.outputs)
    if left and not case.in_library:
        return left, False
    if ending.status == 0:
        same = ending.output == reference.output and (ending.files == reference.files or case.in_library)
        return (RIGHT, True) if same else ("status 0 and another result", False)
    if ending.status == 1 and MEMORY.search(ending.errors):
        return (left, False) if left else (ERROR, True)
    if case.in_library and ended_in_library(ending):
        named = "with a message of memory" if MEMORY.search(ending.errors) else "without"
        return f"{IN_LIBRARY}, {signal.Signals(ending.signal).name} {named}", True
    return f"signal {ending.signal}" if ending.signal else f"status {ending.status} without a message of memory", False
