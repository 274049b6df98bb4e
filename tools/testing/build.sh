#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the module for a kernel of kernels.sh, and a static tmctl, for the guest.
#
# usage: build.sh [--strict] SERIES[:FLAVOUR]
#
# Prints KVER=, ARCH=, MODULE=, CONFIGFS= (the module of named sessions; empty where
# the kernel has no configfs) and TMCTL=, fit for eval. With --strict every warning
# is an error, sparse's too.
#
# Each kernel has its own copy of the sources, build/VERSION/: kbuild leaves
# its objects beside them, and those of one kernel are no use to another.

set -eu
export LC_ALL=C
# Called by make, a make of ours must not take part in its job control nor warn
# that it cannot.
unset MAKEFLAGS MFLAGS MAKELEVEL

die() { echo "build.sh: $*" >&2; exit 1; }

strict=""
[ "${1-}" != --strict ] || { strict=1; shift; }
[ $# = 1 ] || die "usage: build.sh [--strict] SERIES[:FLAVOUR]"

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=tools/testing/vm/arch.sh
. "$here/vm/arch.sh"
eval "$("$here/vm/kernels.sh" "$1")"
: "${KVER:?}" "${KDIR:?}" "${ARCH:=amd64}"
static=$top/build/static
[ "$ARCH" = amd64 ] || static+=-$ARCH

copy=$top/build/$KVER
log=$copy/build.log
mkdir -p "$copy"
# One at a time: tests that run side by side build, too.
exec 9>"$top/build/lock"
flock 9

# Objects of a build in place must not come along, nor may a file stay that is
# gone from the sources; what has not changed is not made anew.
sources() {
	find src include -type f \( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) \
		! -name '*.mod.c' 2>/dev/null
}
(cd "$top" && sources) | while read -r f; do
	cmp -s "$top/$f" "$copy/$f" || install -D -m 644 "$top/$f" "$copy/$f"
done
(cd "$copy" && sources) | while read -r f; do
	[ -e "$top/$f" ] || rm "$copy/$f"
done

# With and without --strict the compiler is told the same: else each would make all anew. What it
# had to say of an object it says once, so that is kept for who is strict and asks later.
warned=$copy/warned
if [ -n "$strict" ] && [ -e "$warned" ]; then
	find "$copy/src" \( -name '*.o' -o -name Module.symvers \) -delete
	rm "$warned"
fi
options=(W=1)
# A debug kernel that can tells which lines were run; see debug/coverage.pl.
! grep -qs '^CONFIG_GCOV_KERNEL=y' "$KDIR/.config" || options+=(GCOV_PROFILE=y)
[ -z "$strict" ] || options+=(C=2 CF=-D__CHECK_ENDIAN__)
if ! make -j"$(nproc)" -C "$KDIR" M="$copy/src" CROSS_COMPILE="$(arch_cross "$ARCH")" \
	"${options[@]}" modules >"$log" 2>&1; then
	grep -vE '^  [A-Z]+ ' "$log" >&2
	die "the module does not build for $KVER"
fi
# What sparse has to say of the kernel's own headers is not for us to mend.
if grep -E '(warning|error|WARNING|ERROR):' "$log" | grep -vE '^[^ :]*/linux-headers-' >"$copy/says"; then
	mv "$copy/says" "$warned"
	if [ -n "$strict" ]; then
		cat "$warned" >&2
		die "the module builds for $KVER, but not without warnings"
	fi
fi

make -s -j"$(nproc)" -C "$top/tools/tmctl" OUT="$static" CC="$(arch_cc "$ARCH")" LDFLAGS=-static \
	${strict:+WERROR=1} >"$copy/tmctl.log" 2>&1 || {
	cat "$copy/tmctl.log" >&2
	die "tmctl does not build"
}

configfs=$copy/src/taskmonitor_configfs.ko
[ -e "$configfs" ] || configfs=""
printf 'KVER=%q\nARCH=%q\nMODULE=%q\nCONFIGFS=%q\nTMCTL=%q\n' \
	"$KVER" "$ARCH" "$copy/src/taskmonitor.ko" "$configfs" "$static/tmctl"
