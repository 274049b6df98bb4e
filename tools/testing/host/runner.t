#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The VM runner itself: a clean run is green, and each thing that can go wrong
# in a guest turns the verdict red.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"
export KERNEL="${KERNEL:-6.12}"
red() { [ -s "${1?}" ] && ! "$testing/tap.pl" "$@" >"$work/said" 2>&1; }
green() { "$testing/tap.pl" "$@" >"$work/said" 2>&1 || { sed 's/^/# /' "$work/said"; false; }; }

# A module of its own, so that this tells of the runner alone.
mkdir "$work/module"
cp "$here"/planted/* "$work/module"
make -s -C "$("$testing/vm/kernels.sh" -p KDIR "$KERNEL")" M="$work/module" modules \
	>"$work/build.log" 2>&1 || sed 's/^/# /' "$work/build.log"

# guest NAME: a test for the guest, from standard input
guest() {
	{ echo '#!/bin/sh'; cat; } >"$work/$1"
	chmod +x "$work/$1"
}

guest pass <<'END'
echo 1..2
insmod "$TM_MODULE" && rmmod taskmonitor && echo "ok 1 - load and unload"
[ "$(id -u alice)" = 1000 ] && echo "ok 2 - alice"
END
guest fail <<'END'
echo 1..1
echo "not ok 1 - on purpose"
END
guest status <<'END'
echo 1..1
echo "ok 1 - so far"
exit 3
END
guest short <<'END'
echo 1..2
echo "ok 1 - and no more"
END
guest silent </dev/null
guest warns <<'END'
echo 1..1
insmod "$TM_MODULE" warn=1 && rmmod taskmonitor && echo "ok 1 - warned"
END
guest loaded <<'END'
echo 1..1
insmod "$TM_MODULE" && echo "ok 1 - loaded"
END
guest bails <<'END'
echo "Bail out! no more"
END
guest slow <<'END'
echo 1..1
echo "ok 1 - before it hangs"
sleep 1000
END
guest stuck <<'END'
echo 1..1
insmod "$TM_MODULE" stuck=1 && echo "ok 1 - stuck"
END
guest crash <<'END'
echo 1..1
echo "ok 1 - before the crash"
echo c >/proc/sysrq-trigger
END
guest never <<'END'
echo 1..1
echo "ok 1 - the machine is still there"
END
guest stale <<'END'
echo 1..1
grep -qw again /proc/cmdline || insmod "$TM_MODULE" trap=stale
echo "ok 1 - the second machine"
END
guest real <<'END'
echo 1..1
insmod "$TM_MODULE" trap=real
echo "ok 1 - goes on after an int3"
END
guest hang <<'END'
echo 1..1
sleep 1000
END
guest script <<'END'
echo "said: $*"
exit 7
END

run() {
	local out=$work/$1
	shift
	"$testing/vm/run.sh" --module "$work/module/taskmonitor.ko" --out "$out" "$@" \
		>"$out.stdout" 2>"$out.stderr"
	echo $? >"$out.status"
}
status() { grep -qx "$2" "$1.status"; }

# A QEMU whose first machine dies as it boots, of such an int3.
mkdir "$work/bin"
cat >"$work/bin/qemu-system-x86_64" <<END
#!/bin/bash
if mkdir "$work/died" 2>/dev/null; then
	for a; do
		case \$a in
		file,id=console,path=*) cp "$here/consoles/boot-stale" "\${a##*path=}" ;;
		esac
	done
	exit 0
fi
exec $(command -v qemu-system-x86_64) "\$@"
END
chmod +x "$work/bin/qemu-system-x86_64"

cd "$work" || exit
run hung --timeout 60 --tests hang &	# does nothing for the most part of it
run good --tests pass &
pids=($!)
run bad --test-timeout 3 --no-verdict --tests \
	fail status short silent warns loaded bails slow pass stuck crash never &
pids+=($!)
run exec --exec script "two words" &
wait "${pids[@]}" $!
# 6.1 does not die of an int3 that has gone: its kprobes return to it, for ever
# where the emulator keeps it.
dies=1
case $KERNEL in 6.1|6.1:*) dies="" ;; esac
PATH=$work/bin:$PATH run booting --accel tcg --exec script twice &
[ -z "$dies" ] || run emulator --accel tcg --no-verdict --tests pass stale never &
run int3 --accel tcg --no-verdict --tests pass real never &
wait

ok "a clean run is green" green good/*.tap
ok "its status is 0" status good 0
ok "it says how many passed" grep -qx '5 passed, 0 failed' good.stdout
ok "good test among bad ones stays green" green bad/pass.tap
for t in fail status short silent bails slow crash never; do
	ok "red: $t" red "bad/$t.tap"
done
log=bad/_kernel_log.tap
ok "red: the machine" red $log
ok "a test that fails leaves the machine clean" grep -q '^ok - clean after fail' $log
ok "a WARN is found" grep -q '^not ok - clean after warns: the kernel complained' $log
ok "and shown" grep -q '# .*WARNING: .*planted_init' $log
ok "a module left loaded is found" grep -q '^not ok - clean after loaded: .*left loaded$' $log
ok "and does not spoil the next test" grep -q '^ok - clean after bails' $log
ok "a module that cannot be unloaded is found" \
	grep -q '^not ok - clean after stuck: .*cannot be unloaded' $log
ok "a crash is called a crash" grep -q '^not ok - the machine crashed' $log
ok "with the end of the console" grep -q '^# .*sysrq: Trigger a crash' $log
ok "what was printed before it is kept" grep -q '^ok 1 - before the crash' bad/crash.tap
ok "red: a machine that hangs" status hung 1
ok "after it had begun its test" grep -q "^not ok - hang did not end" hung/hang.tap
ok "and that is said" grep -q 'hung: not finished within 60 s' hung/_kernel_log.tap
# What it looks like on 6.1: a console that was seen, and the same with an int3 in it.
ok "a CPU that takes an int3 for ever which is not there: the emulator's fault" \
	"$testing/vm/emulator-fault.sh" "$here/consoles/lockup-stale"
not_the_emulator() { ! "$testing/vm/emulator-fault.sh" "$1"; }
ok "with an int3 there it is not" not_the_emulator "$here/consoles/lockup-real"
ok "nor is another crash" not_the_emulator "$work/bad/console.log"
if [ -n "$dies" ]; then
	ok "the emulator's own crash is no failure" green emulator/*.tap
	ok "the test in which it fell ran again" grep -q 'ok 1 - the second machine' emulator/stale.tap
	ok "and that is said" grep -q "QEMU's fault. Tried again: stale never" emulator/_kernel_log.tap
else
	skip "the emulator's own crash is no failure" "needs a kernel that dies of it: 6.12"
fi
ok "an int3 of the kernel's own is one" red int3/_kernel_log.tap
ok "and nothing runs again" [ ! -e int3/again ]
ok "--exec passes arguments and output" grep -qx 'said: two words' exec.stdout
ok "--exec shows nothing else" [ "$(wc -l <exec.stdout)" = 1 ]
ok "--exec returns the script's status" status exec 7
ok "a machine that dies of the emulator as it boots is booted again" grep -qx 'said: twice' booting.stdout
ok "with the script's status" status booting 7
[ -z "$failed" ] || sed 's/^/# booting: /' booting.stderr
ok "and that is said" grep -q "QEMU's fault. Tried again" booting.stderr
echo "1..$n"
