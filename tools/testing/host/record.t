#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl record against the module, in a virtual machine: what it records against
# what wait4(2) says, and what is left when it is killed or the disk is full. The
# guest's part, which speaks TAP, is record-guest.sh; the sqlite3 shell is with it.
#
#	KERNEL=6.12	the kernel to try

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"

shell=$(command -v sqlite3)
[ -n "$shell" ] || { echo "1..0 # SKIP no sqlite3 (Debian: apt install sqlite3)"; exit; }
build_module
build_programs recording
gcc -static -o "$work/burn" "$here/record/burn.c"

files=(--file "$work/burn" --file "$shell")
for program in record report export; do
	files+=(--file "$programs/tmctl-$program")
done
mapfile -t libraries < <(with_libraries "$programs/tmctl-record" "$shell")

relay "" -k "$kernel" --module "$MODULE" --tmctl "$TMCTL" "${files[@]}" \
	"${libraries[@]}" --exec "$here/record-guest.sh"

# What the guest has exported, to a parser that is not ours.
sed -n 's/^@trace //p' "$work/guest" | tr -d '\r' | base64 -d | gunzip >"$work/trace.json"
ok "the trace is JSON, with a life, a mark, a counter, a name" perl -MJSON::PP -e '
	local $/;
	my $t = JSON::PP->new->utf8->decode(scalar <STDIN>);
	my %seen;
	for (@{ $t->{traceEvents} }) {
		$seen{$_->{ph}}++;
		die "ts of $_->{name}\n" if $_->{ph} ne "M" && !($_->{ts} >= 0);
	}
	$seen{$_} or die "no $_\n" for qw(X i C M);' <"$work/trace.json"
echo "1..$n"
