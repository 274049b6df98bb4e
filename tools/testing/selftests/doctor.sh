#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl doctor on a real kernel: the module not there, loaded, and seen by a user;
# and tmctl hidden where nobody hides.

# shellcheck source=tools/testing/selftests/libtmctl.sh
. "${0%/*}/libtmctl.sh"

# quiet STATUS COMMAND...: ends so, with nothing on stderr
quiet() {
	ends "$@"
	silent err
}

says() { # VERDICT CHECK REGEXP
	grep -qE "^$1 +$2 +$3" out
	ok $? "  $1 $2: $3"
}

release=$(uname -r)

# --- not loaded ---------------------------------------------------------------------

quiet 1 tmctl doctor
says ok kernel 'Linux [6-9]'
says FAIL module 'not loaded, and not installed for this kernel; next: insmod'
says FAIL device '/dev/taskmonitor: No such file or directory; next: load the module'
says - version 'tmctl [0-9.]+, no module'
[ "$(wc -l <out)" = 10 ]
ok $? "  ten lines"

mkdir -p "/lib/modules/$release/updates"
cp "$TM_MODULE" "/lib/modules/$release/updates/taskmonitor.ko"
quiet 1 tmctl doctor
says FAIL module "not loaded; installed as .*/updates/taskmonitor.ko; next: depmod -a"
says ok build ".* was built for this kernel"
mv "/lib/modules/$release" /lib/modules/0.0.1-other
quiet 1 tmctl --json doctor
is_json
grep -q '"check":"module","verdict":"FAIL","text":"not loaded, and installed for 0.0.1-other' out
ok $? "  installed for another kernel"
rm -r /lib/modules/0.0.1-other

# --- loaded --------------------------------------------------------------------------

insmod "$TM_MODULE" "target=$$" log=N || bail "the module does not load"
quiet 0 tmctl doctor
says ok module loaded
says ok signature 'no signature is demanded'
says ok taint 'O'
says ok device '/dev/taskmonitor, mode 0600, user 0, group 0'
says ok rights 'user 0 has'
says ok version 'tmctl and module [0-9.]+'
says '(ok|warn)' sampler 'running, 1 targets; [0-9]+ ticks, .* max_cpu_pct=50'
says '(ok|warn)' cpu_time '(exact|as of the last tick)'
quiet 0 tmctl doctor -j
is_json
quiet 1 tmctl --device /dev/null doctor
says FAIL device '/dev/null is not the module.s device'
quiet 1 tmctl --device /dev/nothing doctor
says FAIL device '/dev/nothing: No such file'

quiet 1 su alice -s /bin/sh -c 'tmctl doctor'
says FAIL rights 'user 1000 may not open /dev/taskmonitor; next: run tmctl as root'
says - sampler 'not told to this user'
chmod 666 /dev/taskmonitor
quiet 0 su alice -s /bin/sh -c 'tmctl doctor'
says warn rights "one's own processes alone; not there: CAP_SYS_ADMIN"
says - sampler 'not told to this user'
says '(ok|warn)' cpu_time '(exact|as of the last tick)'

# --- nobody hides here (host/hidden.t has who does) ------------------------------------

quiet 0 tmctl hidden
grep -qE '^None of [0-9]+ processes is hidden\.$' out
ok $? "  says so"
quiet 0 tmctl -j hidden
is_json
quiet 0 tmctl hidden --csv

rmmod taskmonitor
ok $? "rmmod"
rm -f out
quiet 1 tmctl doctor
done_testing
