#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC1091,SC2016,SC2059,SC2154  # lib.sh sets them; eval; formats are texts
#
# tmctl doctor on machines that are directories, with a library (fake*.c) that
# plays the module.

. "$(dirname "$0")/lib.sh"

fake=$UNIT_OUT/tmctl/fake-tmctl
root=$work/root
release=6.12.1-test
modules=/lib/modules/$release
boot=/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
version=$("$top/tools/version.sh")

put() { mkdir -p "$root${1%/*}" && printf "$2" >"$root$1"; }	# PATH TEXT
doctor() { run "$fake" doctor --root "$root" "$@"; }
check_is() {	# CHECK VERDICT REGEXP
	ok "$what: $1: $2: $3" out_matches "^$2 +$1 +$3"
}

# A machine where all is well.
machine() {
	what=$1
	rm -rf "$root"
	put /proc/sys/kernel/osrelease "$release\n"
	put /proc/sys/kernel/modules_disabled '0\n'
	put /proc/self/status 'Name:\ttmctl\nCapEff:\t000001ffffffffff\n'
	put "$modules/updates/taskmonitor.ko" "ELF\\0vermagic=$release SMP mod_unload\\0more"
	put "$modules/modules.dep" 'kernel/other.ko: kernel/x.ko\nupdates/taskmonitor.ko:\n'
	put /sys/module/taskmonitor/taint 'OE\n'
	put /sys/module/taskmonitor/parameters/max_cpu_pct '50\n'
	put /sys/class/misc/taskmonitor/version "$version\n"
	put /sys/class/misc/taskmonitor/dev '10:123\n'
	put /sys/kernel/security/lockdown '[none] integrity confidentiality\n'
	put /dev/taskmonitor ''
}
unload() { rm -r "${root:?}/sys/module/taskmonitor" "${root:?}/sys/class" "${root:?}/dev"; }

machine "all is well"
FAKE_TICKS=400 doctor
ok "$what: exit code 0" [ "$status" = 0 ]
ok "$what: a line a check" out_lines 10
ok "$what: all ok" eval '! grep -qv "^ok " "$work/out"'
ok "$what: no next step" eval '! out_has "next:"'
ok "$what: nothing on stderr" empty err
check_is kernel ok "Linux $release"
check_is build ok ".* was built for this kernel"
check_is taint ok "OE: from outside the kernel's tree, and not signed;"
check_is sampler ok "running, 1 targets; 400 ticks, 2 missed, 0 stretched by max_cpu_pct=50"
check_is cpu_time ok exact
doctor -j
ok "$what: JSON" eval 'out_is_json && out_lines 10'
ok "$what: JSON: check" json_is 1 check '"kernel"'
ok "$what: JSON: verdict" json_is 2 verdict '"ok"'
ok "$what: JSON: text" json_is 2 text '"loaded"'
ok "$what: JSON: no next step: null" json_is 2 next null

doctor
check_is sampler warn "running, .* 40 ticks, 2 missed.*; next: a longer interval"
ok "$what: a warning is no failure" [ "$status" = 0 ]
FAKE_FLAGS=1 doctor
check_is cpu_time warn "as of the last tick"
FAKE_STATE=EPERM doctor
check_is sampler - "not told to this user"
FAKE_SESSION=1 doctor
check_is cpu_time - "no sample can be had"

# --- the module ----------------------------------------------------------------------

machine "not loaded"; unload
doctor
ok "$what: exit code 1" [ "$status" = 1 ]
check_is module FAIL "not loaded; installed as $modules/updates/taskmonitor.ko; next: modprobe taskmonitor$"
check_is device FAIL "/dev/taskmonitor: No such file.*; next: load the module first"
check_is version - "tmctl $version, no module"
check_is sampler - "there is none"
doctor -j
ok "$what: JSON: the next step" json_is 2 next '"modprobe taskmonitor"'
ok "$what: JSON: what is not known is null" json_is 9 verdict null

machine "no depmod"; unload
put "$modules/modules.dep" 'kernel/other-taskmonitor.ko: updates/taskmonitor.ko\n'
doctor
check_is module FAIL "not loaded; installed as .*; next: depmod -a, then modprobe"

machine "compressed"; unload
mv "$root$modules/updates/taskmonitor.ko" "$root$modules/updates/taskmonitor.ko.xz"
put "$modules/modules.dep" 'updates/taskmonitor.ko.xz:\n'
doctor
check_is module FAIL "not loaded; installed as .*\.ko\.xz; next: modprobe"
check_is build - ".* is compressed"

machine "not installed"; unload
rm -r "$root$modules"
doctor
check_is module FAIL "not loaded, and not installed for this kernel; next: insmod"
check_is build - "no file in $modules"

machine "for another kernel"; unload
mv "$root$modules" "$root/lib/modules/6.1.0-other"
doctor
check_is module FAIL "not loaded, and installed for 6.1.0-other, .*; next: .*for $release"

machine "built for another kernel"; unload
put "$modules/updates/taskmonitor.ko" 'vermagic=6.1.0-other SMP\0'
doctor
check_is build FAIL ".* was built for 6.1.0-other, not for $release; next: make clean"
put "$modules/updates/taskmonitor.ko" 'nothing'
doctor
check_is build warn ".*is no module"

machine "no modules at all"; unload
put /proc/sys/kernel/modules_disabled '1\n'
doctor
check_is module FAIL "not loaded, and this kernel takes no modules"

machine "an old kernel"
put /proc/sys/kernel/osrelease '5.10.0\n'
doctor
check_is kernel FAIL "Linux 5.10.0 is too old; next: boot"
rm "$root/proc/sys/kernel/osrelease"
doctor
check_is kernel FAIL "which kernel runs cannot be read"

# --- signatures ------------------------------------------------------------------------

machine "locked down"; unload
put /sys/kernel/security/lockdown 'none [integrity] confidentiality\n'
put "$boot" '\006\000\000\000\001'
doctor
check_is signature FAIL "the kernel is locked down \(Secure Boot is on\), and .* not signed; next: tools/sign-module.sh"
printf '~Module signature appended~\n' >>"$root$modules/updates/taskmonitor.ko"
doctor
check_is signature warn ".*is signed, its key must be trusted; next: "
machine "locked down later"
put /sys/kernel/security/lockdown 'none integrity [confidentiality]\n'
doctor
check_is signature ok ".*and the module is in"
machine "signatures enforced"; unload
put /sys/module/module/parameters/sig_enforce 'Y\n'
doctor
check_is signature FAIL "module.sig_enforce is set \(Secure Boot is off or unknown\)"
put /sys/module/module/parameters/sig_enforce 'N\n'
doctor
check_is signature ok "no signature is demanded"

# --- the device ----------------------------------------------------------------------------

machine "no node"
rm "$root/dev/taskmonitor"
doctor
check_is device FAIL "/dev/taskmonitor: No such file.*; next: .*mknod /dev/taskmonitor c 10:123"
machine "a leftover"
rm -r "$root/sys/module/taskmonitor"
doctor
check_is device FAIL "/dev/taskmonitor is a leftover.*; next: rm /dev/taskmonitor"
machine "another device"
put /dev/other ''
doctor --device /dev/other
check_is device ok "/dev/other, mode"
machine "no rights"
put /proc/self/status 'CapEff:\t0000000000000000\n'
doctor
check_is rights warn "one's own processes alone; not there: CAP_SYS_ADMIN .*, CAP_SYS_PTRACE .*, CAP_PERFMON .*; next: run tmctl as root"
put /proc/self/status 'CapEff:\t0000000000280000\n'
doctor
check_is rights ok "user [0-9]+ has"
put /proc/self/status 'CapEff:\t0000004000200000\n'
doctor
check_is rights warn "one's own processes alone; not there: CAP_SYS_PTRACE \(others' processes\);"
rm "$root/proc/self/status"
doctor
check_is rights warn "the capabilities cannot be read"
machine "another version"
put /sys/class/misc/taskmonitor/version '9.9.9\n'
doctor
check_is version warn "tmctl is $version, the module 9.9.9; next: install both"

# --- usage -----------------------------------------------------------------------------------

for args in extra --csv --root; do
	run "$fake" doctor "$args"
	ok "doctor $args: exit code 2" [ "$status" = 2 ]
done
"$fake" doctor --root "$root" 2>"$work/err" | :
ok "the reader leaves: not a word" empty err

manual=$top/Documentation/man/tmctl-doctor.8
names=$(sed -n 's/^	{ "\([a-z_]*\)", .*/\1/p' "$top/tools/tmctl/cmd_doctor.c")
ok "manual: there are names to look for" [ "$(echo "$names" | wc -l)" = 14 ]
for name in $names; do
	ok "manual: $name" grep -q "^\\.B $name\$" "$manual"
done

done_testing
