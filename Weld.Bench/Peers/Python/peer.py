"""A peer in Python: does what it is asked on stdin, a line each, and replies on stdout (Conversation.cs says what).

Arguments: the module with the peer's functions, perhaps words for it, and the number of threads. A function of the module takes its arguments from the
host, makes them what is native to the peer, and gives the computation that is to be timed: a function without arguments.
"""
import ctypes
import gc
import importlib
import os
import sys
import time

CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def load(folder):
    """The arguments in a folder: numbers, arrays, and texts as arrays of bytes strings."""
    arguments = []
    while os.path.exists(file := os.path.join(folder, f"{len(arguments)}.npy")):
        value = np.load(file)
        if os.path.exists(file := os.path.join(folder, f"{len(arguments)}.offsets.npy")):
            data, offsets = value.tobytes(), np.load(file).tolist()
            value = np.array([data[a:b] for a, b in zip(offsets, offsets[1:])], dtype="S")
        arguments.append(value[()] if value.ndim == 0 else value)
    return arguments


def save(folder, columns):
    """Writes columns of numbers, or of bytes strings."""
    for i, column in enumerate(columns):
        column = np.atleast_1d(column)
        file = os.path.join(folder, f"{i}.npy")
        if column.dtype.kind == "S":
            np.save(os.path.join(folder, f"{i}.offsets.npy"), np.concatenate([[0], np.cumsum(np.char.str_len(column))]))
            column = np.frombuffer(b"".join(column.tolist()), dtype=np.uint8)
        np.save(file, np.ascontiguousarray(column))


def trim():
    """Gives freed memory back to the system, where the C library can."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        pass


def serve(module, out):
    run = None
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        try:
            if word == "enter":
                name, _, folder = rest.partition(" ")
                function = getattr(module, name, None)
                arguments = load(folder) if function else None
                start = time.perf_counter()
                run = function(*arguments) if function else None
                arguments = None
                took = time.perf_counter() - start if getattr(module, "COMPILES", False) else 0
                reply = f"entered {took}" if run else "declined"
            elif word == "time":
                name, runs = rest.split()
                clock = CLOCKS[name]
                start = clock()
                for _ in range(int(runs)):
                    run()
                reply = f"took {clock() - start:.9f}"
            elif word == "answer":
                columns = module.columns(run())
                save(rest, columns)
                reply = f"answered {len(columns)}"
            elif word == "trim":
                trim()
                reply = "trimmed"
            else:
                run = columns = None
                reply = "left"
        except Exception as e:
            reply = "failed " + " ".join(f"{type(e).__name__}: {e}".split())[:300]
        print(reply, file=out, flush=True)


if __name__ == "__main__":
    replies, sys.stdout = sys.stdout, sys.stderr
    try:
        import numpy as np
        functions = importlib.import_module(sys.argv[1])
    except ImportError as e:
        print("absent", e, file=replies, flush=True)
    else:
        print("ready", f"{functions.VERSION}, Python {sys.version.split()[0]}", file=replies, flush=True)
        serve(functions, replies)
