#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The library's examples: against what make install installs, by pkg-config as
# somebody else would build them, and static by their own Makefile. What they do
# with a module is seen in the guest.

. "$(dirname "$0")/lib.sh"

CC=${CC:-gcc}
strict="-Wall -Wextra -Werror"
examples=$top/tools/lib/examples
root=$work/root
unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES OUT

run make -C "$top/tools/lib" OUT="$work/lib" DESTDIR="$root" PREFIX=/opt/tm install
ok "the library is installed" [ "$status" = 0 ]

# usage PROGRAM: without an argument it says how it is called
usage() {
	run env LD_LIBRARY_PATH="$root/opt/tm/lib" "$1"
	[ "$status" = 2 ] && err_has "usage: ${1##*/} "
}
# no_module PROGRAM: its argument is fine, but there is nobody to ask
no_module() {
	run env LD_LIBRARY_PATH="$root/opt/tm/lib" "$1" 1
	[ "$status" = 1 ] && err_has "${1##*/}: session: No such file or directory"
}

flags=
if have pkg-config; then
	flags=$(PKG_CONFIG_PATH="$root/opt/tm/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" \
		pkg-config --cflags --libs libtaskmonitor)
	ok "pkg-config knows the library" [ -n "$flags" ]
fi
run make -s -C "$examples" OUT="$work/static" LDFLAGS=-static WERROR=1
static=$status
if [ "$static" != 0 ] && err_has "cannot find -lc"; then
	static=skip
else
	ok "static: built" [ "$static" = 0 ]
fi

for source in "$examples"/*.c; do
	name=$(basename "$source" .c)
	ok "$name: says how it is called" grep -q "^ \\* $name [A-Z]" "$source"
	if [ -n "$flags" ]; then
		# shellcheck disable=SC2086  # several flags, here and above
		run $CC $strict -o "$work/$name" "$source" $flags
		ok "$name: builds against the installed library" [ "$status" = 0 ]
		ok "$name: usage" usage "$work/$name"
		if [ -e /dev/taskmonitor ]; then
			skip "$name: no module" "/dev/taskmonitor is there"
		else
			ok "$name: no module" no_module "$work/$name"
		fi
	else
		skip "$name: builds against the installed library" "no pkg-config"
	fi
	if [ "$static" = skip ]; then
		skip "$name: static" "no static C library"
	else
		ok "$name: static" usage "$work/static/$name"
	fi
done
if [ "$static" != skip ]; then
	run make -C "$examples" OUT="$work/static" LDFLAGS=-static WERROR=1
	ok "static: nothing to do a second time" eval '! grep -q -- "-o " "$work/out"'
	run make -C "$examples" OUT="$work/static" clean
	run find "$work/static" -type f -o -type l
	ok "static: clean leaves nothing" empty out
fi

done_testing
