# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the scripts beside: TAP, and a command whose end and output are looked at.
#
#	run tmctl get				keeps $status, $work/out, $work/err
#	ok "exit code" [ "$status" = 3 ]	a test is any command
#	done_testing				the plan; exits

unit=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$unit/../../.." && pwd)
UNIT_OUT=${UNIT_OUT:-$top/build/unit}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset TASKMONITOR_DEVICE
export LC_ALL=C TZ=UTC

tests=0 failed=0

ok() {
	what=$1
	shift
	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests - $what"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $tests - $what"
	echo "# $*"
	[ ! -e "$work/out" ] || sed 's/^/# stdout: /' "$work/out"
	[ ! -e "$work/err" ] || sed 's/^/# stderr: /' "$work/err"
}

skip() {	# skip WHAT WHY
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

done_testing() {
	echo "1..$tests"
	[ "$failed" = 0 ] && [ "$tests" -gt 0 ]
	exit
}

run() {
	"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

have() { command -v "$1" >/dev/null 2>&1; }

out() { cat "$work/out"; }
err() { cat "$work/err"; }
empty() { [ ! -s "$work/$1" ]; }
out_has() { grep -qF -e "$1" "$work/out"; }
err_has() { grep -qF -e "$1" "$work/err"; }
out_matches() { grep -qE -e "$1" "$work/out"; }
err_matches() { grep -qE -e "$1" "$work/err"; }
out_lines() { [ "$(wc -l <"$work/out")" -eq "$1" ]; }
err_lines() { [ "$(wc -l <"$work/err")" -eq "$1" ]; }

# Each line of stdout is an object, by a parser that is not ours.
out_is_json() {
	perl -MJSON::PP -ne '
		my $o = JSON::PP->new->utf8->decode($_);
		ref $o eq "HASH" && $o->{schema} =~ m{^taskmonitor\.[a-z]+/1$} or die;
		END { $. or die "no line at all\n" }' "$work/out" 2>>"$work/err"
}

# json LINE KEY: the value of KEY in the LINE-th object of stdout
json() {
	perl -MJSON::PP -ne '
		BEGIN { ($line, $key) = splice @ARGV, 0, 2 }
		next unless $. == $line;
		my $o = JSON::PP->new->utf8->canonical->allow_nonref->decode($_);
		print exists $o->{$key} ? JSON::PP->new->ascii->allow_nonref->encode($o->{$key})
			: "absent"' "$1" "$2" "$work/out" 2>>"$work/err"
}
json_is() { [ "$(json "$1" "$2")" = "$3" ]; }
