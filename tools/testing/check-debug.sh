#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make check-debug: the tests of the guest on kernels that complain. First of all,
# do they complain? In the end, which lines of the module were run?
#
#   KERNELS="6.12:kasan"   on these alone (default: KASAN and KCSAN, 6.1 and 6.12)
#   FUZZ_STEPS=300000      on each (default: a million on all together, most of them where they
#                          are fast)
#   SLOWNESS=1             what is done over and over as often as on fast kernels (default: a tenth
#                          with KCSAN, a twentieth with KASAN)
#   JOBS=1                 so many machines at a time (default: one for each CPU, which a machine
#                          keeps busy; with more of them they spin for each other's locks)
#   TESTS=, V=, ...        as check.sh

set -eu
unset MAKEFLAGS MFLAGS MAKELEVEL

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/vm/arch.sh
. "$here/vm/arch.sh"
# The slowest first.
export KERNELS=${KERNELS:-6.12:kasan 6.1:kasan 6.12:kcsan 6.1:kcsan}
export SUITE=guest TIMEOUT=5400 TEST_TIMEOUT=${TEST_TIMEOUT:-1800}
for k in $KERNELS; do
	is_debug "$k" || {
		echo "check-debug.sh: $k is no debug kernel (6.12:kasan, 6.1:kcsan, ...)" >&2
		exit 2
	}
done
# Of the million a hundredth on each with KASAN, the rest on those with KCSAN, three times as fast.
n_kasan=$(echo "$KERNELS" | grep -o :kasan | wc -l) n_kcsan=$(echo "$KERNELS" | grep -o :kcsan | wc -l)
steps=$((1000000 / (n_kasan + 49 * n_kcsan)))
export JOBS=${JOBS:-$(nproc)}
# Grace periods as short as they come: half the time of a test that loads the module again and
# again, and less time to hide in for what is used after it was freed. make check has long ones.
export APPEND="rcupdate.rcu_expedited=1 ${APPEND:-}"
export APPEND_kasan="SLOWNESS=${SLOWNESS:-20} FUZZ_STEPS=${FUZZ_STEPS:-$steps}"
# The module's allocations are the same on both.
case " $KERNELS " in *" 6.12:kasan "*) export APPEND_6_1_kasan=FAULT_STEP=2 ;; esac
export APPEND_kcsan="SLOWNESS=${SLOWNESS:-10} FUZZ_STEPS=${FUZZ_STEPS:-$((49 * steps))}"
if [ -z "${TESTS:-}" ]; then
	export BESIDE="$here/debug/detectors.t" ALSO=
	[ "${KERNELS#*:kasan}" = "$KERNELS" ] || ALSO="$here/debug/coverage.pl"
fi
exec "$here/check.sh"
