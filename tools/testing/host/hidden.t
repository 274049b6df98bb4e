#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl hidden against processes that really hide, in a virtual machine: behind a
# mount, by hidepid, behind a filter of readdir (a tmctl that is linked
# dynamically, with its libc), off the kernel's task list and out of its PID table
# (hide/hide.c). The guest's part, which speaks TAP, is hidden-guest.sh.
#
#	KERNEL=6.12	the kernel to try

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"

# KDIR before the build: what kernels.sh says is for build.sh, too.
eval "$("$testing/vm/kernels.sh" "${KERNEL:-6.12}")"
build_module
: "${KDIR:?}"

cp -r "$here/hide" "$work/hide"
make -s -C "$KDIR" M="$work/hide" modules >"$work/log" 2>&1
ok "the module that hides is built" test -e "$work/hide/hide.ko"
gcc -static -o "$work/without" "$here/hide/without.c"
build_programs tmctl
gcc -shared -fPIC -D_GNU_SOURCE -o "$work/filter.so" "$testing/unit/filter.c"

files=(--file "$work/hide/hide.ko" --file "$work/without" --file "$programs/tmctl:files/dynamic-tmctl"
       --file "$work/filter.so")
mapfile -t libraries < <(with_libraries "$programs/tmctl" "$work/filter.so")

relay "" -k "$kernel" --module "$MODULE" --tmctl "$TMCTL" "${files[@]}" "${libraries[@]}" \
	--exec "$here/hidden-guest.sh"
echo "1..$n"
