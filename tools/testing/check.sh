#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Set up, build, run every test on every kernel, and close with the line
# "N passed, N failed".
#
#   KERNELS="6.1 6.12:rt-amd64"   on these kernels only; 6.12:arm64 is emulated
#   TESTS="errno transcript.sh"   these tests only
#   SUITE=guest                   the tests in the guest only
#   ALSO="FILE..."                TAP, or what makes some, to be judged behind the rest
#   BESIDE="FILE..."              what makes TAP and boots machines of its own, one at a time: begun
#                                 with the last machine, judged behind the rest
#   ACCEL=tcg                     as run.sh --accel
#   V=1                           show each test line
#   APPEND="FUZZ_STEPS=100000"    for the guest's command line, and so its environment
#   APPEND_kasan="..."            more of it for kernels of that flavour
#   APPEND_6_1_kasan="..."        and for that one; 6.1 beside 6.12 does a quarter of what is
#                                 done over and over
#   JOBS=2                        so many machines at a time (default: one for each CPU)
#   TIMEOUT=, TEST_TIMEOUT=       seconds: for a machine, for a test in it

set -eu
# Called by make, a make of ours must not take part in its job control nor warn
# that it cannot.
unset MAKEFLAGS MFLAGS MAKELEVEL

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
results=$top/build/results
kernels=${KERNELS:-6.1 6.12}
[ -n "${KERNELS:-}" ] || APPEND_6_1="SLOWNESS=4 ${APPEND_6_1:-}"
only=${TESTS:-}
suite=${SUITE:-all}
# A machine has two CPUs, and keeps them busy for a third of the time. What the host tries
# meanwhile gets what they leave.
jobs=${JOBS:-$(nproc)}
case $suite in
all|guest) ;;
*) echo "check.sh: SUITE=$suite: all or guest" >&2; exit 2 ;;
esac

# shellcheck source=tools/testing/vm/arch.sh
. "$here/vm/arch.sh"
archs=$(for k in $kernels; do arch_of "${k#*:}"; done | sort -u)

# shellcheck disable=SC2086  # words
"$here/setup.sh" check $archs
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
# Where an architecture's guest tests are; the fuzzer is beside them.
programs() { echo "$top/build/selftests$([ "$1" = amd64 ] || echo "-$1")"; }
for a in $archs; do
	step "guest tests build without warnings for $a" \
		make -s -j"$(nproc)" -C "$here/selftests" OUT="$(programs "$a")" \
		CC="$(arch_cc "$a")" || :
	step "the fuzzer builds without warnings for $a" \
		make -s -j"$(nproc)" -C "$here/fuzz" OUT="$(programs "$a")/fuzzer" \
		CC="$(arch_cc "$a")" || :
done
if [ "$suite" = all ] && [ -f "$here/unit/Makefile" ]; then
	step "host tests build without warnings" \
		make -s -j"$(nproc)" -C "$here/unit" OUT="$top/build/unit" WERROR=1 || :
fi
declare -A vars
bootable=()
for k in $kernels; do
	if step "module and tmctl build without warnings for $k" "$here/build.sh" --strict "$k"; then
		bootable+=("$k")
		vars[$k]=$(grep -E '^(KVER|ARCH|MODULE|CONFIGFS|TMCTL)=' "$results/_step.log")
	fi
done
echo "1..$(grep -cE '^(not )?ok' "$built")" >>"$built"
files=("${built#"$top"/}")

# --- tests on the host ---------------------------------------------------------

# Those that boot machines first: they are long, and the short ones fill what is left.
units=()
if [ "$suite" = all ] && [ -f "$here/unit/Makefile" ]; then
	mapfile -t units < <(make -s --no-print-directory -C "$here/unit" OUT="$top/build/unit" list)
fi
for t in "$here"/host/*.t "${units[@]}"; do
	if [ "$suite" = all ] && [ -f "$t" ] && [ -x "$t" ] && wanted "$t"; then
		files+=("${t#"$top"/}")
	fi
done

# --- tests in the guest --------------------------------------------------------

tests=() helpers=()
for t in "$here"/selftests/*.c; do
	case ${t##*/} in
	lib*|'*.c') ;;
	*)	if wanted "$t"; then tests+=("$(basename "$t" .c)"); fi ;;
	esac
done
if wanted fuzz; then tests+=(fuzzer/fuzz); fi
# Programs of 32 bits are for machines that run them too.
for p in $(make -s --no-print-directory -C "$here/selftests" OUT=. list-i386); do
	if wanted "$p"; then tests+=("${p##*/}"); fi
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
	local out=$results/$KVER t dir run=() append=${APPEND:-} flavour=APPEND_${1#*:} name
	name=APPEND_${1//[.:-]/_}
	[ "${1#*:}" = "$1" ] || append+=" ${!flavour:-}"
	append+=" ${!name:-}"
	dir=$(programs "${ARCH:-amd64}")
	for t in "${tests[@]}"; do
		case $t in
		*.sh) run+=("$t") ;;
		# One that does not build has been told of above.
		*) [ ! -x "$dir/$t" ] || run+=("$dir/$t") ;;
		esac
	done
	echo "running ${#run[@]} test programs on $KVER" >&2
	# The limits end what hangs. They are far off, for machines are shared and slow,
	# and debug kernels slower still.
	"$here/vm/run.sh" -k "$1" --module "$MODULE" --configfs "$CONFIGFS" --tmctl "$TMCTL" --out "$out" \
		--append "$append" \
		--timeout "${TIMEOUT:-1500}" --test-timeout "${TEST_TIMEOUT:-240}" "${helpers[@]}" --no-verdict --tests "${run[@]}" || :
	[ -e "$out/_kernel_log.tap" ] ||
		printf '1..1\nnot ok 1 - the runner failed on %s\n' "$KVER" >"$out/_kernel_log.tap"
}

boot_all() {
	local k t
	for k in "${bootable[@]}"; do
		eval "${vars[$k]}"
		boot "$k" &
		[ "$k" = "${bootable[-1]}" ] || [ "$(jobs -pr | wc -l)" -lt "$jobs" ] || wait -n
	done
	for t in ${BESIDE:-}; do
		JOBS=1 "$t" >"$results/${t##*/}.tap" || :
	done
	wait
}

# They are one of the tests on the host, begun first, that goes on until the last
# machine has ended; what they have left is judged behind it.
machines=$results/_machines
for t in ${BESIDE:-}; do
	rm -f "$results/${t##*/}.tap"	# of a run before
	ALSO="$results/${t##*/}.tap ${ALSO:-}"
done
if [ ${#tests[@]} -gt 0 ] && [ ${#bootable[@]} -gt 0 ]; then
	for k in "${bootable[@]}"; do
		eval "${vars[$k]}"
		rm -rf "${results:?}/$KVER"
		mkdir -p "$results/$KVER"
		files+=("${results#"$top"/}/$KVER")
	done
	rm -f "$machines"	# a machine that a run before has left may hold its lock
	cat >"$machines" <<-'END'
		#!/bin/sh
		flock "$0" true
		echo 1..1
		echo "ok 1 - the machines have come to their ends"
	END
	chmod +x "$machines"
	# Who boots them holds this lock, and lets go of it with its end.
	exec 8<"$machines"
	flock 8
	boot_all &
	exec 8<&-
	files=("${machines#"$top"/}" "${files[@]}")
fi

for t in ${ALSO:-}; do files+=("$t"); done

# --- verdict --------------------------------------------------------------------

# promtool and Prometheus, where they are not installed.
prometheus=$("$here/unpack.sh" prometheus)
[ -z "$prometheus" ] || export PATH="$PATH:$prometheus/usr/bin"
# What runs on the host and boots a machine takes one kernel: the default one,
# or the first.
export KERNEL=${bootable[0]:-${kernels%% *}}
case " ${bootable[*]} " in *" 6.12 "*) KERNEL=6.12 ;; esac
# The machines come first, where there are not CPUs enough.
exec nice -n 5 "$here/tap.pl" ${V:+-v} -j "$(nproc)" "${files[@]}"
