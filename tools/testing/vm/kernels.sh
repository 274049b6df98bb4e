#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetch a Debian stock kernel and its headers without installing either, or build
# a debug kernel.
#
# usage: kernels.sh [--refresh] [-p VARIABLE] SERIES[:FLAVOUR]
#
# SERIES is 6.1 or 6.12, FLAVOUR amd64 (the default), cloud-amd64 or rt-amd64,
# or one of another architecture: arm64, arm64-16k, cloud-arm64, rt-arm64, s390x,
# or a debug kernel, kasan or kcsan, or one that has the module built in, builtin,
# which debug-kernel.sh builds once.
# The newest point release for which apt offers both the image and the headers
# is downloaded, once, and unpacked below
# ${XDG_CACHE_HOME:-~/.cache}/taskmonitor/kernels/VERSION/.  Printed are shell
# assignments, fit for eval, or with -p the value of one of them alone:
#
#   KVER     the kernel's version, as uname -r says it
#   VMLINUZ  the image to boot
#   KDIR     what to give to make -C to build a module
#   MODDIR   the kernel's own modules
#   KCACHE   the directory that holds it all
#   ARCH     its architecture, by Debian's name
#   BUSYBOX  a static busybox of that architecture
#
# apt is asked again once a day, or at once with --refresh.  Where apt knows
# no such kernel or cannot be reached, a version fetched earlier serves.

set -eu

# shellcheck source=tools/testing/vm/arch.sh
. "$(dirname "$0")/arch.sh"

die() { echo "kernels.sh: $*" >&2; exit 1; }

refresh="" show=""
while [ $# -gt 0 ]; do
	case $1 in
	--refresh) refresh=1 ;;
	-p) show=${2:?}; shift ;;
	-*) die "unknown option $1" ;;
	*) break ;;
	esac
	shift
done
[ $# = 1 ] || die "usage: kernels.sh [--refresh] [-p VARIABLE] SERIES[:FLAVOUR]"
series=${1%%:*}
flavour=${1#"$series"}
flavour=${flavour#:}
flavour=${flavour:-amd64}
ARCH=$(arch_of "$flavour")

here=$(cd "$(dirname "$0")" && pwd)
top=${XDG_CACHE_HOME:-$HOME/.cache}/taskmonitor/kernels
stamp=$top/newest-$series-$flavour
mkdir -p "$top"

# 6.1.0-56-amd64, 6.12.117+deb12-amd64, but for the flavour amd64 not
# 6.1.0-56-cloud-amd64: what stands before the flavour is a number or a +suffix.
version="${series//./\\.}\\.[0-9]+(-[0-9][^-]*|\\+[^-]+)?-$flavour"

# Versions for which both packages exist, newest last.
offered() {
	apt_lists "$ARCH" 1440
	apt_for "$ARCH" apt-cache search --names-only "^linux-(image|headers)-$version\$" |
		sed -E 's/^linux-(image|headers)-([^ ]+) .*/\2/' |
		sort -V | uniq -d
}

cached() {
	local d
	for d in "$top"/*/; do
		d=${d%/}
		echo "${d##*/}"
	done | grep -Ex "$version" | sort -V | tail -n 1
}

fetch() {
	local kver=$1 tmp deb makefile
	local headers=linux-headers-$kver
	# The headers' companions differ by series and flavour (common,
	# common-rt, kbuild-6.1, kbuild-6.12.117+deb12): ask apt for them.
	# kbuild's programs run here, whatever the kernel is for.
	local common kbuild
	common=$(apt_for "$ARCH" apt-cache depends "$headers" |
		 sed -nE 's/^ *Depends: (linux-headers-.*)/\1/p')
	kbuild=$(apt_for "$ARCH" apt-cache depends "$headers" |
		 sed -nE 's/^ *Depends: (linux-kbuild-.*)/\1/p')
	[ -n "$common" ] && [ -n "$kbuild" ] || return 1
	[ "$ARCH" = amd64 ] || common+=" busybox-static"

	tmp=$(mktemp -d "$top/.fetch.XXXXXX")
	# shellcheck disable=SC2064  # expanded now, on purpose
	trap "rm -rf '$tmp'" EXIT
	echo "fetching kernel $kver" >&2
	# As root apt would hand the download to its user _apt, who cannot
	# write here; to anybody else the option means nothing.
	# shellcheck disable=SC2086  # a list of packages
	(cd "$tmp" && apt-get -q -o APT::Sandbox::User=root download $kbuild >&2 &&
	 apt_for "$ARCH" apt-get -q -o APT::Sandbox::User=root download \
		"linux-image-$kver" "$headers" $common >&2) || return 1
	for deb in "$tmp"/*.deb; do
		dpkg -x "$deb" "$tmp/root" || return 1
		rm "$deb"
	done

	# Everything in the headers is relative, except that one Makefile
	# includes another by its installed path.  The tree will be renamed
	# once more, hence a path relative to the makefile itself.
	makefile=$tmp/root/usr/src/$headers/Makefile
	# shellcheck disable=SC2016  # for make to expand
	sed -i 's|^include /usr/src/|include $(dir $(lastword $(MAKEFILE_LIST)))../|' \
		"$makefile"
	! grep -q '^include /' "$makefile" || die "$headers: Makefile looks unlike any known"
	ln -sfn "../../../usr/src/$headers" "$tmp/root/lib/modules/$kver/build"
	rm -f "$tmp/root/lib/modules/$kver/source"
	chmod 755 "$tmp/root"
	mv -T "$tmp/root" "$top/$kver" || return 1
	rm -rf "$tmp"
	trap - EXIT
}

# Newer lists, where we may have them.
update() {
	if [ "$ARCH" != amd64 ]; then
		apt_lists "$ARCH" 0
	elif [ "$(id -u)" = 0 ]; then
		apt-get -qq update >&2 || :
	else
		return 1
	fi
}

resolve() {
	local kver

	if [ -z "$refresh" ] && [ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ] &&
	   kver=$(cat "$stamp") && [ -d "$top/$kver" ]; then
		echo "$kver"
		return
	fi
	kver=$(offered | tail -n 1)
	if [ -z "$kver" ] && update; then
		kver=$(offered | tail -n 1)
	fi
	# A download fails too when apt's lists are older than its servers.
	if [ -n "$kver" ] && [ ! -d "$top/$kver" ] && ! fetch "$kver"; then
		if update; then
			kver=$(offered | tail -n 1)
			[ -d "$top/$kver" ] || fetch "$kver" || kver=
		else
			kver=
		fi
	fi
	if [ -z "$kver" ]; then
		kver=$(cached) || :
		[ -n "$kver" ] || die "no kernel $series ($flavour) to be had from apt:" \
			"try apt-get update as root; see also /etc/apt/sources.list"
		echo "kernels.sh: apt gives no kernel $series ($flavour), using $kver" >&2
	fi
	echo "$kver" >"$stamp"
	echo "$kver"
}

exec 9>"$top/.lock-$series-$flavour"
flock 9
if [ -f "$here/debug/$flavour.config" ]; then
	KCACHE=$("$here/debug-kernel.sh" "$series" "$flavour" "$top" 9>&-)
	KVER=$(cat "$KCACHE/kver")
else
	KVER=$(resolve)
	KCACHE=$top/$KVER
fi
exec 9>&-

VMLINUZ=$KCACHE/boot/vmlinuz-$KVER
KDIR=$KCACHE/usr/src/linux-headers-$KVER
MODDIR=$KCACHE/lib/modules/$KVER
BUSYBOX=$KCACHE/bin/busybox
[ "$ARCH" != amd64 ] || BUSYBOX=$(command -v busybox) || die "busybox is not installed"
for f in "$VMLINUZ" "$KDIR/Makefile" "$MODDIR" "$BUSYBOX"; do
	[ -e "$f" ] || die "$f is missing; remove $KCACHE and try again"
done

if [ -n "$show" ]; then
	printf '%s\n' "${!show}"
else
	for v in KVER VMLINUZ KDIR MODDIR KCACHE ARCH BUSYBOX; do
		printf '%s=%q\n' "$v" "${!v}"
	done
fi
