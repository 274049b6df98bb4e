#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for top.t: what a screen of a thousand processes costs. Speaks TAP.

if [ "${1-}" = --measure ]; then
	/files/peers_programs all /bin/tmctl-top -b -d 1 -n %d
	/files/peers_programs some /bin/tmctl-top -b -r 40 -d 1 -n %d
	/files/peers_programs procps /usr/bin/top -b -d 1 -n %d
	exit
fi

insmod "$TM_MODULE" log=N
export BENCH_UNIT=instructions TERM=dumb
/files/crowd 1000 1 "$0" --measure >figures
cat figures
cost() { sed -n "s/.*\"method\":\"$1\",\"per\":\"sample\".*\"value\":\([0-9]*\).*/\1/p" figures; }
all=$(cost all) some=$(cost some) procps=$(cost procps)

# cheaper WHAT COST TIMES: so many times cheaper than procps' top?
cheaper() {
	[ -n "$2" ] && [ -n "$procps" ] && [ $(($3 * $2)) -le "$procps" ] || printf 'not '
	echo "ok - $1: $2 of $procps"
}
cheaper "all of them: a tenth of the instructions of top" "$all" 10
cheaper "forty of them: a thirtieth" "$some" 30
