#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for signed.t: signed-guest.sh enforced|raised|trusted. Speaks TAP.

module=${TM_MODULE:?}
files=/sys/class/misc/taskmonitor
events=/sys/kernel/tracing/events/taskmonitor

result() { [ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"; }

# refused FILE ERROR LOG WHAT: it does not load, with this error, and the log says LOG, if any
refused() {
	dmesg -c >/dev/null
	said=$(insmod "$1" 2>&1) && rmmod taskmonitor
	case $said in
	*"$2"*) result 0 "$4: $2" ;;
	*) result 1 "$4: $2"; echo "insmod: $said" ;;
	esac
	if [ -n "$3" ]; then
		dmesg | grep -q "$3"
		result $? "$4: the log has '$3'"
	fi
	[ ! -e /sys/module/taskmonitor ]
	result $? "$4: nothing is left"
}

can() {	# can WHAT COMMAND...
	what=$1
	shift
	"$@" >/tmp/said 2>&1
	status=$?
	result $status "$what"
	[ $status = 0 ] || cat /tmp/said
}

cannot() {
	what=$1
	shift
	! "$@" >/tmp/said 2>&1
	result $? "$what"
}

level() { mount | grep -q securityfs || mount -t securityfs securityfs /sys/kernel/security
	  echo "$1" >/sys/kernel/security/lockdown; }

# Everything that a person uses, in a module that has been loaded.
front_ends() {
	can "$1: read /sys/kernel/taskmonitor" grep -q "^pid $$ " /sys/kernel/taskmonitor
	can "$1: write it" sh -c 'echo stop >/sys/kernel/taskmonitor; echo start >/sys/kernel/taskmonitor'
	can "$1: read /proc/taskmonitor" grep -q "^pid $$ " /proc/taskmonitor
	can "$1: write it" sh -c 'echo interval 200ms >/proc/taskmonitor'
	can "$1: the attributes" grep -q '^200000000$' $files/interval_ns
	can "$1: a parameter" sh -c 'echo N >/sys/module/taskmonitor/parameters/log'
	can "$1: the device, by tmctl" tmctl get
	can "$1: the session's state, by tmctl" tmctl status
	can "$1: debugfs" grep -q '^session 0 ' /sys/kernel/debug/taskmonitor/sessions
}

enforced() {
	refused "$module" 'Key was rejected by service' 'Loading of unsigned module is rejected' \
		"not signed"
	refused /files/signed.ko 'Key was rejected by service' \
		'Loading of module with unavailable key is rejected' "by a key that is not trusted"
	tmctl status >/tmp/said 2>&1
	[ $? = 3 ] && grep -q 'is the module loaded' /tmp/said
	result $? "tmctl says that the module is not there"
}

raised() {
	can "without lockdown one by an untrusted key loads" insmod /files/signed.ko target=$$
	grep -q E /sys/module/taskmonitor/taint
	result $? "and taints the kernel (E)"
	rmmod taskmonitor
	can "one that was altered loads as well" sh -c 'insmod /files/altered.ko && rmmod taskmonitor'
	can "and one that is not signed" insmod "$module" target=$$
	can "its event" sh -c "echo 1 >$events/task_sample/enable"

	level integrity
	front_ends "integrity"
	can "integrity: the trace event" sh -c "echo 0 >$events/task_sample/enable"
	level confidentiality
	front_ends "confidentiality"
	cannot "confidentiality: not the trace event" sh -c "echo 1 >$events/task_sample/enable"
	cannot "confidentiality: not the trace" cat /sys/kernel/tracing/trace
	rmmod taskmonitor
	result $? "it unloads"

	for f in "$module" /files/signed.ko /files/altered.ko; do
		refused "$f" 'Operation not permitted' \
			'Lockdown: insmod: unsigned module loading is restricted' "locked down, ${f##*/}"
	done
}

trusted() {
	can "the module signed by the firmware's key loads" insmod /files/signed.ko target=$$
	grep -q E /sys/module/taskmonitor/taint
	[ $? = 1 ]
	result $? "and does not taint the kernel as unsigned (E)"
	front_ends "trusted"
	rmmod taskmonitor
	result $? "it unloads"
	refused /files/altered.ko 'Key was rejected by service' '' "one that was altered since"
	insmod "$module" 2>/dev/null
	result $((! $?)) "one that is not signed is refused"
}

"$1"
