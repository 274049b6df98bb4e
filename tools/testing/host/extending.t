#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The patches in Documentation/extending.md: each applies to the sources as they
# are, docs.t asks for just those documents that the page names, and a module
# with all of them does what the page says. The guest's part, which speaks TAP,
# is extending-guest.sh.
#
#	KERNEL=6.12	the kernel to try

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"
page=$top/Documentation/extending.md
tree=$work/tree

# N.patch, N.docs and N.title of each section that has a patch.
mkdir "$work/page"
awk -v dir="$work/page" '
	/^## / { title = substr($0, 4) }
	/^```diff$/ { n++; to = dir "/" n ".patch"; print title >(dir "/" n ".title"); next }
	/^```text$/ { to = dir "/" n ".docs"; next }
	/^```$/ { to = ""; next }
	to { print >to }' "$page"

mkdir "$tree"
(cd "$top" && find . \( -path ./build -o -path ./.git \) -prune -o -type f \
	! -name '*.o' ! -name '*.ko' ! -name '*.cmd' ! -name '*.mod*' -print0 |
	cpio --quiet -p0md "$tree")

# Where one of these lines stands in the page, the test of docs.t is red.
undocumented() { perl "$tree/tools/testing/host/docs.t" 2>/dev/null | sed -n 's/^not ok [0-9]* - //p' | sort; }
apply() { patch -s -N -F0 -p1 -d "$tree" "$@" >"$work/log" 2>&1 || { sed 's/^/# /' "$work/log"; return 1; }; }
same() { diff "$1" "$2" >"$work/log" || { sed 's/^/# /' "$work/log"; return 1; }; }

undocumented >"$work/before"
for patch in "$work"/page/*.patch; do
	title=$(cat "${patch%.patch}.title")
	ok "$title: the patch applies" apply -i "$patch"
	undocumented | comm -13 "$work/before" - >"$work/after"
	ok "$title: docs.t asks for the documents that the page names" \
		same "$work/after" <(sort "${patch%.patch}.docs")
	ok "$title: and comes off again" apply -R -i "$patch"
done
ok "there are three" test "$(find "$work/page" -name '*.patch' | wc -l)" = 3
for patch in "$work"/page/*.patch; do
	ok "$(cat "${patch%.patch}.title"): applies with the others" apply -i "$patch"
done

built=$("$tree/tools/testing/build.sh" --strict "${KERNEL:-6.12}" 2>"$work/log")
status=$?
ok "module and tmctl build without a warning" test $status = 0
if [ $status != 0 ]; then
	sed 's/^/# /' "$work/log"
	echo "1..$n"
	exit
fi
eval "$built"
: "${MODULE:?}" "${TMCTL:?}"
ok "the layout is one that programs can rely on" gcc -Wall -Werror -fsyntax-only \
	-I"$tree/include/uapi" "$tree/tools/testing/unit/layout.c"
ok "a program that knows the scope builds" gcc -static -Wall -Werror -I"$tree/include/uapi" \
	-o "$work/kernel-threads" "$here/extending-scope.c"

relay "" -k "${KERNEL:-6.12}" --module "$MODULE" --tmctl "$TMCTL" --file "$work/kernel-threads" \
	--exec "$here/extending-guest.sh"
echo "1..$n"
