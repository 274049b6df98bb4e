#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl run on real programs, in a virtual machine, against time(1) and what it
# says from getrusage(2): a compiler that builds tmctl's library with make -j2, a
# shell's pipeline, gzip. The guest's part, which speaks TAP, is run_build-guest.sh.
#
#	KERNEL=6.12	the kernel to try

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"

cc1=$(gcc -print-prog-name=cc1)
programs=()
for p in /usr/bin/time "$(command -v make)" "$(command -v gcc)" "$cc1" "$(command -v as)" \
	 "$(command -v ar)" "$(command -v gzip)"; do
	[ -x "$p" ] || { echo "1..0 # SKIP no time, make, gcc, as, ar or gzip"; exit; }
	programs+=("$p")
done

build_module

mapfile -t files < <(with_libraries "${programs[@]}")
for p in "${programs[@]}"; do files+=(--file "$(readlink -f "$p"):${p#/}"); done
# What is to be built comes with all headers in it, so that the guest needs none.
mkdir "$work/project"
for source in "$testing"/../lib/*.c "$testing"/../common/{json,utf8,field,parse}.c; do
	gcc -E -D_GNU_SOURCE -I"$testing/../lib" -I"$testing/../../include/uapi" -o "$work/project/$(basename "$source" .c).i" "$source"
done
for source in "$work"/project/*.i; do
	files+=(--file "$source:project/${source##*/}")
done

relay "" -k "$kernel" --module "$MODULE" --tmctl "$TMCTL" "${files[@]}" --append "CC1=$cc1" \
	--exec "$here/run_build-guest.sh"
echo "1..$n"
