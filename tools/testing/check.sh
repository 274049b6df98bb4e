#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Set up, build, run every test on every kernel, and close with the line
# "N passed, N failed".
#
#   KERNELS="6.1 6.12:rt-amd64"   on these kernels only
#   TESTS="errno transcript.sh"   these tests only
#   ACCEL=tcg                     as run.sh --accel
#   V=1                           show each test line

set -eu
# Called by make, a make of ours must not take part in its job control nor warn
# that it cannot.
unset MAKEFLAGS MFLAGS MAKELEVEL

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
results=$top/build/results
kernels=${KERNELS:-6.1 6.12}
only=${TESTS:-}

"$here/setup.sh"
mkdir -p "$results"
cd "$top"

wanted() {
	local t name=${1##*/}
	[ -n "$only" ] || return 0
	for t in $only; do
		[ "$t" != "$name" ] && [ "$t" != "${name%.*}" ] || return 0
	done
	return 1
}

# --- build -------------------------------------------------------------------

# The builds are tests as well: step WHAT COMMAND... runs one.
built=$results/_build.tap
: >"$built"
step() {
	local what=$1 log=$results/_step.log
	shift
	if "$@" >"$log" 2>&1; then
		echo "ok - $what" >>"$built"
	else
		echo "not ok - $what" >>"$built"
		sed 's/^/# /' "$log" >>"$built"
		return 1
	fi
}

echo "building" >&2
step "guest tests build without warnings" \
	make -s -j"$(nproc)" -C "$here/selftests" OUT="$top/build/selftests" || :
if [ -f "$here/unit/Makefile" ]; then
	step "host tests build without warnings" \
		make -s -j"$(nproc)" -C "$here/unit" OUT="$top/build/unit" WERROR=1 || :
fi
declare -A vars
bootable=()
for k in $kernels; do
	if step "module and tmctl build without warnings for $k" "$here/build.sh" --strict "$k"; then
		bootable+=("$k")
		vars[$k]=$(grep -E '^(KVER|MODULE|TMCTL)=' "$results/_step.log")
	fi
done
echo "1..$(grep -cE '^(not )?ok' "$built")" >>"$built"
files=("${built#"$top"/}")

# --- tests on the host ---------------------------------------------------------

units=()
if [ -f "$here/unit/Makefile" ]; then
	mapfile -t units < <(make -s --no-print-directory -C "$here/unit" OUT="$top/build/unit" list)
fi
for t in "${units[@]}" "$here"/host/*.t; do
	if [ -f "$t" ] && [ -x "$t" ] && wanted "$t"; then
		files+=("${t#"$top"/}")
	fi
done

# --- tests in the guest --------------------------------------------------------

tests=() helpers=() outs=()
for t in "$here"/selftests/*.c; do
	case ${t##*/} in
	lib*|'*.c') ;;
	*)	p=$top/build/selftests/$(basename "$t" .c)
		# One that does not build has been told of above.
		if wanted "$t" && [ -x "$p" ]; then tests+=("$p"); fi ;;
	esac
done
for p in $(make -s --no-print-directory -C "$here/selftests" OUT="$top/build/selftests" list-i386); do
	if wanted "$p" && [ -x "$p" ]; then tests+=("$p"); fi
done
for t in "$here"/selftests/*.sh; do
	case ${t##*/} in
	'*.sh') ;;
	lib*)	helpers+=(--file "$t:tests/${t##*/}") ;;
	*)	if wanted "$t"; then tests+=("$t"); fi ;;
	esac
done

if [ -z "$only" ] && [ ${#tests[@]} = 0 ]; then
	echo "check.sh: there are no tests for the guest" >&2
	exit 1
fi
if [ -n "$only" ] && [ ${#tests[@]} = 0 ] && [ ${#files[@]} = 1 ]; then
	echo "check.sh: no test is called $only" >&2
	exit 2
fi

boot() {
	local out=$results/$KVER
	rm -rf "$out"
	mkdir -p "$out"
	echo "running ${#tests[@]} test programs on $KVER" >&2
	# The limits end what hangs. They are far off, for machines are shared and slow.
	"$here/vm/run.sh" -k "$1" --module "$MODULE" --tmctl "$TMCTL" --out "$out" \
		--timeout 1500 --test-timeout 240 "${helpers[@]}" --no-verdict --tests "${tests[@]}" || :
	[ -e "$out/_kernel_log.tap" ] ||
		printf '1..1\nnot ok 1 - the runner failed on %s\n' "$KVER" >"$out/_kernel_log.tap"
}

if [ ${#tests[@]} -gt 0 ]; then
	for k in "${bootable[@]}"; do
		eval "${vars[$k]}"
		boot "$k" &
		outs+=("$results/$KVER")
		# A machine has two CPUs; a test that measures wants them.
		[ "$(nproc)" -ge 4 ] || wait
	done
	wait
	for o in "${outs[@]}"; do
		for t in "$o"/*.tap; do
			files+=("${t#"$top"/}")
		done
	done
fi

# --- verdict --------------------------------------------------------------------

export KERNEL=${bootable[0]:-${kernels%% *}}
exec "$here/tap.pl" ${V:+-v} "${files[@]}"
