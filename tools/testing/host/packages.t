#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The Debian packages as files: they build as any user, lintian has no complaint, each has
# what it is for, and DKMS builds the module for a kernel that does not run and refuses
# those that will not do. debian/packages.t installs them (make check-packages).

here=$(cd "$(dirname "$0")" && pwd)
testing=$here/..
top=$(cd "$testing/../.." && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"
export LC_ALL=C
chmod 755 "$work"

quietly() { "$@" >"$work/log" 2>&1; }
explain() { [ -z "$failed" ] || { sed 's/^/# /' "$work/log" | tail -n 60; failed=""; }; }
check() {	# ok, with what the command said where it fails
	local what=$1
	shift
	ok "$what" quietly "$@"
	explain
}
same() { diff "$1" "$2"; }

for p in dpkg-buildpackage dh dh_dkms dkms lintian; do
	command -v $p >/dev/null && continue
	echo "1..0 # SKIP no $p (tools/testing/setup.sh check)"
	exit
done

# --- built, by somebody who is not root, if that can be ----------------------------------

version=$("$top/tools/version.sh")
deb=$work/build/deb
mkdir "$work/build"
nobody=()
if [ "$(id -u)" = 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$top/tools/packaging/deb.sh"; then
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	chown 65534:65534 "$work/build"
fi
check "the packages are built" "${nobody[@]}" "$top/tools/packaging/deb.sh" "$deb"
[ -e "$deb/build.log" ] && [ -n "$(ls "$deb"/*.deb)" ] || { echo "1..$n"; exit; }
check "lintian has no complaint" lintian --allow-root --fail-on error,warning "$deb"/*.changes
for f in "$deb"/*.deb; do dpkg-deb -f "$f" Package Version | xargs; done >"$work/versions"
check "all are of one version, the sources'" eval \
	'cat $work/versions; ! grep -v "Version: $version$" "$work/versions"'

# --- what is in them ------------------------------------------------------------------------

field() { dpkg-deb -f "$deb/$1"_*.deb "$2"; }	# PACKAGE FIELD
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
# Documentation and manual are another matter, below.
cat >"$work/wanted" <<END
libtaskmonitor-dev usr/include/linux/taskmonitor.h
libtaskmonitor-dev usr/include/linux/taskmonitor_netlink.h
libtaskmonitor-dev usr/include/taskmonitor/taskmonitor.h
libtaskmonitor-dev usr/lib/$multiarch/libtaskmonitor.a
libtaskmonitor-dev usr/lib/$multiarch/libtaskmonitor.so
libtaskmonitor-dev usr/lib/$multiarch/pkgconfig/libtaskmonitor.pc
libtaskmonitor0 usr/lib/$multiarch/libtaskmonitor.so.${version%%.*}
libtaskmonitor0 usr/lib/$multiarch/libtaskmonitor.so.$version
taskmonitor-common lib/udev/rules.d/60-taskmonitor.rules
taskmonitor-common usr/lib/sysusers.d/taskmonitor-common.conf
tmctl usr/bin/tmctl
tmctl usr/share/bash-completion/completions/tmctl
tmctl usr/share/zsh/vendor-completions/_tmctl
tmctl-events usr/bin/tmctl-events
tmctl-exporter lib/systemd/system/tmctl-exporter.service
tmctl-exporter lib/systemd/system/tmctl-exporter.socket
tmctl-exporter usr/bin/tmctl-exporter
tmctl-plot usr/bin/tmctl-plot
tmctl-record usr/bin/tmctl-export
tmctl-record usr/bin/tmctl-record
tmctl-record usr/bin/tmctl-report
tmctl-top usr/bin/tmctl-top
END
packages=$(sed -n 's/^Package: //p' "$top/tools/packaging/debian/control")
for p in $packages; do
	dpkg-deb --fsys-tarfile "$deb/$p"_*.deb | tar -t | grep -v '/$' | sed "s|^\./|$p |"
done | sort >"$work/all"
grep -vE '^[^ ]+ usr/(share/(doc|man|lintian)|src)/' "$work/all" >"$work/is"
check "each package has its files" same "$work/wanted" "$work/is"
check "no file is in two" eval '[ -z "$(cut -d" " -f2 "$work/all" | sort | uniq -d)" ]'
sed -n 's|.* usr/share/man/man[0-9]/\(.*\)\.gz$|\1|p' "$work/all" | sort >"$work/pages"
(cd "$top/Documentation/man" && ls) >"$work/manual"
check "every page of the manual is in some package" eval \
	'[ -z "$(comm -23 "$work/manual" "$work/pages" | tee /dev/stderr)" ]'
while read -r p f; do
	case $f in
	usr/bin/*) grep -q "^$p usr/share/man/man[18]/${f##*/}\.[18]\.gz$" "$work/all" || echo "$p: no page for $f" ;;
	esac
done <"$work/all" >"$work/alone"
check "each program's page is beside it" same /dev/null "$work/alone"
check "tmctl depends on libc alone" eval '[ "$(field tmctl Depends | sed "s/ (.*//")" = libc6 ]'

root=$work/root
mkdir "$root"
for p in $packages; do dpkg-deb -x "$deb/$p"_*.deb "$root"; done
check "the library tells its version's first number" eval \
	'objdump -p "$root"/usr/lib/*/libtaskmonitor.so.$version | grep -q "SONAME *libtaskmonitor.so.${version%%.*}$"'
# The module's sources, all of them.
(cd "$top" && find src include -type f \( -name '*.[ch]' -o -name Kbuild \) ! -name '*.mod.c' | sort) >"$work/sources"
(cd "$root/usr/src/taskmonitor-$version" && find . -type f ! -name dkms.conf | sed 's|^\./||' | sort) >"$work/packed"
check "DKMS has the module's sources" same "$work/sources" "$work/packed"

# --- units ------------------------------------------------------------------------------------

unit=$root/lib/systemd/system/tmctl-exporter.service
program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
check "the service starts the program that is there" test -x "$root$program"
if command -v systemd-analyze >/dev/null; then
	mkdir "$work/units"
	sed "s|^ExecStart=|&$root|" "$unit" >"$work/units/tmctl-exporter.service"
	cp "${unit%.service}.socket" "$work/units"
	check "systemd-analyze verify" systemd-analyze verify --man=no "$work"/units/*
	check "systemd-analyze security: 2.0 of 10 at most" \
		systemd-analyze security --offline=true --threshold=20 "$work/units/tmctl-exporter.service"
	grep -h '^→' "$work/log" | sed 's/^/# /'
else
	skip "systemd-analyze" "no systemd-analyze (systemd)"
fi

# --- DKMS ----------------------------------------------------------------------------------------

# By hand, in trees of our own: nothing of the machine's is touched, and what runs on it
# is another kernel.
mkdir "$work/dkms" "$work/32bit"
try_dkms() { dkms "$@" --dkmstree "$work/dkms" --sourcetree "$root/usr/src"; }
try_build() { try_dkms build -m taskmonitor -v "$version" -k "$1" --kernelsourcedir "$2"; }
refused() { try_build "$@"; [ $? = 77 ]; }
check "DKMS takes the sources" try_dkms add -m taskmonitor -v "$version"
eval "$("$testing/vm/kernels.sh" 6.1)"
: "${KVER:?}" "${KDIR:?}"
check "refuses Linux 6.0" refused 6.0.19-amd64 "$KDIR"
check "and 5.10" refused 5.10.0-30-amd64 "$KDIR"
cp "$KDIR/.config" "$work/32bit"
sed -i 's/^CONFIG_64BIT=y$/# CONFIG_64BIT is not set/' "$work/32bit/.config"
check "and one of 32 bits" refused "$KVER" "$work/32bit"
check "this kernel is not the one that DKMS builds for" test "$(uname -r)" != "$KVER"
check "it builds for that one" try_build "$KVER" "$KDIR"
built=$(find "$work/dkms" -name 'taskmonitor.ko*' -path "*/$KVER/*")
check "the module is for it" eval '[ "$(modinfo -F vermagic $built | cut -d" " -f1)" = "$KVER" ]'
check "and of this version" eval '[ "$(modinfo -F version $built)" = "$version" ]'
# What the sources make is what DKMS looks for.
for m in $(sed -nE 's/^obj-.* [:+]?= //p' "$top/src/Kbuild"); do
	check "DKMS keeps ${m%.o}" eval '[ -n "$(find "$work/dkms" -name "${m%.o}.ko*" -path "*/$KVER/*/module/*")" ]'
done

# --- versions ----------------------------------------------------------------------------------

mkdir -p "$work/other/include/uapi/linux" "$work/other/tools"
cp -R "$top/tools/packaging" "$top/tools/version.sh" "$work/other/tools"
sed 's/^\(#define TM_VERSION_MAJOR[[:space:]]*\).*/\199/' "$top/include/uapi/linux/taskmonitor.h" \
	>"$work/other/include/uapi/linux/taskmonitor.h"
check "a changelog that does not know the version is no package" eval \
	'! "$work/other/tools/packaging/deb.sh" && [ ! -e "$work/other/build" ]'
cp "$work/log" "$work/said"
check "and why is told" grep -q "^deb.sh: the changelog ends at $version, and the sources are 99\." "$work/said"
echo "1..$n"
