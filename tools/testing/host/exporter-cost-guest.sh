#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for exporter.t: what a scrape of a thousand processes costs, and what a
# life costs that is over before the next one. An instruction is a nanosecond here.
# Speaks TAP.

url=http://127.0.0.1:9971/metrics

# spent: nanoseconds of CPU time so far, the exporter's own figure
spent() {
	sleep 0.2	# or it is the same page again
	wget -q -O page $url
	sed -n 's/^taskmonitor_exporter_cpu_seconds_total //p' page | tr -d . | sed 's/^0*\(.\)/\1/'
}

if [ "${1-}" = --measure ]; then
	: >/tmp/answer
	/files/load begin loader /tmp/fifo >>/tmp/answer &
	load=$!
	tmctl exporter >/tmp/said &
	exporter=$!
	until grep -q Listening /tmp/said; do sleep 0.1; done
	spent >/dev/null
	a=$(spent) b=$(spent) c=$(spent) d=$(spent) e=$(spent)
	echo "# $((b - a)) $((c - b)) $((d - c)) $((e - d))"
	echo "scrape $(((e - a) / 4))"
	echo "storm 2000" >/tmp/fifo
	until grep -q stormed /tmp/answer; do sleep 0.1; done
	f=$(spent)
	echo "life $(((f - e - (e - a) / 4) / 2000))"
	kill $exporter $load
	exit
fi

cd /tmp || exit
mkfifo fifo
ip link set lo up
insmod "$TM_MODULE" log=N
/files/crowd 1000 1 "$0" --measure >figures
cat figures
limit() {	# limit WHAT FIGURE MOST
	[ -n "$2" ] && [ "$2" -gt 0 ] && [ "$2" -le "$3" ] || printf 'not '
	echo "ok - $1: $2 instructions, at most $3"
}
limit "a scrape of a thousand processes" "$(sed -n 's/^scrape //p' figures)" 6000000
limit "a life between two scrapes" "$(sed -n 's/^life //p' figures)" 10000
