#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for exporter.t: the exporter among loads whose CPU time is known, the
# module going and coming under it, hostile names, and a real Prometheus, if there is
# one. Speaks TAP; lines that begin with "page: " are a page for the host to check.

CAP_IPC_LOCK=14
CAP_SYS_ADMIN=21
CAP_PERFMON=38

result() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; false; fi; }
now() { cut -d. -f1 /proc/uptime; }

# until_true COMMAND...: does it come true in time, on a host that is busy too?
until_true() {
	deadline=$(($(now) + 40))
	while ! "$@"; do
		[ "$(now)" -lt $deadline ] || return 1
		sleep 0.1
	done
}

# begin OPTION...: an exporter, whose address is $url
begin() {
	: >said
	tmctl exporter -l 127.0.0.1:0 "$@" >said 2>complaints &
	exporter=$!
	until_true grep -q Listening said
	url=$(sed -n 's/^Listening on //p' said)
	seen=""
}
end() {
	kill $exporter
	wait $exporter
	result $? "$1: ends cleanly"
}
# A page serves all who ask for one within a moment: scrape: one that was not seen yet
fresh() {
	wget -q -O fetched "$url" || return
	number=$(awk '$1 == "taskmonitor_scrapes_total" { print $2 }' fetched)
	[ -n "$number" ] && [ "$number" != "$seen" ] && seen=$number && mv fetched page
}
scrape() { until_true fresh; }
# value METRIC: of the page
value() { awk -v m="$1" 'index($0, m " ") == 1 { print $NF }' page; }
# ns METRIC: seconds as a whole number of nanoseconds
ns() { value "$1" | tr -d .; }
is() { scrape && [ "$(value "$1")" = "$2" ]; }
at_least() { scrape && [ "$(value "$1" | cut -d. -f1)" -ge "$2" ]; }
cpu() {	# cpu GROUP: nanoseconds, both modes
	echo $(($(ns "taskmonitor_group_cpu_seconds_total{group=\"$1\",mode=\"user\"}" | sed 's/^0*\(.\)/\1/') +
		$(ns "taskmonitor_group_cpu_seconds_total{group=\"$1\",mode=\"system\"}" | sed 's/^0*\(.\)/\1/')))
}
# dead: of the load's group, what is not the load's own
dead() {
	echo $(($(cpu loader) - $(awk -v p="taskmonitor_process_cpu_seconds_total{pid=\"$load\"" '
		index($0, p) == 1 { sum += $NF * 1e9 }
		END { printf "%.0f", sum }' page)))
}
# tell LINE: to the load, and wait until it has answered
tell() {
	: >answer
	printf '%s\n' "$1" >fifo
	until_true test -s answer
}
# near WHAT GOT WANTED SLACK: nanoseconds
near() {
	[ "$2" -ge $(($3 - $4)) ] && [ "$2" -le $(($3 + $4)) ]
	result $? "$1: $2 of $3 ns" || grep -h "loader\|pid=\"$load\"" before page | sed 's/^/# /'
}
# forward WHAT: no counter of "before" is less in "page"
forward() {
	awk 'FNR == 1 { file++ }
		!/^[a-z_]*_total/ { next }
		{ v = $NF; $NF = "" }
		file == 1 { was[$0] = v; next }
		$0 in was { n++ }
		$0 in was && v + 0 < was[$0] + 0 { print "back: " $0 was[$0] " " v; bad++ }
		END { exit bad || !n }' before page
	result $? "$1"
}

cd /tmp || exit
ip link set lo up
mkfifo fifo

# --- the module comes later ----------------------------------------------------------

begin --pids 1000
is taskmonitor_up 0
result $? "without the module up is 0"
! grep -q taskmonitor_group_ page
result $? "and nothing is told of groups"
insmod "$TM_MODULE" log=N
until_true is taskmonitor_up 1
result $? "it comes by itself when the module does"
[ "$(grep -c taskmonitor complaints)" = 2 ] && grep -q 'is there$' complaints
result $? "each is said once"

# --- what is known to have been used ---------------------------------------------------

: >answer
/files/load begin loader fifo >>answer &
load=$!
until_true grep -q loader /proc/$load/comm
tell "burn 1 1"
scrape
cp page before
was=$(dead)
tell "burn 20 10"
used=$(sed 's/used //' answer)
until_true is 'taskmonitor_group_exits_total{group="loader",result="success"}' 21
# That a record is exact is shown elsewhere, on a machine that is left alone; here, that
# none of them is missing.
near "twenty children that lived between two scrapes" $(($(dead) - was)) "$used" $((used / 20))
[ "$(value 'taskmonitor_group_forks_total{group="loader"}')" = 21 ]
result $? "their births"
forward "no counter has gone back"

ln -s /files/load burner
tell "exec 20 10 /tmp/burner"
used=$(sed 's/used //' answer)
until_true is 'taskmonitor_group_exits_total{group="burner",result="success"}' 20
[ "$(value 'taskmonitor_group_execs_total{group="burner"}')" = 20 ]
result $? "twenty programs"
# The kernel says at an exec what there was at the last tick: up to 4 ms are the new name's.
[ "$(cpu burner)" -ge 200000000 ] && [ "$(cpu burner)" -le "$used" ]
result $? "what they used since they are programs: $(cpu burner) of $used ns"
tell kill
until_true is 'taskmonitor_group_exits_total{group="loader",result="signal"}' 1
result $? "one that was killed"
[ "$(value 'taskmonitor_group_exits_total{group="loader",result="error"}')" = 1 ]
result $? "one that ended with 3"
[ "$(value 'taskmonitor_group_processes{group="loader"}')" = 1 ] &&
	[ "$(value 'taskmonitor_group_resident_memory_bytes{group="loader"}')" -gt 4096 ]
result $? "one that lives, and has memory"
[ -n "$(value 'taskmonitor_group_threads{group="(kernel threads)"}')" ] &&
	[ -z "$(value 'taskmonitor_group_resident_memory_bytes{group="(kernel threads)"}')" ]
result $? "kernel threads are one group, without memory"
[ "$(value taskmonitor_lost_records_total)$(value taskmonitor_vanished_processes_total)" = 00 ]
result $? "nothing was lost"

# --- the module goes and comes back ------------------------------------------------------

cp page before
was=$(cpu loader) dead=$(dead)
! rmmod taskmonitor 2>/dev/null
result $? "the module is in use"
kill -USR1 $exporter
until_true rmmod taskmonitor 2>/dev/null
result $? "SIGUSR1: it can be unloaded"
is taskmonitor_up 0
result $? "up is 0 again"
tell "burn 5 10"
insmod "$TM_MODULE" log=N
until_true is taskmonitor_up 1
result $? "it is back by itself"
[ "$(value taskmonitor_sessions_total)" = 2 ]
result $? "the second session"
forward "no counter has gone back"
[ "$(cpu loader)" -gt "$was" ] && [ "$(dead)" = "$dead" ]
result $? "who lives since before is counted on, and nothing twice: $(cpu loader) after $was ns"
tell "burn 10 10"
used=$(sed 's/used //' answer)
until_true is 'taskmonitor_group_exits_total{group="loader",result="success"}' 31
near "and so is who dies now" $(($(dead) - dead)) "$used" 20000

# --- storms, while it is asked all the time -------------------------------------------------

back=0 scrapes=0
: >answer
echo "storm 400" >fifo
until grep -q stormed answer; do
	cp page before
	scrape
	forward storm >forward
	grep -q '^not' forward && back=1 && cat forward
	scrapes=$((scrapes + 1))
done
[ $back = 0 ] && [ $scrapes -gt 1 ]
result $? "four hundred births, $scrapes scrapes meanwhile: no counter goes back"
until_true at_least 'taskmonitor_group_exits_total{group="loader",result="success"}' 431
[ "$(value 'taskmonitor_group_exits_total{group="loader",result="success"}')" = 431 ] &&
	[ "$(value 'taskmonitor_group_forks_total{group="loader"}')" = 453 ] &&
	[ "$(value taskmonitor_lost_records_total)" = 0 ]
result $? "each is counted, and once"

# --- names -----------------------------------------------------------------------------------

tell "$(printf 'name \033[2J"\\\377} 1')"
scrape
grep -q 'group="?\[2J\\"\\\\?} 1"' page
result $? "a hostile name"
wget -q -O openmetrics --header 'Accept: application/openmetrics-text' "$url"
sed 's/^/page: /' openmetrics
tell "name loader"
end "by name"
begin -g 2 --pids 3
scrape
[ "$(grep -c '^taskmonitor_group_processes{' page)" = 4 ] &&
	[ "$(value taskmonitor_groups)" = 2 ] && [ "$(value taskmonitor_turned_away_processes_total)" -gt 0 ]
result $? "two groups, the rest, and the kernel"
[ "$(grep -c '^taskmonitor_process_cpu_seconds_total{.*mode="user"' page)" = 3 ] &&
	[ "$(value taskmonitor_processes_left_out)" -gt 3 ]
result $? "three processes by themselves"
end "few groups"

tmctl exporter --once --by=user --format=text >page
[ "$(value 'taskmonitor_group_processes{group="root"}')" -gt 1 ]
result $? "by user"
mkdir -p /sys/fs/cgroup
grep -q ' /sys/fs/cgroup cgroup2' /proc/mounts || mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/a.slice/b.service/c
echo $load >/sys/fs/cgroup/a.slice/b.service/c/cgroup.procs
tmctl exporter --once --by=cgroup --format=text >page
[ "$(value 'taskmonitor_group_processes{group="/a.slice/b.service"}')" = 1 ]
result $? "by cgroup"
tmctl exporter --once --by=cgroup --cgroup-depth=3 --format=text >page
[ "$(value 'taskmonitor_group_processes{group="/a.slice/b.service/c"}')" = 1 ]
result $? "by cgroup, deeper"

# --- loss ---------------------------------------------------------------------------------------

# May lock less than its history would be, and does not read it.
ulimit -l 300
: >said
/files/without $CAP_IPC_LOCK /bin/tmctl-exporter -l 127.0.0.1:0 >said 2>complaints &
exporter=$!
until_true grep -q Listening said
url=$(sed -n 's/^Listening on //p' said)
scrape
result $? "a history as short as may be locked"
cp page before
kill -STOP $exporter
tell "storm 700"
kill -CONT $exporter
until_true at_least taskmonitor_lost_records_total 1
result $? "what could not be read is counted: $(value taskmonitor_lost_records_total) records"
forward "no counter goes back then"
end "after loss"

# --- rights ------------------------------------------------------------------------------------

chmod 666 /dev/taskmonitor
su alice -s /bin/sh -c 'tmctl exporter -l 127.0.0.1:0' >out 2>err
[ $? = 4 ] && grep -q 'not permitted' err && [ ! -s out ]
result $? "a user: exit code 4, and why"
/files/without $CAP_SYS_ADMIN tmctl exporter --once >out
result $? "CAP_PERFMON will do"
/files/without $CAP_PERFMON tmctl exporter --once >out
result $? "CAP_SYS_ADMIN, too"

# --- a real Prometheus ----------------------------------------------------------------------------

if [ -x /bin/prometheus ]; then
	begin
	cat >prometheus.yml <<-END
		global: { scrape_interval: 1s }
		scrape_configs:
		  - job_name: taskmonitor
		    static_configs: [ targets: [ "${url#http://}" ] ]
	END
	sed -i 's|/metrics"|"|' prometheus.yml
	prometheus --config.file=prometheus.yml --storage.tsdb.path=tsdb \
		--web.listen-address=127.0.0.1:9090 >prometheus.log 2>&1 &
	prometheus=$!
	# ask QUERY: the value of the first answer
	ask() {
		wget -q -O - "http://127.0.0.1:9090/api/v1/query?query=$1" |
			sed -n 's/.*"value":\[[0-9.]*,"\([^"]*\)"\].*/\1/p'
	}
	answers() { [ "$(ask "$1")" = "$2" ]; }
	until_true answers taskmonitor_up 1
	result $? "Prometheus: up"
	tell "burn 20 10"
	used=$(sed 's/used //' answer)
	until_true answers 'taskmonitor_group_exits_total{group="loader",result="success"}' 20
	result $? "Prometheus: twenty ends"
	scrape
	sum=$(ask 'sum(taskmonitor_group_cpu_seconds_total{group="loader"})')
	awk -v a="$sum" -v b="$(cpu loader)" 'BEGIN { d = a * 1e9 - b; exit !(a > 0 && d < 1e6 && d > -1e6) }'
	result $? "Prometheus: the same CPU time, $sum of $(cpu loader) ns"
	while read -r query; do
		result "$([ -n "$(ask "$query")" ]; echo $?)" "Prometheus: a panel is told something: $(httpd -d "$query")"
	done </files/queries
	kill $prometheus
	wait $prometheus
	end "with Prometheus"
fi
kill $load
rmmod taskmonitor
result $? "rmmod"
