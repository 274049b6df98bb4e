#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The files that Documentation/ABI names against those that the loaded module
# makes, both ways. The lists are the documents'; host/docs.t holds them
# against each other.

paths="
/dev/taskmonitor
/proc/taskmonitor
/sys/class/misc/taskmonitor/cost_ns
/sys/class/misc/taskmonitor/interval_ns
/sys/class/misc/taskmonitor/lateness_max_ns
/sys/class/misc/taskmonitor/missed_ticks
/sys/class/misc/taskmonitor/running
/sys/class/misc/taskmonitor/samples
/sys/class/misc/taskmonitor/target
/sys/class/misc/taskmonitor/targets
/sys/class/misc/taskmonitor/targets_alive
/sys/class/misc/taskmonitor/ticks
/sys/class/misc/taskmonitor/version
/sys/kernel/config/taskmonitor/NAME/cgroup
/sys/kernel/config/taskmonitor/NAME/history
/sys/kernel/config/taskmonitor/NAME/interval
/sys/kernel/config/taskmonitor/NAME/kinds
/sys/kernel/config/taskmonitor/NAME/records
/sys/kernel/config/taskmonitor/NAME/run
/sys/kernel/config/taskmonitor/NAME/sample
/sys/kernel/config/taskmonitor/NAME/scope
/sys/kernel/config/taskmonitor/NAME/state
/sys/kernel/config/taskmonitor/NAME/targets
/sys/kernel/config/taskmonitor/NAME/thresholds
/sys/kernel/debug/taskmonitor/history
/sys/kernel/debug/taskmonitor/sampler
/sys/kernel/debug/taskmonitor/sessions
/sys/kernel/taskmonitor
/sys/kernel/tracing/events/taskmonitor/task_sample
/sys/module/taskmonitor/parameters/history
/sys/module/taskmonitor/parameters/interval_ms
/sys/module/taskmonitor/parameters/log
/sys/module/taskmonitor/parameters/log_max
/sys/module/taskmonitor/parameters/max_cpu_pct
/sys/module/taskmonitor/parameters/realtime
/sys/module/taskmonitor/parameters/target
"

# of /proc/taskmonitor, in their order
keys="
pid usr sys state ppid uid threads cpu start_time_ns vsize_bytes rss_bytes
peak_rss_bytes swap_bytes min_flt maj_flt nvcsw nivcsw run_delay_ns read_bytes
write_bytes rchar_bytes wchar_bytes cgroup_id exit_code exit_time_ns comm
"

n=0
result() {	# result STATUS WHAT
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
	fi
}

same() {	# same WHAT EXPECTED GOT
	[ "$2" = "$3" ]
	set -- $? "$@"
	result "$1" "$2"
	[ "$1" = 0 ] || printf 'expected: %s\ngot: %s\n' "$3" "$4" | sed 's/^/# /'
}

documented() { echo "$paths" | grep -qx "$1"; }

# Everything below the module's own directories, but for what the driver core
# puts into every device's.
present() {
	for f in /sys/class/misc/taskmonitor/* /sys/module/taskmonitor/parameters/*; do
		case ${f##*/} in
		dev|power|subsystem|uevent) ;;
		'*') ;;
		*) echo "$f" ;;
		esac
	done
	find /sys/kernel/debug/taskmonitor -type f
	[ ! -d $named/NAME ] || find $named/NAME -type f
	# An event is a directory.
	find /sys/kernel/tracing/events/taskmonitor -mindepth 1 -maxdepth 1 -type d 2>/dev/null
	for f in /dev /proc /sys/kernel; do
		find $f -maxdepth 1 -name '*taskmonitor*'
	done
}

insmod "$TM_MODULE" target=$$
result $? "the module loads"

# A named session has its files in the directory that is made for it.
named=/sys/kernel/config/taskmonitor
if [ -e "$TM_CONFIGFS" ]; then
	[ -d /sys/kernel/config ] || insmod /lib/configfs.ko
	insmod "$TM_CONFIGFS"
	result $? "the module of named sessions loads"
	[ -d $named ] || mount -t configfs configfs /sys/kernel/config
	mkdir $named/NAME
	result $? "a named session"
fi

for p in $paths; do
	case $p in
	$named/*)
		if [ ! -e "$TM_CONFIGFS" ]; then
			result 0 "$p exists # SKIP no taskmonitor_configfs.ko here"
			continue
		fi ;;
	esac
	[ -e "$p" ]
	result $? "$p exists"
	case $p in
	/dev/*) [ -c "$p" ]; result $? "$p is a character device" ;;
	*/events/*) ;;
	*) cat "$p" >/dev/null; result $? "$p can be read" ;;
	esac
done

for p in $(present); do
	documented "$p"
	result $? "$p is documented"
done

same "keys of /proc/taskmonitor" "$(echo "$keys" | xargs)" "$(awk '{
	for (i = 1; i <= NF; i += 2) {
		printf "%s%s", (i == 1 ? "" : " "), $i
		if ($i == "comm")
			break
	}
	exit
}' /proc/taskmonitor)"

if [ -e "$TM_CONFIGFS" ]; then
	rmdir $named/NAME && rmmod taskmonitor_configfs
	result $? "rmdir, and the module of named sessions unloads"
fi
rmmod taskmonitor
result $? "the module unloads"
left=
for p in $paths; do
	[ ! -e "$p" ] || left="$left $p"
done
same "nothing is left behind" "" "$left"
same "nothing undocumented is left behind" "" "$(present 2>/dev/null | xargs)"

echo "1..$n"
