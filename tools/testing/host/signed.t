#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Signatures and lockdown: what a kernel says to a module that is not signed, or
# by a key that it does not trust; what a module that was loaded before can do
# when the kernel is locked down; and that one is let in whose key the firmware
# has in its list (db). Secure Boot itself, which would look at the kernel's own
# signature, is off; without it the kernel takes no key from shim's list (MOK).
# The guest's part, which speaks TAP, is signed-guest.sh.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"

build_module
eval "$("$testing/vm/kernels.sh" "$kernel")"
: "${KDIR:?}"
export KDIR

signed=$work/signed.ko
cp "$MODULE" "$signed"
ok "sign-module.sh makes a key and signs" "$testing/../sign-module.sh" -d "$work/key" "$signed"
ok "the key is for nobody else" test "$(stat -c %a "$work/key/mok.key")" = 600
ok "the signature is at the end" grep -qa 'Module signature appended' "$signed"
cp "$work/key/mok.key" "$work/before"
cp "$MODULE" "$work/again.ko"
ok "a second time it takes the same key" "$testing/../sign-module.sh" -d "$work/key" "$work/again.ko"
ok "and leaves it as it is" cmp "$work/before" "$work/key/mok.key"
refused() {
	"$testing/../sign-module.sh" -d "$work/key" "$work/none.ko" 2>"$work/said" && return 1
	grep -q 'no such file' "$work/said"
}
ok "a module that is not there is an error" refused

# A byte of the signed code is another: the signature is the module's no longer.
cp "$signed" "$work/altered.ko"
offset=$(grep -abom1 'description=Samples' "$signed" | cut -d: -f1)
printf X | dd of="$work/altered.ko" bs=1 seek="$((offset + 12))" conv=notrunc 2>/dev/null

boot() {	# boot WHAT [APPEND [VARS]]
	relay "$1${2:+ ($2)}: " -k "$kernel" ${2:+--append "$2"} ${3:+--firmware "$3"} \
		--module "$MODULE" --tmctl "$TMCTL" --file "$signed" --file "$work/altered.ko" \
		--exec "$here/signed-guest.sh" "$1"
}

boot enforced module.sig_enforce=1
boot raised
ok "a firmware with the key in its list" "$testing/vm/firmware-key.pl" \
	"$work/key/mok.der" /usr/share/OVMF/OVMF_VARS_4M.fd "$work/db.fd"
boot trusted "module.sig_enforce=1" "$work/db.fd"
boot trusted "lockdown=integrity" "$work/db.fd"

echo "1..$n"
