#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make install and uninstall, and a program built against what was installed. What is
# installed has been built for the other tests: see Makefile.

. "$(dirname "$0")/lib.sh"

CC=${CC:-gcc}
root=$work/root
libs="LIBOUT=$UNIT_OUT/tmctl/lib COMMONOUT=$UNIT_OUT/tmctl/common"
unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES OUT

# make_in FOLDER TARGET: there
make_in() {
	out=$UNIT_OUT/$1
	[ "$1" != lib ] || out=$UNIT_OUT/tmctl/lib
	# shellcheck disable=SC2086  # two words
	run make -C "$top/tools/$1" OUT="$out" $libs DESTDIR="$root" PREFIX=/opt/tm "$2"
}

for part in lib tmctl; do
	make_in $part install
	ok "$part: install" [ "$status" = 0 ]
done
for file in bin/tmctl share/man/man8/tmctl.8 share/man/man8/tmctl-hidden.8 \
	    share/man/man8/tmctl-doctor.8 share/man/man1/tmctl-run.1 \
	    share/man/man1/tmctl-wait.1 share/bash-completion/completions/tmctl \
	    share/zsh/site-functions/_tmctl share/man/man8/tmctl-watch.8 lib/libtaskmonitor.a lib/libtaskmonitor.so \
	    lib/libtaskmonitor.so.0 lib/pkgconfig/libtaskmonitor.pc \
	    share/man/man3/libtaskmonitor.3 \
	    include/taskmonitor/taskmonitor.h include/linux/taskmonitor.h \
	    include/linux/taskmonitor_netlink.h; do
	ok "installed: $file" [ -f "$root/opt/tm/$file" ]
done
for companion in top:top plot:plot recording:record recording:report recording:export \
		 exporter:exporter events:events; do
	folder=${companion%:*} program=${companion#*:}
	make_in "$folder" install
	ok "$program: install" [ "$status" = 0 ]
	if out_matches "tmctl-$program is not built"; then
		skip "installed: tmctl-$program" "$(grep -m 1 'is not built' "$work/out")"
	else
		ok "installed: tmctl-$program" [ -x "$root/opt/tm/bin/tmctl-$program" ]
		run "$root/opt/tm/bin/tmctl" $program --version
		ok "$program: tmctl finds it beside itself" out_matches "^tmctl-$program "
	fi
	section=1
	[ "$program" != exporter ] || section=8
	ok "installed: its manual" [ -f "$root/opt/tm/share/man/man$section/tmctl-$program.$section" ]
	run make -C "$top/tools/$folder" OUT="$work/without" CPPFLAGS=-nostdinc all
	ok "$program: left out, and told of, where its libraries are not" \
		eval '[ "$status" = 0 ] && out_matches "tmctl-$program is not built: .*apt install"'
done
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

for part in lib tmctl top plot recording exporter events; do
	make_in $part uninstall
	ok "$part: uninstall" [ "$status" = 0 ]
done
run find "$root" -type f -o -type l
ok "nothing is left" empty out

# The guest's own, see build.sh.
static=$top/build/static
run flock "$top/build/lock" make -C "$top/tools/tmctl" OUT="$static" LDFLAGS=-static
ok "a static tmctl elsewhere" [ "$status" = 0 ]
run "$static/tmctl" version
ok "it runs" [ "$status" = 0 ]
run make -C "$top/tools/tmctl" OUT="$static" LDFLAGS=-static
ok "nothing to do a second time" eval '! grep -q -- "-o " "$work/out"'

done_testing
