#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Place the module into a kernel's source tree, where it is then configured and
# built with the kernel: as CONFIG_TASKMONITOR, below Device Drivers, Misc devices.
#
# usage: place.sh [--remove] KERNEL-TREE
#
# Makes drivers/misc/taskmonitor and include/uapi/linux/taskmonitor*.h, and adds a
# line each to drivers/misc/Kconfig and drivers/misc/Makefile. Done again it brings
# the files up to date and touches nothing that is so already; --remove undoes it.

set -eu
export LC_ALL=C

die() { echo "place.sh: $*" >&2; exit 1; }
usage() { echo "usage: place.sh [--remove] KERNEL-TREE" >&2; exit 2; }

remove=""
while [ $# -gt 0 ]; do
	case $1 in
	--remove) remove=1 ;;
	-h|--help) sed -n 's/^# \{0,1\}//; 4,11p' "$0"; exit 0 ;;
	--) shift; break ;;
	-*) usage ;;
	*) break ;;
	esac
	shift
done
[ $# = 1 ] || usage
tree=$1

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
misc=$tree/drivers/misc
dir=$misc/taskmonitor
uapi=$tree/include/uapi/linux
headers="taskmonitor.h taskmonitor_netlink.h"
source_line='source "drivers/misc/taskmonitor/Kconfig"'
# shellcheck disable=SC2016  # for make to expand
object_line='obj-$(CONFIG_TASKMONITOR)	+= taskmonitor/'

# --- is it a tree that will do? ----------------------------------------------------

[ -d "$tree" ] || die "$tree: no such directory"
version_of() { sed -n "s/^$1 = *\([0-9][0-9]*\)$/\1/p" "$tree/Makefile" 2>/dev/null | head -n 1; }
version=$(version_of VERSION)
patchlevel=$(version_of PATCHLEVEL)
if [ -z "$version" ] || [ -z "$patchlevel" ] || [ ! -f "$tree/Kbuild" ]; then
	die "$tree: no kernel source tree: it has no Makefile that says of which version"
fi
# Packages of headers have most of it, but nothing to build.
for f in drivers/misc/Kconfig drivers/misc/Makefile include/uapi/linux kernel/fork.c; do
	[ -e "$tree/$f" ] || die "$tree: no complete kernel source tree: $f is missing" \
		"(headers alone do not do; try the package linux-source)"
done
[ "$version" -gt 6 ] || { [ "$version" = 6 ] && [ "$patchlevel" -ge 1 ]; } ||
	die "$tree: Linux $version.$patchlevel, and the module needs 6.1 or newer"
[ "$(grep -c '^endmenu' "$misc/Kconfig")" = 1 ] ||
	die "$misc/Kconfig looks unlike any known: it should have one endmenu"
if [ -e "$dir" ] && ! grep -qs '^config TASKMONITOR$' "$dir/Kconfig"; then
	die "$dir is there already and is not ours"
fi
for h in $headers; do
	[ ! -e "$uapi/$h" ] || grep -q '_UAPI_LINUX_TASKMONITOR_' "$uapi/$h" ||
		die "$uapi/$h is there already and is not ours"
done

# --- take it out --------------------------------------------------------------------

has_line() { grep -qxF "$2" "$1"; }
drop_line() {
	has_line "$1" "$2" || return 0
	grep -vxF "$2" "$1" >"$1.place"
	replace "$1"
}
# The file keeps its mode, and is whole at every moment.
replace() {
	chmod --reference="$1" "$1.place"
	mv "$1.place" "$1"
}

if [ -n "$remove" ]; then
	# Who refers to it first.
	drop_line "$misc/Kconfig" "$source_line"
	drop_line "$misc/Makefile" "$object_line"
	rm -rf "$dir"
	for h in $headers; do
		rm -f "$uapi/$h"
	done
	exit 0
fi

# --- put it in ------------------------------------------------------------------------

half_placed() {
	find "$misc" "$uapi" -name '*.place' -exec rm {} +
	echo "place.sh: $tree: placed in part; mend that and do it again, or undo it with --remove" >&2
}
trap half_placed EXIT

# What has not changed keeps its time, and so is not made anew. From standard input.
put() {
	mkdir -p "${1%/*}"
	cat >"$1.place"
	if cmp -s "$1.place" "$1"; then
		rm "$1.place"
	else
		mv "$1.place" "$1"
	fi
}

# The list of parts is the module's own; where they lie is another matter, and the
# headers are where all are.
makefile() {
	# shellcheck disable=SC2016  # for make to expand
	sed -e 's|^obj-m := taskmonitor\.o$|obj-$(CONFIG_TASKMONITOR) := taskmonitor.o|' \
		-e 's|^obj-$(if .*,m) += taskmonitor_configfs\.o$|obj-$(CONFIG_TASKMONITOR_CONFIGFS) += taskmonitor_configfs.o|' \
		-e 's|-I$(src)/\.\./include/uapi ||' \
		-e 's|-I$(src)/|-I$(srctree)/drivers/misc/taskmonitor/|' "$top/src/Kbuild"
}
# shellcheck disable=SC2016  # as above
if ! makefile | grep -q '^obj-$(CONFIG_TASKMONITOR) := ' || makefile | grep -q '$(src)' ||
   ! makefile | grep -q '^obj-$(CONFIG_TASKMONITOR_CONFIGFS) += '; then
	die "src/Kbuild has changed: this script no longer knows how to make a Makefile of it"
fi

# First what says that the directory is ours.
put "$dir/Kconfig" <"$here/Kconfig"
sources() { find . -type f \( -name '*.c' -o -name '*.h' \) ! -name '*.mod.c'; }
(cd "$top/src" && sources) | while read -r f; do
	put "$dir/${f#./}" <"$top/src/$f"
done
# What is gone from the sources goes here, too.
(cd "$dir" && sources) | while read -r f; do
	[ -e "$top/src/$f" ] || rm "$dir/$f"
done
for h in $headers; do
	put "$uapi/$h" <"$top/include/uapi/linux/$h"
done
makefile | put "$dir/Makefile"

# The lines that refer to it last: a tree that was left half way still builds.
if ! has_line "$misc/Makefile" "$object_line"; then
	{ cat "$misc/Makefile" && printf '%s\n' "$object_line"; } >"$misc/Makefile.place"
	replace "$misc/Makefile"
fi
if ! has_line "$misc/Kconfig" "$source_line"; then
	sed "s|^endmenu|$source_line\\n&|" "$misc/Kconfig" >"$misc/Kconfig.place"
	replace "$misc/Kconfig"
fi
trap - EXIT
