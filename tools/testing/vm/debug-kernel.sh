#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build a debug kernel from Debian's linux-source package. kernels.sh calls this
# for the flavours that have a file debug/FLAVOUR.config; people call kernels.sh.
#
# usage: debug-kernel.sh SERIES FLAVOUR CACHE
#
# Prints the kernel's directory below CACHE, laid out as kernels.sh lays out a
# stock kernel, and makes it if it is not there: some five minutes and 2 GB for
# a while; 90 MB stay. Its name ends in a sum over its configuration: a change
# makes another kernel, and what it replaces goes.

set -eu
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL

die() { echo "debug-kernel.sh: $*" >&2; exit 1; }

[ $# = 3 ] || die "usage: debug-kernel.sh SERIES FLAVOUR CACHE"
series=$1 flavour=$2 top=$3
here=$(cd "$(dirname "$0")" && pwd)
fragments=("$here/debug/common.config" "$here/debug/common-$series.config"
	   "$here/debug/$flavour.config")
for f in "${fragments[@]}"; do
	[ -f "$f" ] || die "there is no debug kernel $series:$flavour: $f is missing"
done

package=linux-source-$series
# One that has the module built in is another whenever the module is.
place=$here/../../packaging/in-tree/place.sh
module() {
	[ "$flavour" = builtin ] || return 0
	find "$here/../../../src" "$here/../../../include" "${place%/*}" -type f ! -name '*.mod.c' \
		\( -name '*.[ch]' -o -name Kbuild -o -name Kconfig -o -name '*.sh' \) -print0 |
		sort -z | xargs -0 cat | sha256sum
}
# Objects of the kernel that are busy all the time on a kernel that complains, and do not look into
# what the module has: they are not instrumented.
spared=""
[ "$flavour" != kasan ] || spared="lockdep update debugobjects maple_tree core fair build_policy"
# Raise the number when the kernels already built will not do.
recipe=$({ echo "recipe 2${spared:+ $spared}"; cat "${fragments[@]}"; module; } |
	sed '/^#/d;/^$/d' | sha256sum | cut -c 1-10)

cached() {
	find "$top" -maxdepth 1 -type d -name "$series.*-$flavour-$recipe" | sort -V | tail -n 1
}

version=$("$here/kernel-source.sh" "$series") || :
if [ -z "$version" ] && [ -z "$(cached)" ] && [ "$(id -u)" = 0 ]; then
	apt-get -qq update >&2 || :
	version=$("$here/kernel-source.sh" "$series") || :
fi
if [ -z "$version" ]; then
	dir=$(cached)
	[ -n "$dir" ] || die "$package is not to be had from apt: try apt-get update as root"
	echo "$dir"
	exit 0
fi
dir=$top/${version//[^A-Za-z0-9.]/-}-$flavour-$recipe
if [ -d "$dir" ]; then
	echo "$dir"
	exit 0
fi

# Whoever asks for the kernel need not know what building it takes.
"$here/../setup.sh" debug
work=$(mktemp -d "$top/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$top/build-$series-$flavour.log
echo "building kernel $version with $flavour: some minutes, once (log: $log)" >&2

unpack() {
	# A quarter of it all describes registers of one maker's graphics cards.
	"$here/kernel-source.sh" "$series" "$version" "$work/src" \
		--exclude='*/drivers/gpu/drm/amd/include'
	[ "$flavour" != builtin ] || "$place" "$work/src"
}

# asked: the last word on each option that the fragments have
asked() { awk -F= '/^CONFIG_/ { line[$1] = $0 } END { for (o in line) print line[o] }' "${fragments[@]}"; }

# configure: tinyconfig and the fragments; every option asked for must take.
configure() {
	local line lost=""

	make -s tinyconfig
	scripts/kconfig/merge_config.sh -m .config "${fragments[@]}" >/dev/null
	make -s olddefconfig
	while read -r line; do
		case $line in
		*=n) ! grep -q "^${line%=n}=" .config || lost+=" $line" ;;
		*) grep -qxF "$line" .config || lost+=" $line" ;;
		esac
	done < <(asked)
	[ -z "$lost" ] || die "$package: did not take:$lost"
}

# keep: what it takes to boot the kernel and to build modules for it.
keep() {
	local kver kdir=usr/src/linux-headers

	kver=$(make -s kernelrelease)
	kdir+=-$kver
	mkdir -p "$work/root/boot" "$work/root/$kdir/arch" "$work/root/$kdir/tools" \
		"$work/root/lib/modules/$kver"
	cp arch/x86/boot/bzImage "$work/root/boot/vmlinuz-$kver"
	find . -name '*.o' ! -path './scripts/*' ! -path './tools/objtool/*' -delete
	cp -a .config Makefile Module.symvers include scripts "$work/root/$kdir"
	mkdir "$work/root/$kdir/arch/x86"
	cp -a arch/x86/include arch/x86/Makefile* "$work/root/$kdir/arch/x86"
	[ ! -d arch/x86/tools ] || cp -a arch/x86/tools "$work/root/$kdir/arch/x86"
	cp -a tools/objtool "$work/root/$kdir/tools"
	find "$work/root/$kdir/tools/objtool" -name '*.o' -delete
	ln -s "../../../usr/src/linux-headers-$kver" "$work/root/lib/modules/$kver/build"
	echo "$kver" >"$work/root/kver"
}

# What uses the module's memory for it is instrumented as the module is: timers, work, RCU, locks,
# lists and trees, and the file systems and sockets that it serves. The rest of the kernel has
# the ordinary functions, which spares the tests a quarter of their time and more; what it
# allocates and frees is watched all the same.
checked="kernel kernel/% lib lib/% fs/proc fs/sysfs fs/kernfs fs/debugfs fs/configfs net/netlink"
# sanitize DIR...: a value for a variable of kbuild: yes in these directories but those
sanitize() { echo "\$(if \$(filter-out $*,\$(filter $checked,\$(patsubst ./%,%,\$(obj)))),y,n)"; }

build() {
	# What the kernel's own makefiles leave out stays out.
	local how=(KASAN_SANITIZE="$(sanitize kernel/entry)" UBSAN_SANITIZE="$(sanitize kernel/entry)"
		   KCSAN_SANITIZE="$(sanitize kernel/entry kernel/kcsan kernel/sched kernel/trace)")
	local object

	for object in $spared; do how+=("KASAN_SANITIZE_$object.o=n"); done
	unpack
	cd "$work/src"
	configure
	make -s -j"$(nproc)" "${how[@]}" bzImage modules_prepare
	[ -s Module.symvers ] || make -s -j"$(nproc)" "${how[@]}" modules
	keep
}

# A condition would take the -e out of build.
set +e
(set -e; build) >"$log" 2>&1
status=$?
set -e
if [ $status != 0 ]; then
	tail -n 30 "$log" >&2
	die "the build failed; the whole log is $log"
fi
find "$top" -maxdepth 1 -type d -name "$series.*-$flavour-*" -exec rm -rf {} +
chmod 755 "$work/root"
mv -T "$work/root" "$dir"
echo "$dir"
