"""Runs a program of this folder and prints the CPU seconds until its end and the peak of the process's memory, in KiB.

What the operating system tells a parent would count the interpreter's shutdown, which Lambda doesn't wait for, and the
parent's own memory.
"""

import sys
import time

del sys.argv[0]
with open(sys.argv[0], encoding="utf-8") as source:  # noqa: PTH123 - pathlib would count
    code = source.read()
exec(compile(code, sys.argv[0], "exec"))
cpu = time.process_time()
with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
    print(cpu, next(line for line in status if line.startswith("VmHWM")).split()[1])
