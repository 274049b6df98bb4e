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
testing=$here/..
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"
kernel=${KERNEL:-6.12}

# KDIR before the build: what kernels.sh says is for build.sh, too.
eval "$("$testing/vm/kernels.sh" "$kernel")"
eval "$("$testing/build.sh" "$kernel")"
: "${MODULE:?}" "${TMCTL:?}" "${KDIR:?}"

cp -r "$here/hide" "$work/hide"
make -s -C "$KDIR" M="$work/hide" modules >"$work/log" 2>&1
ok "the module that hides is built" test -e "$work/hide/hide.ko"
gcc -static -o "$work/without" "$here/hide/without.c"
make -s -C "$testing/../tmctl" OUT="$work/dynamic" >"$work/log" 2>&1
mv "$work/dynamic/tmctl" "$work/dynamic-tmctl"
gcc -shared -fPIC -D_GNU_SOURCE -o "$work/filter.so" "$testing/unit/filter.c"

files=(--file "$work/hide/hide.ko" --file "$work/without" --file "$work/dynamic-tmctl"
       --file "$work/filter.so")
# Its libraries and its loader, where it looks for them.
while read -r library; do
	files+=(--file "$library:$library")
done < <(ldd "$work/dynamic-tmctl" "$work/filter.so" | grep -o '/[^ :]*\.so[^ :]*' |
	 grep -v filter | sort -u)

"$testing/vm/run.sh" -k "$kernel" --module "$MODULE" --tmctl "$TMCTL" "${files[@]}" \
	--timeout 300 --out "$work/out" --exec "$here/hidden-guest.sh" >"$work/guest" 2>"$work/runner"
status=$?
lines=0
while IFS= read -r line; do
	line=${line%$'\r'}
	case $line in
	'ok - '*|'not ok - '*)
		n=$((n + 1)) lines=$((lines + 1))
		echo "${line%% - *} $n - ${line#* - }" ;;
	*) echo "# $line" ;;
	esac
done <"$work/guest"
ok "the machine came to its end, without a complaint" test $status = 0 -a $lines -gt 20
[ $status = 0 ] || sed 's/^/# /' "$work/runner"
echo "1..$n"
