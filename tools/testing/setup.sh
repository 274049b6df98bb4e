#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Install the Debian packages of packages.txt that are missing: as root
# through apt, otherwise print the one line that does it and fail.
#
# usage: setup.sh [ARCH...] [check] [debug] [bench] [packages]
#
# Each ARCH adds what building for it and emulating it needs, check what make check
# compares with and builds beside tmctl, debug what building a debug kernel needs,
# bench what make bench compares with, packages what a Debian root is made with.

set -eu

list=$(dirname "$0")/packages.txt

command -v apt-get >/dev/null || {
	echo "setup.sh: no apt here; install what $list names, by its Debian names" >&2
	exit 1
}

# A line is PACKAGE, or ARCH: PACKAGE where only that architecture needs it.
wanted=$(sed 's/#.*//' "$list" | awk -v archs=" $* " '
	NF == 1 { print }
	NF == 2 && index(archs, " " substr($1, 1, length($1) - 1) " ") { print $2 }' | xargs)

# shellcheck disable=SC2086  # a list of packages
missing=$(
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
	       sed -n 's/^installed //p')
	for p in $wanted; do
		printf '%s\n' "$have" | grep -qx "$p" || printf '%s ' "$p"
	done
)
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends $missing"
if [ "$(id -u)" != 0 ]; then
	echo "Some packages are missing. As root, run" >&2
	echo "    apt-get update && $install" >&2
	exit 1
fi

echo "installing: $missing" >&2
export DEBIAN_FRONTEND=noninteractive
# Packages removed from the archive since the lists were fetched make the
# first try fail, and a fresh image has no lists at all.
quiet="-qq -o Dpkg::Use-Pty=0"
# shellcheck disable=SC2086  # lists of words
$install $quiet >&2 || { apt-get -qq update >&2 && $install $quiet >&2; }
