#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make soak: a day in the life of the module, in virtual time, where sleeping
# costs nothing. soak.c says what happens in it.
#
#   HOURS=1            of the guest's time; default 24
#   KERNELS="6.1 6.12" default 6.12
#   SEED=7             another day; default 1
#   PLANT=leak         or birth, grid: plant a fault, which must be found

set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
out=$top/build/soak
unset MAKEFLAGS MAKELEVEL

hours=${HOURS:-24}
[[ $hours =~ ^[0-9]+$ && $hours -ge 1 ]] || {
	echo "soak: HOURS=$hours: not a number of hours" >&2
	exit 2
}
"$top/tools/testing/setup.sh"
mkdir -p "$out"
gcc -std=gnu11 -O2 -g -Wall -Wextra -Werror -pthread -static -I"$top/include/uapi" \
	-I"$here/../selftests" -o "$out/soak" "$here"/*.c "$here"/../selftests/lib*.c

for kernel in ${KERNELS:-6.12}; do
	KVER="" MODULE=""
	built=$("$top/tools/testing/build.sh" "$kernel")
	eval "$built"
	echo "# Linux $KVER, $hours h of virtual time, seed ${SEED:-1}"
	run=$KVER-${hours}h${PLANT:+-$PLANT}
	# The limit ends what hangs: a guest's day takes some minutes.
	"$top/tools/testing/vm/run.sh" -k "$kernel" --module "$MODULE" --file "$out/soak" \
		--out "$out/$run" --accel icount --cpus 1 --timeout $((600 + hours * 300)) \
		--exec "$here/guest.sh" $((hours * 3600)) "${SEED:-1}" ${PLANT:+"$PLANT"} |
		tee "$out/$run.txt"
done
