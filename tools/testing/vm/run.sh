#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot a kernel under QEMU with the module and run something in it.

set -eu

usage() {
	cat <<-'END'
	usage: run.sh [OPTION...] --tests FILE...
	       run.sh [OPTION...] --exec SCRIPT [ARGUMENT...]
	       run.sh [OPTION...] --shell

	--tests FILE...   run each FILE, a static program or a busybox sh script that
	                  speaks TAP; results go to the directory given by --out
	--exec SCRIPT     run SCRIPT, show what it prints, exit as it does
	--shell           a prompt, with the module loaded on a busy process

	-k, --kernel SERIES[:FLAVOUR]
	                       6.1 or 6.12 (default; environment: KERNEL); amd64
	                       (default), cloud-amd64, rt-amd64, arm64 and others:
	                       see kernels.sh
	    --accel HOW        auto (default; environment: ACCEL), kvm, tcg or icount:
	                       one instruction a nanosecond, the same in each run
	    --cpus N           default 2
	    --memory MB        default 1024, for debug kernels 2048
	    --timeout SECONDS  for the whole run, default 600; none for --shell
	    --test-timeout S   for each test, default 60
	    --append WORDS     more for the kernel's command line
	    --root IMAGE       with --exec: not busybox but a Debian root, of debian.sh, which
	                       is not written to; files are below /machine
	    --firmware VARS    boot through UEFI, with these variables (firmware-key.pl)
	    --module FILE      the taskmonitor.ko to put into the guest
	    --configfs FILE    the taskmonitor_configfs.ko, and the kernel's own configfs.ko
	    --tmctl FILE       the tmctl (static) to put into the guest's PATH
	    --file SRC[:DEST]  any other file; DEST defaults to /files/NAME
	    --out DIR          results and logs, default build/results/VERSION for
	                       --tests, build/vm/VERSION for the others
	    --no-verdict       with --tests: leave the results in DIR, do not judge them
	END
}

die() { echo "run.sh: $*" >&2; exit 2; }

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/vm/arch.sh
. "$here/arch.sh"
top=$(cd "$here/../../.." && pwd)

kernel=${KERNEL:-6.12} accel=${ACCEL:-auto} cpus=2 memory=""
timeout="" test_timeout=60 append="" image="" firmware="" module="" configfs="" tmctl="" out="" mode="" verdict=1
again=0
files=() options=("$@") all=("$@")
while [ $# -gt 0 ]; do
	case $1 in
	-k|--kernel) kernel=${2:?}; shift ;;
	--accel) accel=${2:?}; shift ;;
	--cpus) cpus=${2:?}; shift ;;
	--memory) memory=${2:?}; shift ;;
	--timeout) timeout=${2:?}; shift ;;
	--test-timeout) test_timeout=${2:?}; shift ;;
	--append) append=${2?}; shift ;;
	--root) image=${2:?}; shift ;;
	--firmware) firmware=${2:?}; shift ;;
	--module) module=${2:?}; shift ;;
	--configfs) configfs=${2?}; shift ;;
	--tmctl) tmctl=${2:?}; shift ;;
	--file) files+=("${2:?}"); shift ;;
	--out) out=${2:?}; shift ;;
	--no-verdict) verdict="" ;;
	--tests|--exec|--shell) mode=${1#--}; shift; break ;;
	--probe) mode=probe ;;	# does this accelerator work? used below
	--again) again=$((again + 1)) ;;	# used below, too
	-h|--help) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
	shift
done
options=("${options[@]:0:${#options[@]}-$#-1}")	# without --tests and what follows
case $mode in
tests|exec) [ $# -gt 0 ] || die "--$mode: no file given" ;;
shell|probe) ;;
*) usage >&2; exit 2 ;;
esac

[ -z "$image" ] || { [ "$mode" = exec ] && [ -f "$image" ]; } || die "--root: an image, and --exec"

eval "$("$here/kernels.sh" "$kernel")"
: "${KVER:?}" "${VMLINUZ:?}" "${KCACHE:?}" "${ARCH:=amd64}" "${BUSYBOX:=$(command -v busybox)}"
case $mode in
tests) : "${out:=$top/build/results/$KVER}" ;;
*) : "${out:=$top/build/vm/$KVER}" ;;
esac
mkdir -p "$out"
# KASAN wants an eighth of memory for itself, and what is freed is kept for a while.
if is_debug "$kernel"; then : "${memory:=2048}"; else : "${memory:=1024}"; fi

# kvm_works: there are machines with a /dev/kvm on which a stock kernel does
# not get far. Only a boot tells; the answer is kept for this kernel, host and
# QEMU.
kvm_works() {
	local host answer
	[ -w /dev/kvm ] || return 1
	host=$(uname -r; qemu-system-x86_64 --version; nproc)
	answer=$KCACHE/kvm-$(echo "$host" | cksum | cut -d' ' -f1)
	if [ ! -e "$answer" ]; then
		if "$here/run.sh" -k "$kernel" --accel kvm \
			--timeout 20 --out "$work/probe" --probe >/dev/null 2>&1
		then echo yes; else echo no; fi >"$work/answer"
		mv "$work/answer" "$answer"
	fi
	[ "$(cat "$answer")" = yes ]
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# tsc_khz: how fast this machine's time stamp counter runs; fails if it has none
tsc_khz() {
	local program=$top/build/vm/tsc-khz
	if [ ! "$program" -nt "$here/tsc-khz.c" ]; then
		mkdir -p "$top/build/vm"
		gcc -O2 -Wall -Werror -o "$work/tsc-khz" "$here/tsc-khz.c"
		mv "$work/tsc-khz" "$program"
	fi
	"$program"
}

# stage SRC DEST: copy a file into the guest's tree.
root=$work/root
stage() {
	[ -f "$1" ] || die "$1: no such file"
	install -D -m 755 "$1" "$root/$2"
}

# stage_kernels NAME DEST: one of the kernel's own modules; nothing where it is built in.
stage_kernels() {
	local ko=$MODDIR/kernel/$1.ko
	if [ -e "$ko.xz" ]; then
		xz -dc "$ko.xz" >"$work/module.ko"
		ko=$work/module.ko
	fi
	[ ! -e "$ko" ] || stage "$ko" "$2"
}

mkdir -p "$root"/{bin,dev,proc,sys,tmp,etc,lib,tests}
stage "$BUSYBOX" bin/busybox
ln -s busybox "$root/bin/sh"
stage "$here/guest/init" init
stage "$here/guest/shell" etc/shell
stage "$here/guest/common" etc/common
grep -v '^#' "$here/splats.txt" >"$work/splats"
cp "$work/splats" "$root/etc/splats"
[ -z "$module" ] || stage "$module" lib/taskmonitor.ko
if [ -n "$configfs" ]; then
	stage "$configfs" lib/taskmonitor_configfs.ko
	stage_kernels fs/configfs/configfs lib/configfs.ko
fi
[ -z "$tmctl" ] || stage "$tmctl" bin/tmctl
for f in "${files[@]}"; do
	case $f in
	*:*) stage "${f%%:*}" "${f#*:}" ;;
	*) stage "$f" "files/${f##*/}" ;;
	esac
done
tests=()
case $mode in
tests)
	for f in "$@"; do
		t=${f##*/}
		stage "$f" "tests/$t"
		tests+=("$t")
		echo "$t"
	done >"$root/etc/tests.list"
	;;
exec)
	stage "$1" exec
	shift
	printf 'set -- %s\n' "${*@Q}" >"$root/etc/exec.args"
	;;
esac

# --- the machine -----------------------------------------------------------

online=""
case $accel in
auto) if [ "$ARCH" = amd64 ] && kvm_works; then accel=kvm; else accel=tcg; fi ;;
kvm) [ "$ARCH" = amd64 ] || die "--accel kvm: $ARCH can only be emulated here" ;;
esac
arch_machine "$ARCH"
if is_small "$kernel"; then
	# They read no ACPI tables that would tell of another interrupt.
	m_ports=("${m_ports[@]/irq=5/irq=4}")
fi
cmdline="$m_console printk.devkmsg=on log_buf_len=4M"
# A crash ends the machine at once, and so does a CPU that is lost for good;
# the limits leave room for a slow host.
cmdline+=" panic=-1 oops=panic softlockup_panic=1 watchdog_thresh=30"
cmdline+=" rcupdate.rcu_cpu_stall_timeout=60 kasan_multi_shot"
[ $again = 0 ] || cmdline+=" again"
case $accel in
kvm)
	machine=(-accel kvm -cpu host)
	;;
tcg)
	machine=(-accel tcg -cpu "$m_cpu")
	# 6.1 takes the emulated CPUs' clocks for unsynchronised. An interrupt early
	# in boot, with five levels of page tables, is too much for KASAN. And on a
	# busy host the timer may fail the kernel's test of whether it ticks in time.
	cmdline+=" tsc=reliable mitigations=off no5lvl no_timer_check"
	[ "$ARCH" != amd64 ] || ! khz=$(tsc_khz) || cmdline+=" tsc_early_khz=$khz"
	# To save vector registers that nobody uses takes up to a tenth of the emulator's time.
	[ "$ARCH" != amd64 ] || cmdline+=" noxsave"
	;;
icount)
	machine=(-accel tcg -icount "shift=0,sleep=off" -seed 1
		 -rtc "base=2026-01-01,clock=vm" -cpu "$m_cpu_repeats")
	cmdline+=" mitigations=off"
	case $KVER in
	6.1.*)	# would wait for its second CPU for ever
		if [ "$cpus" -gt 1 ]; then
			cmdline+=" maxcpus=1"
			online=$(seq -s ' ' 1 $((cpus - 1)))
		fi ;;
	esac
	;;
*) die "--accel $accel: auto, kvm, tcg or icount" ;;
esac

for m in "${m_modules[@]}"; do
	stage "$MODDIR/kernel/$m.ko" "lib/early/${m##*/}.ko"
done

rows="" cols=""
if [ "$mode" = shell ]; then
	if [ -t 0 ]; then read -r rows cols < <(stty size); fi
	timeout=${timeout:-0}	# for timeout(1): none
fi
cat >"$root/etc/run.conf" <<END
MODE=$mode
TEST_TIMEOUT=$test_timeout
ONLINE_CPUS="$online"
CHANNEL=$m_channel
TERMINAL=$m_terminal
ROWS=$rows
COLS=$cols
TERM=${TERM:-linux}
END
if [ -n "$image" ]; then
	# Slow machines have slow daemons.
	cmdline+=" root=/dev/vda rw systemd.default_timeout_start_sec=600"
	stage "$here/guest/debian" debian
	tar -C "$root" -cf "$work/files.tar" .
	# shellcheck disable=SC2054  # the commas are QEMU's
	disks=(-initrd "$image.initrd" -drive "file=$image,if=virtio,format=raw,snapshot=on"
	       -drive "file=$work/files.tar,if=virtio,format=raw,readonly=on")
else
	cmdline+=" rdinit=/init"
	# The same bytes each time: where things come to lie in memory depends on it, and
	# with that what some of them cost.
	find "$root" -exec touch -h -d @0 {} +
	(cd "$root" && find . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0) \
		>"$work/initramfs"
	disks=(-initrd "$work/initramfs")
fi

case $mode in
shell)	# Ctrl-C is for the guest
	terminal=stdio,id=term,mux=on,signal=off
	monitor=(-mon chardev=term) ;;
exec)	# Ctrl-C ends it all
	terminal=stdio,id=term,signal=on
	monitor=(-monitor none) ;;
*)
	terminal=null,id=term
	monitor=(-monitor none) ;;
esac

console=$out/console.log channel=$out/channel
rm -rf "$out"/*.tap
: >"$console"
: >"$channel"
# shellcheck disable=SC2054  # the commas are QEMU's
qemu=(timeout --foreground -k 5 "${timeout:-600}" "$m_qemu"
	-nodefaults -no-user-config -no-reboot -display none -M "$m_machine"
	"${machine[@]}" -smp "$cpus" -m "$memory"
	-kernel "$VMLINUZ" "${disks[@]}" -append "$cmdline $append"
	-chardev "file,id=console,path=$console"
	-chardev "file,id=channel,path=$channel"
	-chardev "$terminal" "${monitor[@]}" "${m_ports[@]}")
if [ -n "$firmware" ]; then
	cp "$firmware" "$work/vars.fd"	# it writes there
	# shellcheck disable=SC2054
	qemu+=(-drive if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd
	       -drive "if=pflash,format=raw,unit=1,file=$work/vars.fd")
fi
qstatus=0
case $mode in
shell) "${qemu[@]}" 2>"$out/qemu.log" || qstatus=$? ;;
*) "${qemu[@]}" </dev/null 2>"$out/qemu.log" || qstatus=$? ;;
esac

# --- what came of it --------------------------------------------------------

finished=""
[ "$(tail -n 1 "$channel")" = "@tm done" ] && finished=1

why() {
	if [ -n "$finished" ]; then
		echo "reached its end"
	elif [ $qstatus = 124 ] || [ $qstatus = 137 ]; then
		echo "hung: not finished within ${timeout:-600} s"
	elif [ $qstatus != 0 ]; then
		echo "QEMU failed with status $qstatus: $(tail -n 1 "$out/qemu.log")"
	elif ! grep -q '^@tm ready' "$channel"; then
		echo "did not boot"
	else
		echo "crashed"
	fi
}

# Did the emulator fail, not what it emulated?
emulator_failed() {
	[ -z "$finished" ] && [ "$accel" = tcg ] && [ "$ARCH" = amd64 ] &&
		"$here/emulator-fault.sh" "$console"
}

console_tail() { tail -n 80 "$console" | tr -d '\r' | sed 's/^/# /'; }

# What the kernel said from the first test (or script) on.
sed -n '/taskmonitor-test: begin/,$p' "$console" | tr -d '\r' |
	grep -aE -f "$work/splats" >"$work/complaints" || :

# run_the_rest FILE...: on another machine; what it says replaces what was said
run_the_rest() {
	local f files=()
	for f; do
		case "$rest " in *" ${f##*/} "*) files+=("$f") ;; esac
	done
	"$here/run.sh" "${options[@]}" --again --out "$out/again" --no-verdict --tests "${files[@]}"
	mv "$out/again/_kernel_log.tap" "$out/again/_kernel_log_$((again + 1)).tap"
	mv "$out"/again/*.tap "$out"
}

case $mode in
probe)
	[ -n "$finished" ] ;;
shell)
	[ -n "$finished" ] || [ $qstatus = 0 ] || {
		echo "run.sh: the machine $(why); its log is $console" >&2
		exit 1
	} ;;
exec)
	# Before the script has begun there is nothing that could be done twice.
	if [ $again -lt 3 ] && emulator_failed && ! grep -q 'taskmonitor-test: begin' "$console"; then
		echo "run.sh: the machine $(why) at an int3 that is not there: QEMU's fault. Tried again" >&2
		"$here/run.sh" --again "${all[@]}"
		exit
	fi
	if [ -z "$finished" ] || [ -s "$work/complaints" ]; then
		console_tail >&2
		echo "run.sh: the machine $(why); its log is $console" >&2
		exit 1
	fi
	left=$(sed -n 's/^@tm after exec //p' "$channel")
	[ "$left" = clean ] || { echo "run.sh: afterwards: $left" >&2; exit 1; }
	exit "$(sed -n 's/^@tm exec //p' "$channel")"
	;;
tests)
	# One file of TAP for each test ...
	awk -v out="$out" -v limit="$test_timeout" '
	function fail(text) { print "not ok - " name " " text >file; failed = 1 }
	{ sub(/\r$/, "") }
	/^@tm begin / { name = $3; file = out "/" name ".tap"; failed = 0; printf "" >file; next }
	/^@tm end / {
		if ($5 >= limit)
			fail("did not end within its " limit " s")
		else if ($4 != 0 && !failed)
			fail("ended with status " $4)
		else if (!lines[name])
			fail("printed nothing")
		close(file)
		file = ""
	}
	/^@tm / || file == "" || $0 == "" { next }
	# One test must not end the whole judgement.
	/^Bail out!/ { fail("bailed out:" substr($0, 10)); next }
	/^not ok/ && !/# *TODO/i { failed = 1 }
	{ lines[name]++; print >file }
	END { if (file != "") fail("did not end: the machine went down in it") }
	' "$channel"
	rest=""
	if [ $again -lt 3 ] && emulator_failed; then
		sed -Ei '/Oops: int3|soft lockup|detected stall|rcu: INFO/,$d' "$work/complaints"
		for t in "${tests[@]}"; do
			grep -q "^@tm end $t " "$channel" || rest+=" $t"
		done
	fi
	for t in "${tests[@]}"; do
		[ -e "$out/$t.tap" ] || printf '1..1\nnot ok 1 - %s did not run: the machine %s\n' \
			"$t" "$(why)" >"$out/$t.tap"
	done
	sed -n 's/^@tm gcov //p' "$channel" | base64 -di >"$out/coverage.tar.gz"
	[ -s "$out/coverage.tar.gz" ] || rm "$out/coverage.tar.gz"
	# ... and one for the machine: what each left behind, the kernel log.
	{
		sed -n 's/^@tm boot/# while booting:/p' "$channel"
		awk '
		/^@tm diag / { diag = diag "# " substr($0, 10) "\n" }
		/^@tm after / {
			verdict = $0
			sub(/^@tm after [^ ]+ /, "", verdict)
			if (verdict == "clean")
				printf "ok - clean after %s\n", $3
			else
				printf "not ok - clean after %s: %s\n%s", $3, verdict, diag
			diag = ""
		}' "$channel" | tr -d '\r'
		[ -n "$finished$rest" ] || echo -n "not "
		echo "ok - the machine $(why)"
		[ -z "$rest" ] || echo "# at an int3 that is not there: QEMU's fault. Tried again:$rest"
		[ -n "$finished" ] || console_tail
		[ ! -s "$work/complaints" ] || echo -n "not "
		echo "ok - no complaint in the kernel's log"
		sed 's/^/# /' "$work/complaints"
	} | awk '{ print } /^(not )?ok/ { n++ } END { print "1.." n }' >"$out/_kernel_log.tap"
	[ -z "$rest" ] || run_the_rest "$@"
	[ -z "$verdict" ] || "$top/tools/testing/tap.pl" "$out"/*.tap
	;;
esac
