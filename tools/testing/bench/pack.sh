#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a program takes with it into the guest: the program, its libraries, its
# loader, as options of run.sh, one a line.
#
# usage: pack.sh PACKAGE PROGRAM
#
# PROGRAM is an absolute path. One that is not installed is taken out of PACKAGE,
# see unpack.sh: installed, atop and sysstat would start services.

set -eu
[ $# = 2 ] || { echo "usage: pack.sh PACKAGE PROGRAM" >&2; exit 2; }
package=$1 program=$2
found=$program

if [ ! -x "$program" ]; then
	found=$("$(dirname "$0")/../unpack.sh" "$package")$program
	[ "$found" != "$program" ] || { echo "pack.sh: apt has no $package" >&2; exit 1; }
fi
libraries=$(ldd "$found")
! grep 'not found' <<<"$libraries" >&2 || exit 1

printf -- '--file\n%s:%s\n' "$found" "${program#/}"
grep -oE '(=> |^\s*)/[^ ]+' <<<"$libraries" | grep -oE '/.*' | while read -r library; do
	printf -- '--file\n%s:%s\n' "$library" "${library#/}"
done
