#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a program takes with it into the guest: the program, its libraries, its
# loader, as options of run.sh, one a line.
#
# usage: pack.sh DIR PACKAGE PROGRAM
#
# PROGRAM is an absolute path. One that is not installed is taken out of PACKAGE,
# unpacked below DIR: installed, atop and sysstat would start services.

set -eu
[ $# = 3 ] || { echo "usage: pack.sh DIR PACKAGE PROGRAM" >&2; exit 2; }
dir=$1 package=$2 program=$3
found=$program

if [ ! -x "$program" ]; then
	found=$dir/$package$program
	if [ ! -x "$found" ]; then
		mkdir -p "$dir/$package"
		rm -f "$dir/$package"_*.deb
		(cd "$dir" && apt-get -q -o APT::Sandbox::User=root download "$package" >&2)
		dpkg -x "$dir/$package"_*.deb "$dir/$package"
	fi
fi
libraries=$(ldd "$found")
! grep 'not found' <<<"$libraries" >&2 || exit 1

printf -- '--file\n%s:%s\n' "$found" "${program#/}"
grep -oE '(=> |^\s*)/[^ ]+' <<<"$libraries" | grep -oE '/.*' | while read -r library; do
	printf -- '--file\n%s:%s\n' "$library" "${library#/}"
done
