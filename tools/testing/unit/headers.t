#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The public headers by themselves, in each language and size they promise, and
# the library's symbols against its header.

. "$(dirname "$0")/lib.sh"

CC=${CC:-gcc}
CXX=${CXX:-g++}
strict="-Wall -Wextra -Wpedantic -Werror -fsyntax-only"
includes="-I$top/include/uapi -I$top/tools/lib"

try() { run "$@" $strict $includes "$unit/layout.c"; [ "$status" = 0 ]; }
builds() { ok "$1" try $2; }

builds "C11" "$CC -std=c11"
builds "C11, with the library" "$CC -std=c11 -DWITH_LIBRARY"
builds "C99's successors: C17" "$CC -std=c17 -DWITH_LIBRARY"
# shellcheck disable=SC2086  # a command and its options, here and below
if have "$CXX"; then
	builds "C++17" "$CXX -x c++ -std=c++17"
	builds "C++17, with the library" "$CXX -x c++ -std=c++17 -DWITH_LIBRARY"
else
	skip "C++17" "no $CXX"
fi
# The kernel's headers are the same for both; a 32-bit libc need not be there.
m32="$CC -m32 -ffreestanding -idirafter /usr/include/$($CC -print-multiarch)"
if echo 'int x;' | $CC -m32 -x c -fsyntax-only - 2>/dev/null; then
	builds "C11, 32-bit" "$m32 -std=c11"
else
	skip "C11, 32-bit" "$CC cannot -m32"
fi
ok "a wrong layout does not build" eval '! try "$CC" -std=c11 -DPLANTED'
ok "and for that reason" err_has "task_sample.comm has moved"

# --- the library ------------------------------------------------------------------

header=$top/tools/lib/taskmonitor/taskmonitor.h
sed -nE 's/^[a-z].*[ *](tm_[a-z_]+)\(.*/\1/p' "$header" | sort >"$work/declared"
sed -nE 's/^\t(tm_[a-z_]+);/\1/p' "$top/tools/lib/libtaskmonitor.map" | sort >"$work/mapped"
ok "the header declares functions" [ "$(wc -l <"$work/declared")" -ge 11 ]
ok "each has a version, and no other" cmp "$work/declared" "$work/mapped"
if have nm; then
	nm -D --defined-only "$UNIT_OUT/tmctl/lib/libtaskmonitor.so" |
		sed -nE 's/^[0-9a-f]+ T ([a-z_]+)@@LIBTASKMONITOR_.*/\1/p' | sort >"$work/exported"
	ok "each is exported, and no other" cmp "$work/declared" "$work/exported"
else
	skip "each is exported, and no other" "no nm"
fi
for name in $(cat "$work/declared"); do
	ok "$name is documented" grep -q "^ \\* $name() - " "$header"
done
cat >"$work/version.c" <<'END'
#include <stdio.h>
#include <taskmonitor/taskmonitor.h>

int main(void)
{
	printf("%s %d.%d.%d\n", TM_LIB_VERSION, TM_LIB_VERSION_MAJOR, TM_LIB_VERSION_MINOR,
	       TM_LIB_VERSION_PATCH);
	return 0;
}
END
# shellcheck disable=SC2086  # options
run $CC $includes -o "$work/version" "$work/version.c"
ok "a program can know the version" [ "$status" = 0 ]
run "$work/version"
version=$("$top/tools/version.sh")
ok "as text and in numbers, that of the module" [ "$(out)" = "$version $version" ]

done_testing
