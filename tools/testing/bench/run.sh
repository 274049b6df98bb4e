#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make bench: what the module costs, and what others cost over the same processes,
# in one run on one kernel; a table, the results behind it, and a plot.
#
#   KERNELS="6.12 6.1"  default 6.12
#   ACCEL=kvm           the same in nanoseconds of this machine; default icount:
#                       in instructions, which repeat to the digit
#   HERE=1              the same on this machine and its kernel, as root
#
# usage: run.sh         all of it
#        run.sh small   what make check looks at: results alone, in instructions
#        run.sh record  the same, kept as what make check compares with

set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
out=$top/build/bench
accel=${ACCEL:-icount}
unset MAKEFLAGS MFLAGS MAKELEVEL

programs=(crowd idle memory ours ours_exit)
peers=(peers_proc peers_taskstats peers_exit peers_programs
       peers_bpf all.bpf.o all-threads.bpf.o nine.bpf.o)

# build TARGET: all, or peers
build() { make -s -j"$(nproc)" -C "$here" OUT="$out" "$1"; }

# guest KERNEL ACCEL CPUS UNIT WHAT [OPTION...]: what guest.sh WHAT prints there
guest() {
	local kernel=$1 accel=$2 cpus=$3 unit=$4 what=$5 p files=()
	shift 5
	for p in "${programs[@]}"; do files+=(--file "$out/$p"); done
	"$top/tools/testing/vm/run.sh" -k "$kernel" --module "$MODULE" "${files[@]}" \
		--out "$out/vm-$KVER-$what" --accel "$accel" --cpus "$cpus" "$@" \
		--exec "$here/guest.sh" "$unit" "$what"
}

# show RESULTS: the table, and the plot beside it
show() {
	"$here/table.pl" "$1" | tee "${1%.jsonl}.txt"
	"$here/plot.sh" "$1" "${1%.jsonl}.svg"
	echo
	echo "results: ${1#"$top"/}, plot: ${1%.jsonl}.svg" | sed "s|$top/||g"
}

small() {
	"$top/tools/testing/setup.sh"
	build all
	KVER="" MODULE=""
	eval "$("$top/tools/testing/build.sh" 6.12)"
	guest 6.12 icount 1 instructions small --timeout 300
}

# What peers_programs is to look at, with its libraries, for the guest.
pack() {
	local p
	for p in "sysstat /usr/bin/pidstat" "procps /usr/bin/top" "atop /usr/bin/atop"; do
		# shellcheck disable=SC2086  # words
		"$here/pack.sh" $p
	done
	printf -- '--file\n%s\n' /lib/terminfo/d/dumb:lib/terminfo/d/dumb
}

failed() { grep -v '^{' "$1" >&2; echo "run.sh: not all could be measured" >&2; exit 1; }

in_guests() {
	local kernel unit results packed
	programs+=("${peers[@]}" cadence)
	packed=$(pack)
	mapfile -t packed <<<"$packed"
	if [ "$accel" = icount ]; then unit=instructions; else unit=ns; fi
	for kernel in ${KERNELS:-6.12}; do
		KVER="" MODULE=""
		eval "$("$top/tools/testing/build.sh" "$kernel")"
		results=$out/results-$KVER-$unit.jsonl
		echo "measuring on $KVER; ten minutes or more" >&2
		# One CPU, also where time is told: what the sampler takes is then taken
		# from the loop of idle.c.
		guest "$kernel" "$accel" 1 "$unit" all --memory 4096 --timeout 3600 \
			"${packed[@]}" >"$results.all" || failed "$results.all"
		guest "$kernel" "$accel" 2 "$unit" steps --timeout 900 >>"$results.all" ||
			failed "$results.all"
		grep -v '^{' "$results.all" >&2 || :
		grep '^{' "$results.all" >"$results"
		show "$results"
	done
}

on_this_machine() {
	local results
	[ "$(id -u)" = 0 ] || { echo "run.sh: HERE=1 is for root" >&2; exit 1; }
	results=$out/results-$(uname -r)-here.jsonl
	if [ ! -d /sys/module/taskmonitor ]; then
		make -s -C "$top" modules
		trap 'rmmod taskmonitor' EXIT
	fi
	BENCH_HERE=1 BENCH_PROGRAMS=$out TM_MODULE=$top/src/taskmonitor.ko \
		"$here/guest.sh" ns all >"$results"
	show "$results"
}

case ${1-all} in
all)
	"$top/tools/testing/setup.sh" bench
	mkdir -p "$out"
	build peers
	if [ -n "${HERE-}" ]; then on_this_machine; else in_guests; fi
	;;
small)	small ;;
record)
	small >"$out/small.jsonl"
	"$here/compare.pl" --record "$out/small.jsonl" "$here/recorded-6.12.txt"
	;;
*)	echo "usage: run.sh [small|record]" >&2; exit 2 ;;
esac
