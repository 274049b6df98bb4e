#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Sign the modules with a key that the machine can be told to trust.
#
# usage: sign-module.sh [-d DIR] [MODULE...]
#
# Without MODULE it signs src/taskmonitor.ko and what was built beside it. The key
# is DIR/mok.key with the certificate DIR/mok.der, and is made if there is none. Without -d it is the
# one that the machine has already, if it has one: of DKMS (/var/lib/dkms) or
# of Ubuntu (/var/lib/shim-signed/mok); otherwise DIR is /var/lib/taskmonitor.
# KDIR=, as for make, is where sign-file is looked for.

set -eu

die() { echo "sign-module.sh: $*" >&2; exit 1; }

usage() { sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; }

dir=
while getopts d:h option; do
	case $option in
	d) dir=$OPTARG ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ $# = 0 ]; then
	src=$(dirname "$0")/../src
	set -- "$src/taskmonitor.ko"
	[ ! -f "$src/taskmonitor_configfs.ko" ] || set -- "$@" "$src/taskmonitor_configfs.ko"
fi
for module; do
	[ -f "$module" ] || die "$module: no such file (run make first)"
done
kdir=${KDIR:-/lib/modules/$(uname -r)/build}

if [ -n "$dir" ]; then
	key=$dir/mok.key cert=$dir/mok.der
elif [ -f /var/lib/dkms/mok.key ] && [ -f /var/lib/dkms/mok.pub ]; then
	key=/var/lib/dkms/mok.key cert=/var/lib/dkms/mok.pub
elif [ -f /var/lib/shim-signed/mok/MOK.priv ]; then
	key=/var/lib/shim-signed/mok/MOK.priv cert=/var/lib/shim-signed/mok/MOK.der
else
	key=/var/lib/taskmonitor/mok.key cert=/var/lib/taskmonitor/mok.der
fi

# Debian and most others have sign-file beside the headers, Ubuntu has kmodsign too.
if [ -x "$kdir/scripts/sign-file" ]; then
	sign=$kdir/scripts/sign-file
elif command -v kmodsign >/dev/null; then
	sign=kmodsign
else
	die "neither $kdir/scripts/sign-file nor kmodsign: install the kernel's headers"
fi

if [ ! -f "$key" ]; then
	[ ! -f "$cert" ] || die "$cert is there, but its key $key is not"
	command -v openssl >/dev/null || die "openssl is needed to make a key"
	mkdir -p "${key%/*}"
	# Whoever has the key can put anything into the kernel: nobody else reads it.
	(umask 077 && openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 -sha256 \
		-subj "/CN=modules of $(uname -n)/" -addext "extendedKeyUsage=codeSigning" \
		-outform DER -keyout "$key" -out "$cert" 2>/dev/null) || {
		rm -f "$key" "$cert"
		die "openssl cannot make the key $key"
	}
	echo "made the key $key"
fi
[ -r "$key" ] || die "$key cannot be read: run this as root"

for module; do
	"$sign" sha256 "$key" "$cert" "$module" || die "$sign failed"
	echo "signed $module with $key"
done

if command -v mokutil >/dev/null && mokutil --test-key "$cert" 2>/dev/null | grep -q 'already enrolled'; then
	exit 0
fi
cat <<-END
	If the machine does not trust this key yet, as root, once:
	    mokutil --import $cert
	and at the next boot choose "Enroll MOK" and give the same password.
END
