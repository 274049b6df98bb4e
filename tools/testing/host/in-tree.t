#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module in a kernel's own tree (tools/packaging/in-tree): what place.sh does
# to a tree and what it refuses; then built in Debian's sources, warnings being
# errors, as a module with all it can use, and built in with nothing that it can
# do without. A kernel that has it built in is booted by make check-machines.
#
#	SERIES="6.1 6.12"	whose sources; else that of KERNEL, or 6.12
#
# The part of the sources that this takes is unpacked once, below
# ${XDG_CACHE_HOME:-~/.cache}/taskmonitor/in-tree: some seconds of xz, and 180 MB.
# What the kernel has to build before the module is kept beside it, one directory
# for each of the two configurations.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"
place=$here/../../packaging/in-tree/place.sh
cache=${XDG_CACHE_HOME:-$HOME/.cache}/taskmonitor/in-tree
jobs=$(nproc)
export LC_ALL=C

# --- place.sh, on a tree of four files ------------------------------------------------

tree="$work/a tree"
mkdir -p "$tree/drivers/misc" "$tree/include/uapi/linux" "$tree/kernel"
printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n' >"$tree/Makefile"
printf 'menu "Misc devices"\n\nconfig OTHER\n\tbool\n\nendmenu\n' >"$tree/drivers/misc/Kconfig"
# shellcheck disable=SC2016  # make's
printf 'obj-$(CONFIG_OTHER)\t+= other.o\n' >"$tree/drivers/misc/Makefile"
chmod 664 "$tree/drivers/misc/Makefile"
: >"$tree/Kbuild"
: >"$tree/kernel/fork.c"
cp -a "$tree" "$work/before"

same_tree() { diff -r "$1" "$2" >"$work/log" || { sed 's/^/# /' "$work/log"; return 1; }; }
# refused WHAT MESSAGE ARGUMENT...: an error that says so, and nothing is changed
refused() {
	local what=$1 message=$2 status
	shift 2
	rm -rf "$work/copy"
	cp -a "$tree" "$work/copy"
	"$place" "$@" >"$work/said" 2>&1
	status=$?
	ok "$what: refused, with the reason" test $status != 0 -a \
		"$(grep -cE "^(place\.sh|usage): .*$message" "$work/said")" = 1
	ok "$what: and nothing is changed" same_tree "$work/copy" "$tree"
}
without() {	# without FILE WHAT MESSAGE: of the tree
	mv "$tree/$1" "$work/away"
	refused "$2" "$3" "$tree"
	mv "$work/away" "$tree/$1"
}
stamps() { (cd "$1" && find . -type f -printf '%T@ %p\n' | sort); }

refused "no argument" "place.sh \[--remove\]"
refused "an unknown option" "place.sh \[--remove\]" --undo "$tree"
refused "nothing there" "no such directory" "$work/nowhere"
refused "some directory" "no kernel source tree" "$work"
refused "--remove of some directory" "no kernel source tree" --remove "$work"
without kernel/fork.c "headers" "kernel/fork.c is missing .headers alone"
without drivers/misc/Kconfig "a tree without drivers" "drivers/misc/Kconfig is missing"
sed -i 's/^VERSION = 6/VERSION = 5/' "$tree/Makefile"
refused "an old kernel" "Linux 5.12, and the module needs 6.1" "$tree"
sed -i 's/^VERSION = 5/VERSION = 6/' "$tree/Makefile"
mkdir "$tree/drivers/misc/taskmonitor"
refused "somebody else's directory" "is not ours" "$tree"
refused "--remove of it" "is not ours" --remove "$tree"
rmdir "$tree/drivers/misc/taskmonitor"

ok "placed" "$place" "$tree"
ok "one line in Kconfig, within the menu" same_tree <(tail -n 2 "$tree/drivers/misc/Kconfig") - <<'END'
source "drivers/misc/taskmonitor/Kconfig"
endmenu
END
ok "one line in the Makefile" test "$(grep -c taskmonitor "$tree/drivers/misc/Makefile")" = 1
ok "its mode is as it was" test "$(stat -c %a "$tree/drivers/misc/Makefile")" = 664
ok "every source is there" same_tree <(cd "$here/../../../src" && find . -name '*.[ch]' ! -name '*.mod.c' | sort) \
	<(cd "$tree/drivers/misc/taskmonitor" && find . -name '*.[ch]' | sort)
ok "nothing half made is left" test -z "$(find "$tree" -name '*.place')"
stamps "$tree" >"$work/stamps"
"$place" "$tree"
ok "placed again: no file is touched" same_tree "$work/stamps" <(stamps "$tree")
echo >"$tree/drivers/misc/taskmonitor/core/gone.c"
echo >"$tree/drivers/misc/taskmonitor/main.c"
"$place" "$tree"
ok "placed again: brought up to date" cmp "$here/../../../src/main.c" \
	"$tree/drivers/misc/taskmonitor/main.c"
ok "placed again: what is gone goes" test ! -e "$tree/drivers/misc/taskmonitor/core/gone.c"
ok "removed" "$place" --remove "$tree"
ok "removed: the tree is as it was" same_tree "$work/before" "$tree"
ok "removed again: nothing to do" "$place" --remove "$tree"

# Where it ends in the midst: some files are larger than a file may be.
(trap '' XFSZ; ulimit -f 16; "$place" "$tree") >"$work/said" 2>&1
ok "no room: fails, and says how to go on" test $? != 0 -a "$(grep -c 'with --remove$' "$work/said")" = 1
ok "no room: nothing refers to it" cmp "$work/before/drivers/misc/Kconfig" "$tree/drivers/misc/Kconfig"
ok "no room: nothing half made is left" test -z "$(find "$tree" -name '*.place')"
ok "no room: done again when there is" "$place" "$tree"
(cd "$tree" && rm -r drivers/misc/taskmonitor/core include/uapi/linux/taskmonitor*.h)
ok "no room: or undone" "$place" --remove "$tree"
ok "no room: and nothing is left" same_tree "$work/before" "$tree"

# --- built ------------------------------------------------------------------------------

# All that is compiled or asked for on the way to one directory, for x86.
unneeded=(--exclude='*/arch/[a-wyz]*/*.[chS]' --exclude='*/drivers/*.[chS]' --exclude='*/sound/*.[ch]'
	  --exclude='*/fs/*.[ch]' --exclude='*/net/*.c' --exclude='*/Documentation/*.*'
	  --exclude='*/tools/testing' --exclude='*/tools/perf' --exclude='*.dts*' --exclude='*/rust/*.rs')

try() { "$@" || { tail -n 20 "$work/log" | sed 's/^/# /'; return 1; }; }
configure() {	# configure DIR LINE...: every line must be taken
	local out=$1 line
	shift
	make -s -C "$src" O="$out" tinyconfig >"$work/log" 2>&1 || return 1
	printf '%s\n' CONFIG_64BIT=y CONFIG_EXPERT=y CONFIG_SYSFS=y CONFIG_MODULES=y "$@" >>"$out/.config"
	make -s -C "$src" O="$out" olddefconfig >>"$work/log" 2>&1 || return 1
	for line in "$@"; do
		grep -qxF "$line" "$out/.config" || { echo "not taken: $line" >"$work/log"; return 1; }
	done
}
build() {	# build DIR: the directory of the module, with what it needs before
	rm -rf "$1/drivers/misc/taskmonitor"
	make -s -j"$jobs" -C "$src" O="$1" prepare >"$work/log" 2>&1 &&
	make -s -j"$jobs" -C "$src" O="$1" W=1 KCFLAGS=-Werror drivers/misc/taskmonitor/ >"$work/log" 2>&1 &&
	{ [ ! -s "$work/log" ] || ! grep -E 'warning|error' "$work/log"; } || {
		rm -rf "$1"	# next time from the beginning
		return 1
	}
}

parts() { (cd "$here/../../../src" && find . -name '*.c' ! -name '*.mod.c' -exec basename {} .c \;) | sort; }
objects() {	# of the parts
	find "$1/drivers/misc/taskmonitor" -name '*.o' ! -name 'taskmonitor*.o' -exec basename {} .o \; | sort
}

series_in_tree() {
	local series=$1 version src out
	version=$("$testing/vm/kernel-source.sh" "$series") || {
		skip "$series: built" "apt has no linux-source-$series"
		return
	}
	src=$cache/$version-$(sha256sum <<<"${unneeded[*]}" | cut -c 1-6)
	mkdir -p "$cache"
	exec 9>"$cache/.lock"
	flock 9
	if [ ! -d "$src" ]; then
		find "$cache" -maxdepth 1 -name "$series.*" -exec rm -rf {} +
		echo "# unpacking linux-source-$series $version"
		"$testing/vm/kernel-source.sh" "$series" "$version" "$src" "${unneeded[@]}" >"$work/log" 2>&1
	fi
	ok "$series: the sources are there" try test -d "$src"
	[ -d "$src" ] || return
	ok "$series: placed" "$place" "$src"

	out=$src-module
	ok "$series: configured as a module, with all it can use" try configure "$out" \
		CONFIG_{SMP,PROC_FS,DEBUG_FS,CGROUPS,MULTIUSER,NAMESPACES,PID_NS,NET}=y \
		CONFIG_TASK{STATS,_DELAY_ACCT,_XACCT,_IO_ACCOUNTING}=y CONFIG_TASKMONITOR=m \
		CONFIG_CONFIGFS_FS=y CONFIG_TASKMONITOR_CONFIGFS=m
	ok "$series: it builds as a module without a warning" try build "$out"
	ok "$series: of every source" test "$(objects "$out")" = "$(parts)"
	out=$src-builtin
	ok "$series: configured built in, without what it can do without" \
		try configure "$out" CONFIG_TASKMONITOR=y "# CONFIG_DEBUG_FS is not set" \
		"# CONFIG_"{SMP,PROC_FS,CGROUPS,NET,CONFIGFS_FS}" is not set"
	ok "$series: it builds in without a warning" try build "$out"
	ok "$series: and leaves out what the kernel lacks" \
		test "$(objects "$out")" = "$(parts | grep -vE '^(procfs|debugfs|netlink.*|configfs.*)$')"
	exec 9>&-
}

if "$testing/setup.sh" debug >"$work/log" 2>&1; then
	kernel=${KERNEL:-6.12}
	for series in ${SERIES:-${kernel%%:*}}; do
		series_in_tree "$series"
	done
else
	skip "built in Debian's sources" "$(tail -n 1 "$work/log" | sed 's/^ *//')"
fi
echo "1..$n"
