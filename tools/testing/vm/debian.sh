#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A Debian root for run.sh --root: systemd, apt, DKMS, a kernel of kernels.sh as Debian's
# own package has it, the headers of that one and of others, and what the packages of
# this project need, for there is no network. Made once: some minutes, 2 GB.
#
# usage: debian.sh SERIES[:FLAVOUR] [MORE-HEADERS...]
#
# Prints KVER=, HEADERS= (the versions of the others) and IMAGE=, fit for eval. Beside the
# image lies IMAGE.initrd. It is run.sh's guest/debian that runs in there.

set -eu
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL

die() { echo "debian.sh: $*" >&2; exit 1; }

[ $# -ge 1 ] || die "usage: debian.sh SERIES[:FLAVOUR] [MORE-HEADERS...]"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/vm/arch.sh
. "$here/arch.sh"
[ "$(arch_of "$1")" = amd64 ] || die "$1: for amd64 alone"
KVER=$("$here/kernels.sh" -p KVER "$1")
suite=bookworm
name=$suite-${1/:/_}
shift
others=()
for k; do others+=("$("$here/kernels.sh" -p KVER "$k")"); done
mirror=http://deb.debian.org/debian
packages=(systemd-sysv udev kmod initramfs-tools procps curl pkg-config libc6-dev dkms
	  libcairo2 libmicrohttpd12 libncursesw6 libnl-genl-3-200 libsqlite3-0
	  "linux-image-$KVER" "linux-headers-$KVER" "${others[@]/#/linux-headers-}")

# shellcheck disable=SC2016  # for another shell to expand, here and below
# Run with the image's root as $1, before the packages are there: update-initramfs is to
# find what this machine needs, and no more.
before='mkdir -p "$1/etc/initramfs-tools/hooks" "$1/etc/initramfs-tools/conf.d"
printf "MODULES=list\nCOMPRESS=gzip\n" >"$1/etc/initramfs-tools/conf.d/machine"
cat >"$1/etc/initramfs-tools/hooks/machine" <<-"END"
	#!/bin/sh
	[ "$1" != prereqs ] || exit 0
	. /usr/share/initramfs-tools/hook-functions
	for m in virtio_pci virtio_blk ext4; do force_load $m; done
END
chmod 755 "$1/etc/initramfs-tools/hooks/machine"'

# And afterwards: what makes it a machine for tests.
after='echo machine >"$1/etc/hostname"
echo "127.0.0.1 localhost machine" >"$1/etc/hosts"
for u in alice bob; do chroot "$1" useradd -m -s /bin/sh $u; done
cat >"$1/etc/systemd/system/machine.service" <<-END
	[Unit]
	Description=What this machine is for
	FailureAction=reboot-immediate
	[Service]
	Type=exec
	StandardOutput=journal+console
	ExecStart=/bin/sh -c "mkdir /machine && tar -C /machine -xf /dev/vdb && exec /machine/debian"
	[Install]
	WantedBy=multi-user.target
END
chroot "$1" systemctl enable machine.service
chroot "$1" systemctl mask getty.target apt-daily.timer \
	apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer'

make_image() {
	local work=$1 as=()
	mmdebstrap --variant=apt --include="${packages[*]}" \
		--essential-hook="$before" --customize-hook="$after" "$suite" "$work/root.tar" \
		"deb $mirror $suite main" "deb $mirror $suite-updates main" \
		"deb $mirror-security $suite-security main"
	tar -xOf "$work/root.tar" "./boot/initrd.img-$KVER" >"$work/initrd"
	# The owners of files are in the archive.
	[ "$(id -u)" = 0 ] || as=(fakeroot)
	mkdir "$work/root"
	"${as[@]}" sh -ec 'tar -C "$0/root" -xf "$0/root.tar"
		mke2fs -q -t ext4 -E root_owner=0:0 -d "$0/root" "$0/image" 6G' "$work"
}

top=${XDG_CACHE_HOME:-$HOME/.cache}/taskmonitor/debian
mkdir -p "$top"
recipe=$({ declare -f make_image; echo "${packages[*]} $before $after"; } | sha256sum | cut -c 1-10)
IMAGE=$top/$name-$recipe
exec 9>"$top/.lock"
flock 9
if [ ! -f "$IMAGE" ]; then
	"$here/../setup.sh" packages
	echo "making a Debian root with $KVER: some minutes, once (log: $top/log)" >&2
	work=$(mktemp -d "$top/.work.XXXXXX")
	trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
	# mmdebstrap is another user then.
	chmod 755 "$work"
	set +e
	(set -e; make_image "$work") >"$top/log" 2>&1
	status=$?
	set -e
	if [ $status != 0 ]; then
		tail -n 20 "$top/log" >&2
		die "no Debian root could be made; the whole log is $top/log"
	fi
	# What it replaces goes.
	find "$top" -maxdepth 1 -name "$name-*" -exec rm -rf {} +
	mv "$work/initrd" "$IMAGE.initrd"
	mv "$work/image" "$IMAGE"
fi
printf 'KVER=%q\nHEADERS=%q\nIMAGE=%q\n' "$KVER" "${others[*]}" "$IMAGE"
