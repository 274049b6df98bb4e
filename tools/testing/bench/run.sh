#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make bench: what the engine costs, in guest instructions under virtual time,
# and how well it keeps time, under emulation (or KVM, where it works).
#
# Instructions repeat to the digit; times do not. KERNELS chooses the kernels.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
out=$top/build/bench
unset MAKEFLAGS MAKELEVEL

"$top/tools/testing/setup.sh"
mkdir -p "$out"
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -pthread -static -I"$top/include/uapi" \
	-o "$out/engine" "$here/engine.c"

for kernel in ${KERNELS:-6.12 6.1}; do
	KVER="" MODULE=""
	eval "$("$top/tools/testing/build.sh" "$kernel")"
	guest() {
		"$top/tools/testing/vm/run.sh" -k "$kernel" --module "$MODULE" \
			--file "$out/engine" --out "$out/$KVER" "${@:2}" \
			--exec "$here/engine.sh" "$1"
	}
	{
		echo "# Linux $KVER, virtual time, one CPU"
		for what in cost fork cadence; do
			guest $what --accel icount --cpus 1 --timeout 600
		done
		echo "# Linux $KVER, two CPUs, time as it comes"
		for what in cadence steps; do
			guest $what --timeout 300
		done
	} | tee "$out/engine-$KVER.txt"
done
