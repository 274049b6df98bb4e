#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the module against every package of kernel headers that apt offers, for
# each architecture: warnings are errors. Speaks TAP, a line for each package.
#
# usage: headers.sh [REGEX]
#
# REGEX picks packages by their names (linux-headers-6.12.117+deb12-arm64).
# HEADER_ARCHS="amd64 arm64" asks about these architectures only.
#
# Nothing is installed and nothing kept: what a point release needs is fetched
# when its turn comes, some 30 MB, and removed behind it. The newest come first.
# For a 32-bit kernel to be right the build must fail, and say why.

set -u
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=tools/testing/vm/arch.sh
. "$here/vm/arch.sh"
archs=${HEADER_ARCHS:-amd64 arm64 s390x i386}
regex=${1:-.}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without the packages that only name the newest (linux-headers-6.12-amd64) and
# those that are a part of others (-common, -common-rt).
offered() {
	apt_lists "$1" 1440
	apt_for "$1" apt-cache search --names-only '^linux-headers-[0-9]+\.[0-9]+\.[0-9]' |
		sed -nE 's/^(linux-headers-[^ ]+) .*/\1/p' | grep -vE -- '-(common|common-rt)$' |
		grep -E -- "$regex" | while read -r package; do
			# 6.1.0-56 or 6.12.117+deb12: what stands before the flavour
			release=$(sed -E 's/^linux-headers-([0-9.]+(-[0-9]+|\+[^-]+)?).*/\1/' <<<"$package")
			echo "$release $1 $package"
		done
}

# unpack ARCH PACKAGE: into the tree of this point release, unless it is there.
unpack() {
	[ ! -e "$work/has/$2" ] || return 0
	rm -f "$work"/*.deb
	(cd "$work" && apt_for "$1" apt-get -q -o APT::Sandbox::User=root download "$2") &&
		dpkg -x "$work"/*.deb "$work/root" && touch "$work/has/$2"
}

# prepare ARCH PACKAGE: all that building against it takes. kbuild's programs run here.
prepare() {
	local rest p
	rest=$(apt_for "$1" apt-cache depends "$2" |
	       sed -nE 's/^ *Depends: (linux-(headers|kbuild)-.*)/\1/p')
	[ -n "$rest" ] && unpack "$1" "$2" || return 1
	for p in $rest; do
		case $p in
		linux-kbuild-*) unpack amd64 "$p" ;;
		*) unpack "$1" "$p" ;;
		esac || return 1
	done
	sed -i "s|^include /usr/src/|include $work/root/usr/src/|" "$work/root/usr/src/$2/Makefile"
}

# The compiler that the headers call by name.
compiler() {
	local name
	name=$(sed -nE 's/^CC = .*\$\(CROSS_COMPILE\)(gcc-[0-9]+).*/\1/p' \
		"$work/root/usr/src/$1/.kernelvariables")
	echo "$(arch_cross "$2")${name:-gcc}"
}

build() {
	rm -rf "$work/copy"
	mkdir "$work/copy"
	(cd "$top" && find src include -type f \
		\( -name '*.[chS]' -o -name Kbuild \) ! -name '*.mod.c' -print0 |
		xargs -0 cp --parents -t "$work/copy")
	# No BTF: it takes as long as all else, and says nothing of the sources.
	make -j"$(nproc)" -C "$work/root/usr/src/$1" M="$work/copy/src" \
		CROSS_COMPILE="$(arch_cross "$2")" W=1 KCFLAGS=-Werror \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules
}

n=0 began=$SECONDS
ok() { n=$((n + 1)); echo "ok $n - $*"; }
not_ok() {
	n=$((n + 1))
	echo "not ok $n - $*"
	grep -vE '^ +[A-Z]+ ' "$work/log" | head -n 40 | sed 's/^/# /'
}

judge() {
	local arch=$1 package=$2 cc
	if ! prepare "$arch" "$package" >"$work/log" 2>&1; then
		not_ok "$package ($arch) can be fetched"
		return
	fi
	cc=$(compiler "$package" "$arch")
	if ! command -v "$cc" >/dev/null; then
		ok "$package ($arch) # SKIP no $cc here"
	elif grep -q '^CONFIG_64BIT=y' "$work/root/usr/src/$package/.config"; then
		if build "$package" "$arch" >"$work/log" 2>&1; then
			ok "builds for $package ($arch)"
		else
			not_ok "builds for $package ($arch)"
		fi
	elif ! build "$package" "$arch" >"$work/log" 2>&1 &&
	     grep -q '#error "taskmonitor needs a 64-bit kernel"' "$work/log"; then
		ok "refuses $package ($arch), which is 32-bit"
	else
		not_ok "refuses $package ($arch), which is 32-bit"
	fi
	rm -rf "$work/root/usr/src/$package" "$work/has/$package"
}

for arch in $archs; do offered "$arch"; done | sort -rV >"$work/list"
last=""
while read -r release arch package <&3; do
	if [ "$release" != "$last" ]; then
		rm -rf "$work/root" "$work/has"
		mkdir "$work/has"
		last=$release
	fi
	judge "$arch" "$package"
done 3<"$work/list"
[ "$n" -gt 0 ] || { n=1; echo "not ok 1 - apt offers kernel headers"; }
echo "# $n packages in $((SECONDS - began)) s"
echo "1..$n"
