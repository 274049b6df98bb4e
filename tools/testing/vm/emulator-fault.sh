#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Did the emulator fail, not what it emulated? Looks at a console of an amd64 guest
# that crashed or hung.
#
# One CPU patches the kernel's code (static keys, tracepoints) and puts an int3
# there for a moment; another translates it just then, and QEMU 7.2 may keep that
# translation after the int3 has gone. What stood in memory is in the log: the byte
# before the one at which the kernel stopped would be cc if there were an int3.
#
# 6.12 dies of an int3 that nobody has set. In 6.1 kprobes take it for a probe that
# has just gone and return to it, for ever: in the log is a CPU at the entry for
# int3, and below it where that was called from.
#
# usage: emulator-fault.sh CONSOLE

# no_int3: the first code on standard input stops behind something else than an int3
no_int3() { grep -a -m 1 'Code:' | grep -qv 'cc <'; }

sed -n '/Oops: int3/,$p' "$1" | no_int3 ||
	sed -n '/RIP: 0010:asm_exc_int3+/,$p' "$1" | sed -n '2,/<\/TASK>/{/RIP: /,$p}' | no_int3
