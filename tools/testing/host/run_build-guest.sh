#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's part of run_build.t: what tmctl run says of a program, and what
# time(1), within it, says of the same.

insmod /lib/taskmonitor.ko log=N || exit 1
mkdir -p /usr/bin /usr/lib/gcc
PATH=/usr/bin:$PATH
export PATH
cd /project || exit 1
cat >Makefile <<'END'
libproject.a: $(patsubst %.i,%.o,$(wildcard *.i))
	ar rcs $@ $^
%.o: %.i
	gcc -fpreprocessed -O2 -g -c -o $@ $<
END

ok() {	# ok STATUS WHAT
	if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

# of KEY: from the summary
of() { sed -n '/taskmonitor.run\//s/.*"'"$1"'":\([-0-9]*\).*/\1/p' report; }

# each KEY: of all processes but time itself; sum KEY: the sum of them
each() {
	grep taskmonitor.process report | grep -v '"comm":"time"' |
		sed 's/.*"'"$1"'":\([0-9]*\).*/\1/'
}
sum() { each "$1" | awk '{ s += $1 } END { printf "%.0f", s }'; }

# compare NAME STATUS COMMAND...
compare() {
	name=$1 want=$2
	shift 2
	# %U and %S are cut to 10 ms each, of all that it waited for.
	tmctl run -j -o report -- time -q -o told -f '%U %S %M %R' "$@" >said 2>&1
	[ $? = "$want" ]
	ok $? "$name: exit code $want"
	read -r usr sys rss flt <told
	cpu=$(($(sum utime_ns) + $(sum stime_ns)))
	told=$(echo "$usr $sys" | awk '{ printf "%.0f", ($1 + $2) * 1e9 }')
	echo "# $name: $(grep -c taskmonitor.process report) processes, $cpu ns; time: $usr + $sys s," \
		"$rss KiB, $flt faults"
	[ "$cpu" -ge "$told" ] && [ $((cpu - told)) -le 20000000 ]
	ok $? "$name: CPU time is what time says, which cuts user and system to 10 ms"
	[ "$(sum min_flt)" = "$flt" ]
	ok $? "$name: page faults ($(sum min_flt))"
	largest=$(each peak_rss_bytes | sort -n | tail -n 1)
	# The kernel's mark lacks what each CPU holds back; samples, to the page, may be above.
	[ $((largest / 1024)) -ge "$rss" ] && [ $((largest / 1024 - rss)) -le 1024 ]
	ok $? "$name: the largest process's peak ($((largest / 1024)) KiB)"
	[ "$(of lost_records)$(of dropped)" = 00 ]
	ok $? "$name: nothing lost"
}

compare "make -j2" 0 make -j2
[ -s libproject.a ]
ok $? "make -j2: it has built what it should"
n=$(grep -c '"comm":"cc1"' report)
[ "$n" = "$(ls ./*.i | wc -l)" ]
ok $? "make -j2: a compiler for each file ($n)"
compare "a pipeline" 3 sh -c 'cat ./*.i | sort | uniq -c | sort -n | tail -n 1; exit 3'
compare gzip 0 gzip -9 -c libproject.a
rmmod taskmonitor
ok $? "rmmod"
