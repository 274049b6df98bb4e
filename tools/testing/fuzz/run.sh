#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make fuzz: the fuzzer in a virtual machine of its own, for as long as asked.
#
#   KERNEL=6.12       as run.sh -k takes it; a debug kernel sees more
#   STEPS=200000      how much is done, or
#   MINUTES=60        for how long (the machine's boot not counted)
#   SEED=0x1234       begin with this one, to repeat a failure (default: by the clock)
#   WORKERS=4         processes, of two threads each
#   RELOAD=1          the module is unloaded and loaded meanwhile
#   CPUS=2 ACCEL=     of the machine, as run.sh
#
# A failure tells its seed and the command that repeats it.

set -eu
# Called by make, a make of ours must not take part in its job control nor warn
# that it cannot.
unset MAKEFLAGS MFLAGS MAKELEVEL

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
kernel=${KERNEL:-6.12}
steps=${STEPS:-200000}
minutes=${MINUTES:-}
workers=${WORKERS:-4}
seed=${SEED:-0x$(printf '%08x%08x' "$(date +%s)" $$)}
out=$top/build/fuzz/${kernel//:/-}

for number in "$steps" "${minutes:-1}" "$workers" "$seed" "${CPUS:-2}"; do
	[[ $number =~ ^(0x[0-9a-fA-F]+|[0-9]+)$ ]] || {
		echo "fuzz/run.sh: $number is no number" >&2
		exit 2
	}
done

"$top/tools/testing/setup.sh"
built=$("$top/tools/testing/build.sh" "$kernel")
eval "$built"
make -s -C "$here" OUT="$top/build/fuzz"

# An emulated machine with a debug kernel does some hundred steps a second, and
# one that hangs must be told from one that is slow.
options=(-s "$seed" -j "$workers" ${RELOAD:+-l})
if [ -n "$minutes" ]; then
	options+=(-m "$minutes")
	limit=$((minutes * 60 + 900))
else
	options+=(-n "$steps")
	limit=$((steps / 50 + 900))
fi

mkdir -p "$out"
echo "fuzzing on $kernel from seed $seed on"
status=0
"$top/tools/testing/vm/run.sh" -k "$kernel" ${ACCEL:+--accel "$ACCEL"} --cpus "${CPUS:-2}" \
	--memory 2048 --timeout $limit --module "$MODULE" --out "$out" \
	--file "$top/build/fuzz/fuzz" --exec "$here/guest.sh" "${options[@]}" || status=$?
[ $status != 0 ] || exit 0

# Where the machine went down the last seed is what the kernel's log has.
last=$(tr -d '\r' <"$out/console.log" |
       sed -nE 's/.*taskmonitor-fuzz: seed (0x[0-9a-f]+|0) steps ([0-9]+) workers ([0-9]+)( reload)?.*/SEED=\1 STEPS=\2 WORKERS=\3\4/p' |
       tail -n 1 | sed 's/ reload/ RELOAD=1/')
echo "fuzzing failed; the machine's log is $out/console.log"
[ -z "$last" ] || echo "to repeat it: make fuzz KERNEL=$kernel $last"
exit 1
