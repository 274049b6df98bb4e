#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make install and uninstall, and a program built against what was installed.

. "$(dirname "$0")/lib.sh"

CC=${CC:-gcc}
root=$work/root
build=$work/build
unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES OUT

for part in lib tmctl; do
	run make -C "$top/tools/$part" OUT="$build/$part" DESTDIR="$root" PREFIX=/opt/tm install
	ok "$part: install" [ "$status" = 0 ]
done
for file in bin/tmctl share/man/man8/tmctl.8 share/man/man8/tmctl-hidden.8 \
	    share/man/man8/tmctl-doctor.8 share/man/man1/tmctl-run.1 \
	    share/man/man1/tmctl-wait.1 lib/libtaskmonitor.a lib/libtaskmonitor.so \
	    lib/libtaskmonitor.so.0 lib/pkgconfig/libtaskmonitor.pc \
	    share/man/man3/libtaskmonitor.3 \
	    include/taskmonitor/taskmonitor.h include/linux/taskmonitor.h; do
	ok "installed: $file" [ -f "$root/opt/tm/$file" ]
done
# Companions are built where their libraries are.
if echo '#include <curses.h>' | $CC -E -o /dev/null - 2>/dev/null; then
	companions=top
	run make -C "$top/tools/top" OUT="$build/top" DESTDIR="$root" PREFIX=/opt/tm install
	ok "top: install" [ "$status" = 0 ]
	for file in bin/tmctl-top share/man/man1/tmctl-top.1; do
		ok "installed: $file" [ -f "$root/opt/tm/$file" ]
	done
	run "$root/opt/tm/bin/tmctl" top --version
	ok "tmctl finds it beside itself" out_matches '^tmctl-top '
else
	companions=
	skip "top: install" "no libncurses-dev"
fi
run make -C "$top/tools/top" OUT="$work/without" NEEDS_tmctl-top=no/such/header.h
ok "top: without its library it is left out" [ "$status" = 0 ]
ok "top: and that is told" out_has "tmctl-top is not built: no no/such/header.h here"
ok "top: and nothing is built" [ ! -e "$work/without/tmctl-top" ]

ok "nothing outside the prefix" [ "$(ls "$root")$(ls "$root/opt")" = "opttm" ]

cat >"$work/program.c" <<'END'
#include <stdio.h>
#include <taskmonitor/taskmonitor.h>

int main(void)
{
	struct tm_device *dev = tm_open("/nowhere/taskmonitor");

	printf("%s %d\n", tm_lib_version(), dev != NULL);
	tm_close(dev);
	return 0;
}
END
if have pkg-config; then
	flags=$(PKG_CONFIG_PATH="$root/opt/tm/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" \
		pkg-config --cflags --libs libtaskmonitor)
	ok "pkg-config knows it" [ -n "$flags" ]
	# shellcheck disable=SC2086  # several flags
	run $CC -o "$work/program" "$work/program.c" $flags
	ok "a program builds against it" [ "$status" = 0 ]
	run env LD_LIBRARY_PATH="$root/opt/tm/lib" "$work/program"
	ok "and runs with the shared library" out_matches '^[0-9]+\.[0-9]+\.[0-9]+ 0$'
else
	skip "a program builds against it" "no pkg-config"
fi

for part in lib tmctl $companions; do
	run make -C "$top/tools/$part" OUT="$build/$part" DESTDIR="$root" PREFIX=/opt/tm uninstall
	ok "$part: uninstall" [ "$status" = 0 ]
done
run find "$root" -type f -o -type l
ok "nothing is left" empty out

run make -C "$top/tools/tmctl" OUT="$work/static" LDFLAGS=-static
ok "a static tmctl elsewhere" [ "$status" = 0 ]
run "$work/static/tmctl" version
ok "it runs" [ "$status" = 0 ]
run make -C "$top/tools/tmctl" OUT="$work/static" LDFLAGS=-static
ok "nothing to do a second time" eval '! grep -q -- "-o " "$work/out"'

done_testing
