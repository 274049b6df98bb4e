#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The Debian packages in a Debian with systemd: installed, built by DKMS for the kernel
# that runs and for one that does not, loaded, used by root and by others, upgraded while
# in use, removed while in use, purged. make check-packages runs it. The guest's part,
# which speaks TAP, is packages-guest.sh.
#
#	KERNEL=6.12	the kernel to try; DKMS builds for the other one, too

here=$(cd "$(dirname "$0")" && pwd)
testing=$here/..
top=$(cd "$testing/../.." && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$testing/host/lib.sh"
kernel=${KERNEL:-6.12}
case $kernel in
6.1|6.1:*) other=6.12 ;;
*) other=6.1 ;;
esac

# The same sources, a release later. There is no git there.
later() (
	set -e
	"$top/tools/packaging/copy-sources.sh" "$work/later"
	cd "$work/later"
	patch=$(sed -n 's/^#define TM_VERSION_PATCH[[:space:]]*//p' include/uapi/linux/taskmonitor.h)
	sed -i "s/^\(#define TM_VERSION_PATCH[[:space:]]*\).*/\1$((patch + 1))/" include/uapi/linux/taskmonitor.h
	sed "1s/(.*)/($(tools/version.sh))/; /^ -- /q" "$top/tools/packaging/debian/changelog" |
		cat - <(echo) "$top/tools/packaging/debian/changelog" >tools/packaging/debian/changelog
	tools/packaging/deb.sh "$work/new"
)

# must WHAT COMMAND...: without it there is nothing to go on with
must() {
	"${@:2}" >"$work/said" 2>"$work/log"
	ok "$1" test $? = 0
	[ -z "$failed" ] || { sed 's/^/# /' "$work/log"; echo "1..$n"; exit 1; }
}

must "what it takes is installed" "$testing/setup.sh" check packages
must "the packages are built" "$top/tools/packaging/deb.sh" "$work/old"
must "and those of a later release, without git" later
must "there is a Debian to try them in" "$testing/vm/debian.sh" "$kernel" "$other"
eval "$(cat "$work/said")"
: "${IMAGE:?}" "${KVER:?}" "${HEADERS:?}"

files=()
for f in "$work"/old/*.deb "$work"/new/*.deb; do
	case $f in
	*-dbgsym_*) ;;
	*) files+=(--file "$f:${f#"$work"/}") ;;
	esac
done
relay "" -k "$kernel" --root "$IMAGE" --memory 2048 --timeout "${TIMEOUT:-5400}" "${files[@]}" \
	--exec "$here/packages-guest.sh" "$KVER" "$HEADERS" "$("$top/tools/version.sh")" "$("$work/later/tools/version.sh")"
echo "1..$n"
