#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl doctor on a real kernel: the module not there, loaded, and seen by a user;
# and tmctl hidden where nobody hides.

tests=0
failed=0

ok() { # STATUS NAME
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
		failed=1
		[ ! -s out ] || sed 's/^/# stdout: /' out
		[ ! -s err ] || sed 's/^/# stderr: /' err
	fi
}

bail() { echo "Bail out! $*"; exit 1; }

# ends STATUS COMMAND...: its words are in out and err
ends() {
	want=$1
	shift
	"$@" >out 2>err </dev/null
	got=$?
	[ $got = "$want" ]
	ok $? "$*: exit code $want (got $got)"
	[ ! -s err ]
	ok $? "  nothing on stderr"
}

says() { # VERDICT CHECK REGEXP
	grep -qE "^$1 +$2 +$3" out
	ok $? "  $1 $2: $3"
}

is_json() {
	[ -s out ] && ! grep -qvE '^\{"schema":"taskmonitor\.[a-z]+/1"(,"[a-z_]+":("([^"\\]|\\.)*"|null|[0-9]+))*\}$' out
	ok $? "  every line is a JSON object"
}

release=$(uname -r)

# --- not loaded ---------------------------------------------------------------------

ends 1 tmctl doctor
says ok kernel 'Linux [6-9]'
says FAIL module 'not loaded, and not installed for this kernel; next: insmod'
says FAIL device '/dev/taskmonitor: No such file or directory; next: load the module'
says - version 'tmctl [0-9.]+, no module'
[ "$(wc -l <out)" = 10 ]
ok $? "  ten lines"

mkdir -p "/lib/modules/$release/updates"
cp "$TM_MODULE" "/lib/modules/$release/updates/taskmonitor.ko"
ends 1 tmctl doctor
says FAIL module "not loaded; installed as .*/updates/taskmonitor.ko; next: depmod -a"
says ok build ".* was built for this kernel"
mv "/lib/modules/$release" /lib/modules/0.0.1-other
ends 1 tmctl --json doctor
is_json
grep -q '"check":"module","verdict":"FAIL","text":"not loaded, and installed for 0.0.1-other' out
ok $? "  installed for another kernel"
rm -r /lib/modules/0.0.1-other

# --- loaded --------------------------------------------------------------------------

insmod "$TM_MODULE" "target=$$" log=N || bail "the module does not load"
ends 0 tmctl doctor
says ok module loaded
says ok signature 'no signature is demanded'
says ok taint 'O'
says ok device '/dev/taskmonitor, mode 0600, user 0, group 0'
says ok rights 'user 0 has'
says ok version 'tmctl and module [0-9.]+'
says '(ok|warn)' sampler 'running, 1 targets; [0-9]+ ticks, .* max_cpu_pct=50'
says '(ok|warn)' cpu_time '(exact|as of the last tick)'
ends 0 tmctl doctor -j
is_json
ends 1 tmctl --device /dev/null doctor
says FAIL device '/dev/null is not the module.s device'
ends 1 tmctl --device /dev/nothing doctor
says FAIL device '/dev/nothing: No such file'

ends 1 su alice -s /bin/sh -c 'tmctl doctor'
says FAIL rights 'user 1000 may not open /dev/taskmonitor; next: run tmctl as root'
says - sampler 'not told to this user'
chmod 666 /dev/taskmonitor
ends 0 su alice -s /bin/sh -c 'tmctl doctor'
says warn rights "one's own processes alone; not there: CAP_SYS_ADMIN"
says - sampler 'not told to this user'
says '(ok|warn)' cpu_time '(exact|as of the last tick)'

# --- nobody hides here (host/hidden.t has who does) ------------------------------------

ends 0 tmctl hidden
grep -qE '^None of [0-9]+ processes is hidden\.$' out
ok $? "  says so"
ends 0 tmctl -j hidden
is_json
ends 0 tmctl hidden --csv

rmmod taskmonitor
ok $? "rmmod"
rm -f out
ends 1 tmctl doctor
echo "1..$tests"
exit $failed
