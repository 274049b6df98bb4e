#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Are the detectors awake? One bug of each kind is planted on each debug kernel;
# the verdict must be red and name it.
#
#   KERNELS="6.12:kasan ..."	the debug kernels to try

here=$(cd "$(dirname "$0")" && pwd)
testing=$here/..
# shellcheck source=tools/testing/host/lib.sh
. "$testing/host/lib.sh"

# In this order: a fault in memory or in the order of locks is the last that
# lockdep looks at, and KASAN shows one report a boot. What the kernel says:
bugs_kasan="none sleep rcu inversion shift timer list use_after_free leak"
bugs_kasan_2="out_of_bounds"
bugs_kcsan="none processor race"
declare -A says=(
	[sleep]='sleeping function called from invalid context'
	[rcu]='suspicious RCU usage'
	[inversion]='possible circular locking dependency detected'
	[shift]='UBSAN: shift-out-of-bounds'
	[timer]='ODEBUG: free active'
	[list]='list_del corruption'
	[use_after_free]='KASAN: slab-use-after-free in planted_use_after_free|KASAN: use-after-free in planted_use_after_free'
	[out_of_bounds]='KASAN: slab-out-of-bounds in planted_out_of_bounds'
	[processor]='using smp_processor_id\(\) in preemptible'
	[race]='KCSAN: data-race in planted_race_step'
)

# found BUG DIR: red, and the complaint is shown where BUG was planted.
found() {
	local log=$2/_kernel_log.tap

	grep -q "^not ok - clean after $1: .*the kernel complained" "$log" || return 1
	awk -v t="- clean after $1:" '/^(not )?ok/ { on = index($0, t) } on' "$log" |
		grep -qE "${says[$1]}"
}

leak_found() {
	local log=$1/_kernel_log.tap

	grep -q "^not ok - clean after kmemleak: memory leaked" "$log" &&
		grep -q 'planted_leak\|planted_init' "$log"
}

# plant KERNEL DIR BUG...: one boot, in the background
plant() {
	local kernel=$1 out=$2 b
	shift 2
	mkdir "$out.tests"
	for b in "$@"; do
		printf '#!/bin/sh\necho 1..1\ninsmod "$TM_MODULE" bug=%s && rmmod taskmonitor && echo "ok 1"\n' \
			"$b" >"$out.tests/$b"
		chmod +x "$out.tests/$b"
	done
	(cd "$out.tests" && exec "$testing/vm/run.sh" -k "$kernel" --module "$work/${kernel//[:.]/-}.ko" \
		--out "$out" --test-timeout 120 --no-verdict --tests "$@") >"$out.log" 2>&1 &
	[ "$(jobs -pr | wc -l)" -lt "$jobs" ] || wait -n
}

# begin KERNEL: build the bugs, and boot with them
begin() {
	local kernel=$1 flavour=${1#*:} out=$work/${1//[:.]/-}
	local first=bugs_$flavour second=bugs_${flavour}_2

	cp -r "$here/planted" "$out.src"
	make -s -C "$("$testing/vm/kernels.sh" -p KDIR "$kernel")" M="$out.src" modules \
		>"$out.build" 2>&1 || sed 's/^/# /' "$out.build"
	cp "$out.src/taskmonitor.ko" "$out.ko"
	# shellcheck disable=SC2086  # lists of words
	{
		plant "$kernel" "$out" ${!first}
		[ -z "${!second-}" ] || plant "$kernel" "$out-2" ${!second}
	}
}

judge() {
	local kernel=$1 flavour=${1#*:} out=$work/${1//[:.]/-} b
	local first=bugs_$flavour second=bugs_${flavour}_2

	failed=""
	ok "$kernel: no complaint where there is no bug" \
		grep -q '^ok - clean after none' "$out/_kernel_log.tap"
	for b in ${!first}; do
		case $b in
		none) ;;
		leak) ok "$kernel: finds a leak" leak_found "$out" ;;
		*) ok "$kernel: finds ${b//_/ }" found "$b" "$out" ;;
		esac
	done
	for b in ${!second-}; do
		ok "$kernel: finds ${b//_/ }" found "$b" "$out-2"
	done
	[ -z "$failed" ] || sed 's/^/# /' "$out"/_kernel_log.tap "$out.log" | tail -n 150
}

jobs=${JOBS:-$(nproc)} kernels=()
for k in ${KERNELS:-6.12:kasan 6.12:kcsan}; do
	case $k in
	*:kasan|*:kcsan) kernels+=("$k") ;;
	esac
done
for k in "${kernels[@]}"; do begin "$k"; done
wait
for k in "${kernels[@]}"; do judge "$k"; done
echo "1..$n"
