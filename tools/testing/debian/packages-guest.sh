#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest, for packages.t, as root: from before the installation to after the purge.
#
# usage: packages-guest.sh KERNEL OTHER-KERNEL VERSION LATER-VERSION

set -u
running=$1 other=$2 old=$3 new=$4
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
packages=$(for f in /machine/old/*.deb; do dpkg-deb -f "$f" Package; done | xargs)
url=http://127.0.0.1:9971/metrics
device=/dev/taskmonitor
work=$(mktemp -d)
cd "$work" || exit 1
chmod 755 .

check() {	# check WHAT COMMAND...: passes if COMMAND does
	local what=$1
	shift
	if "$@" >"$work/.log" 2>&1; then
		echo "ok - $what"
	else
		echo "not ok - $what"
		tail -n 60 "$work/.log"
	fi
}
now() { cut -d. -f1 /proc/uptime; }
until_true() {	# comes it true in time, on a busy host too?
	local deadline=$(($(now) + 90))
	while ! "$@"; do
		[ "$(now)" -lt $deadline ] || return 1
		sleep 0.2
	done
}
not() { ! "$@"; }
exits() {	# exits STATUS COMMAND...
	local wanted=$1 got
	shift
	"$@"
	got=$?
	[ $got = "$wanted" ] || { echo "status $got, not $wanted: $*"; return 1; }
}
shows() {	# shows TEXT COMMAND...: among what it prints
	"${@:2}" | tee /dev/stderr | grep -qF -e "$1"
}
is() { [ "$1" = "$2" ] || { echo "'$1', not '$2'"; return 1; }; }
stage() { echo "# $(now) s: $*"; }

as() {	# as USER COMMAND...: with the groups that a login would have
	local user=$1
	shift
	setpriv --reuid="$user" --regid="$user" --init-groups --reset-env "$@"
}
# hold: something has the device open, until release
hold() {
	coproc HOLDER { exec 9<>$device; echo open; read -r _; }
	holder=$HOLDER_PID
	read -r _ <&"${HOLDER[0]}"
}
release() {
	echo >&"${HOLDER[1]}"
	wait "$holder"
}

loaded() { [ -d /sys/module/taskmonitor ]; }
loaded_version() { cat /sys/class/misc/taskmonitor/version; }
module() { modinfo -k "$1" -F "$2" taskmonitor; }	# module KERNEL FIELD
no_module() { [ -z "$(find "/lib/modules/$1" -name 'taskmonitor*')" ]; }
dkms_has() { dkms status 2>&1 | grep -x "taskmonitor/$1, $2, x86_64: installed"; }	# VERSION KERNEL
scrape() { curl -sS -m 20 -o page $url; }
up() { scrape && grep -qx 'taskmonitor_up 1' page; }
# lets_go: the exporter's session would keep the module; this is how it is told
lets_go() { systemctl kill -s USR1 tmctl-exporter && until_true rmmod taskmonitor; }
# Everything but what apt, dpkg, the log and the machine's state are about.
files() {
	find / -xdev \( -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/log \
		-o -path /tmp -o -path /var/tmp \) -prune -o -print | sort
}

# --- before ------------------------------------------------------------------------------

stage "boot"
check "systemd has come up" is "$(systemctl is-system-running --wait)" running
check "the kernel is Debian's" is "$(uname -r)" "$running"
files >before

# --- installed ---------------------------------------------------------------------------

stage "installation"
check "apt installs the packages" apt-get install -qy /machine/old/*.deb
check "DKMS has built the module for the kernel that runs" dkms_has "$old" "$running"
check "of the version that was meant" is "$(module "$running" version)" "$old"
check "and the one for named sessions" modinfo -F filename taskmonitor_configfs
stage "installed; a second kernel"
check "DKMS builds it for one that does not run" dkms install -m taskmonitor -v "$old" -k "$other"
check "and it is there" dkms_has "$old" "$other"
for k in "$running" "$other"; do
	check "$k: the module is for it" is "$(module "$k" vermagic | cut -d' ' -f1)" "$k"
done
check "dpkg finds every file as it was packed" eval 'dpkg -V $packages && [ -z "$(dpkg -V $packages)" ]'

# --- the exporter's service --------------------------------------------------------------

stage "exporter"
check "the exporter's service runs" systemctl is-active tmctl-exporter.service
check "and is started at boot" systemctl is-enabled tmctl-exporter.service
check "its socket is not" not systemctl is-enabled tmctl-exporter.socket
check "it has had the module loaded" loaded
check "the device is the group's" eval \
	'udevadm settle && is "$(stat -c "%U %G %a" $device)" "root taskmonitor 660"'
check "it has metrics" until_true up
check "of the services of this machine" grep -q '{group="/system.slice/tmctl-exporter.service"' page
pid=$(systemctl show -P MainPID tmctl-exporter)
check "it is not root" eval 'uid=$(stat -c %u "/proc/$pid") && [ "$uid" -ge 61184 ] && [ "$uid" -le 65519 ]'
check "it has one capability" is "$(sed -n 's/^CapEff:\t//p' "/proc/$pid/status")" 0000004000000000
check "and can have no other" is "$(sed -n 's/^CapBnd:\t//p' "/proc/$pid/status")" 0000004000000000
echo "# $(systemd-analyze security tmctl-exporter.service | tail -n 1)"
check "systemd calls it well protected" systemd-analyze security --threshold=20 tmctl-exporter.service
systemctl stop tmctl-exporter.service
check "the socket instead" systemctl start tmctl-exporter.socket
check "nothing runs yet" not systemctl is-active tmctl-exporter.service
check "who asks has an answer" until_true up
check "by the service" systemctl is-active tmctl-exporter.service
systemctl stop tmctl-exporter.socket tmctl-exporter.service
check "stopped, it lets go of the module" until_true rmmod taskmonitor

# --- as the examples say ------------------------------------------------------------------

stage "examples"
examples=/usr/share/doc/taskmonitor-common/examples
cp $examples/modprobe.d/taskmonitor.conf /etc/modprobe.d/
cp $examples/modules-load.d/taskmonitor.conf /etc/modules-load.d/
check "modules-load.d: systemd loads it" eval 'systemctl restart systemd-modules-load && loaded'
check "modprobe.d: with these parameters" is \
	"$(cat /sys/module/taskmonitor/parameters/{interval_ms,history,log} | xargs)" "100 8192 N"
rm /etc/modprobe.d/taskmonitor.conf /etc/modules-load.d/taskmonitor.conf
check "it is unloaded" rmmod taskmonitor
check "modprobe loads it" modprobe taskmonitor
check "of the version that is installed" is "$(loaded_version)" "$old"
udevadm settle

# --- root, a member of the group, somebody else -------------------------------------------

stage "users"
check "root: tmctl doctor finds nothing wrong" tmctl doctor
check "root: tmctl get" shows '"pid":1,' tmctl get --json -p 1
check "root: tmctl list" shows systemd tmctl list -U root
usermod -aG taskmonitor alice
check "a member runs a command" as alice tmctl run true
setpriv --reuid=alice --regid=alice --init-groups sleep 1000 &
sleeper=$!
until_true grep -qx sleep "/proc/$sleeper/comm"
check "a member sees its own process" shows "\"pid\":$sleeper," as alice tmctl get --json -p "$sleeper"
check "and not root's" exits 4 as alice tmctl get -p 1
check "nor all processes" shows "Only your own" as alice tmctl top --batch -n 1
check "nor counts them" exits 4 as alice tmctl exporter --once
check "nor changes what others see" exits 4 as alice tmctl start
kill $sleeper
check "somebody else is refused" exits 4 as bob tmctl run true
check "and doctor says how that can be changed" shows \
	"adduser USER \$(stat -c %G $device)" as bob tmctl doctor

# --- the other programs, the library ------------------------------------------------------

stage "programs"
check "tmctl needs libc alone" is "$(dpkg-query -W -f '${Depends}' tmctl | sed 's/ (.*//')" libc6
check "tmctl record" tmctl record -q -o recording -i 20ms -- sh -c 'sleep 0.2; sleep 0.2'
check "tmctl report" shows sleep tmctl report recording
check "tmctl export" shows sleep tmctl export recording
check "tmctl plot" eval 'tmctl plot recording -o picture.pdf && head -c 5 picture.pdf | grep -q "^%PDF-"'
check "tmctl top" shows systemd tmctl top --batch -n 1
cat >program.c <<'END'
#include <stdio.h>
#include <taskmonitor/taskmonitor.h>

int main(void)
{
	struct tm_device *dev = tm_open(NULL);

	printf("%s %d\n", tm_lib_version(), dev != NULL);
	tm_close(dev);
	return 0;
}
END
# shellcheck disable=SC2046  # several options
check "a program is built with the library" gcc -o program program.c $(pkg-config --cflags --libs libtaskmonitor)
check "which is the shared one" eval 'ldd program | grep -q libtaskmonitor.so.0'
check "and reaches the module" is "$(./program)" "$old 1"

# --- upgraded, in use ----------------------------------------------------------------------

stage "upgrade"
systemctl start tmctl-exporter
until_true up 2>/dev/null
hold
check "apt upgrades the packages while the module is in use" apt-get install -qy /machine/new/*.deb
cp .log upgrade
stage "upgraded"
check "and says that the old one stays loaded" eval \
	'cat upgrade; grep -q "taskmonitor $old stays loaded; for $new" upgrade'
check "so it does" is "$(loaded_version)" "$old"
check "and answers the new tmctl" shows '"pid":1,' tmctl get --json -p 1
check "doctor tells of it" shows "tmctl is $new, the module $old" tmctl doctor
check "the new one is installed for the kernel that runs" eval \
	'dkms_has "$new" "$running" && is "$(module "$running" version)" "$new"'
check "nothing of the old is left" eval \
	'! dkms status | grep -F "taskmonitor/$old," && [ ! -e "/usr/src/taskmonitor-$old" ]'
check "the old one is gone for the other kernel, too" no_module "$other"
check "the service has been started anew" eval \
	'systemctl is-active tmctl-exporter && until_true up && grep "version=\"$new\"" page'
release
check "the exporter lets the module go" lets_go
check "the new one is loaded" eval 'modprobe taskmonitor && is "$(loaded_version)" "$new"'
check "and the exporter goes on with it" until_true up

# --- removed, in use -------------------------------------------------------------------------

stage "removal"
systemctl stop tmctl-exporter
hold
check "apt removes the module's package while it is in use" apt-get remove -qy taskmonitor-dkms
check "the module stays loaded, and answers" eval 'loaded && tmctl get -p 1'
release
check "until it is unloaded" until_true rmmod taskmonitor
check "DKMS knows nothing of it" is "$(dkms status 2>/dev/null)" ""
check "there is no file of it" eval 'no_module "$running" && no_module "$other"'
check "it cannot be loaded again" not modprobe -q taskmonitor
check "the exporter starts without it" systemctl start tmctl-exporter
check "and says so" until_true eval 'scrape && grep -qx "taskmonitor_up 0" page'
check "tmctl says so, too" exits 3 tmctl status

# --- purged ------------------------------------------------------------------------------------

stage "purge"
# shellcheck disable=SC2086  # several
check "apt purges the packages" apt-get purge -qy $packages
# shellcheck disable=SC2086  # as above
check "dpkg knows none of them" is "$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $packages 2>/dev/null | grep -v '^un')" ""
check "the service is gone" not systemctl is-active tmctl-exporter
files >after
# The key that DKMS signs with is the machine's; depmod lists the modules of a kernel, also
# where there are none any longer; of the lists of groups there is a copy.
comm -13 before after | grep -vE '^(/var/lib/dkms/mok\.(key|pub)|/usr/lib/modules/[^/]*/modules\.[^/]*|/etc/(group|gshadow)-|/etc/\.pwd\.lock)$' >left
check "nothing is left that was not there before" eval 'cat left; [ ! -s left ]'
comm -23 before after >missing
check "and nothing is missing" eval 'cat missing; [ ! -s missing ]'
check "but for the group, which may own files" getent group taskmonitor
check "no unit has failed" eval 'systemctl --failed --no-legend; [ -z "$(systemctl --failed --no-legend)" ]'
stage "the end"
