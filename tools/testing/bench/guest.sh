#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Measure: in the guest, or on the machine itself (here.sh). Results go to
# standard output, a JSON object a line.
#
# usage: guest.sh UNIT small|all|steps
#
# UNIT is what a nanosecond of the clock is: instructions or ns. BENCH_PROGRAMS says where the programs are, BENCH_HERE
# that the machine is somebody's.

set -u
programs=${BENCH_PROGRAMS:-/files}
cd "$programs" || exit 1

# One crowd, every way to its figures. One that is not to be had says so.
if [ "${1-}" = --sample ]; then
	./ours || exit 1
	[ "$2" = all ] || exit 0
	./peers_proc
	./peers_taskstats
	./peers_bpf
	for program in \
		"pidstat /usr/bin/pidstat -u -r -d -w 1 %d" \
		"top /usr/bin/top -b -d 1 -n %d" \
		"atop /usr/bin/atop 1 %d"; do
		# shellcheck disable=SC2086  # words
		./peers_programs $program
	done
	exit 0
fi

export BENCH_UNIT="$1" TERM=dumb
what=$2
if [ -z "${BENCH_HERE-}" ]; then
	echo 4194304 >/proc/sys/kernel/pid_max
	echo 200000 >/proc/sys/kernel/threads-max
fi

load() { [ -d /sys/module/taskmonitor ] || insmod "$TM_MODULE" || exit 1; }
crowds() {
	for size in "$@"; do
		./crowd "${size%:*}" "${size#*:}" "$0" --sample "$what" || exit 1
	done
}

case $what in
small)	# make check looks at these
	load
	crowds 1:1 1000:1
	./ours_exit small
	;;
all)
	./idle none
	load
	./crowd 10000 1 ./memory
	./crowd 1000 1 ./idle
	./ours_exit
	./peers_exit
	./cadence busy
	crowds 1:1 10:1 100:1 1000:1 10000:1 1:64 10:64 100:64
	;;
steps)	# wants two CPUs
	load
	./cadence steps
	;;
esac
