# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What differs between the architectures that the harness knows, and only here.
# To be sourced. An architecture goes by Debian's name for it; amd64 is the
# machine's own, for the others there is a cross compiler and an emulator.

# arch_of FLAVOUR: arm64-16k is a kernel for arm64, rt-amd64 one for amd64.
arch_of() {
	case $1 in
	*arm64*) echo arm64 ;;
	*s390x*) echo s390x ;;
	*armmp*) echo armhf ;;
	*686*) echo i386 ;;
	*) echo amd64 ;;
	esac
}

# arch_cross ARCH: what stands before gcc's name. Debian's kernel headers call
# gcc-12, so that version it is throughout. The 64-bit compiler makes 32-bit
# objects of its own family.
arch_cross() {
	case $1 in
	amd64|i386) ;;
	arm64) echo aarch64-linux-gnu- ;;
	armhf) echo arm-linux-gnueabihf- ;;
	s390x) echo s390x-linux-gnu- ;;
	*) return 1 ;;
	esac
}

# arch_cc ARCH: the compiler for programs.
arch_cc() {
	[ "$1" = amd64 ] && echo gcc || echo "$(arch_cross "$1")gcc-12"
}

# apt_for ARCH COMMAND...: apt-get or apt-cache as on a machine of ARCH.  For a
# foreign one that is a private state, filled from the same sources: dpkg's
# architectures stay what they are, and nothing of ours is installed.
apt_for() {
	local arch=$1 command=$2 state
	shift 2
	if [ "$arch" = amd64 ]; then
		"$command" "$@"
		return
	fi
	state=$(apt_state "$arch")
	"$command" -o APT::Architecture="$arch" -o APT::Architectures::="$arch" \
		-o Dir::State="$state/state" -o Dir::State::status="$state/state/status" \
		-o Dir::Cache="$state/cache" -o APT::Sandbox::User=root "$@"
}

apt_state() { echo "${XDG_CACHE_HOME:-$HOME/.cache}/taskmonitor/apt/$1"; }

# apt_lists ARCH MINUTES: fetch a foreign architecture's lists, unless they are
# younger than that.  Some archives lack some architectures: what came counts.
apt_lists() {
	local state
	[ "$1" != amd64 ] || return 0
	state=$(apt_state "$1")
	mkdir -p "$state"/state/lists/partial "$state"/cache/archives/partial
	(
		flock 9
		[ -z "$(find "$state/updated" -mmin "-$2" 2>/dev/null)" ] || exit 0
		: >>"$state/state/status"
		apt_for "$1" apt-get -qq update >"$state/update.log" 2>&1 || :
		touch "$state/updated"
	) 9>"$state/lock"
}

# is_debug KERNEL: is it one that complains, and is slow?
is_debug() {
	case $1 in
	*:kasan|*:kcsan) ;;
	*) return 1 ;;
	esac
}

# is_small KERNEL: is it one that debug-kernel.sh builds, for the smallest of machines?
is_small() { is_debug "$1" || [ "${1#*:}" = builtin ]; }

# arch_machine ARCH: the emulated machine, in variables m_...: QEMU's program,
# its machine and CPU, a CPU of which each run is the same, three serial lines
# (the chardevs are called console, channel and term), by which names the guest
# knows them, and what modules of the kernel's own it must load for that.
# shellcheck disable=SC2034,SC2054  # for run.sh; the commas are QEMU's
arch_machine() {
	m_modules=()
	case $1 in
	amd64)
		m_qemu=qemu-system-x86_64 m_machine=pc
		# Without ERMS, by which the kernel clears and copies a byte at a time: the emulator
		# takes a turn for each, a tenth of its time.
		m_cpu=max,-erms m_cpu_repeats=max,-rdrand,-rdseed
		m_console=console=ttyS0,115200 m_channel=ttyS1 m_terminal=ttyS2
		# The third would share its interrupt with the first.
		m_ports=(-device isa-serial,index=0,chardev=console
			 -device isa-serial,index=1,chardev=channel
			 -device isa-serial,index=2,irq=5,chardev=term)
		;;
	arm64)
		# One that has pages of 4, 16 and 64 KiB, and no source of chance.
		m_qemu=qemu-system-aarch64 m_machine=virt
		m_cpu=cortex-a76 m_cpu_repeats=cortex-a76
		m_console=console=ttyAMA0 m_channel=ttyS0 m_terminal=ttyS1
		m_ports=(-serial chardev:console
			 -device pci-serial,addr=2,chardev=channel
			 -device pci-serial,addr=3,chardev=term)
		;;
	s390x)
		# Its own second console breaks lines and letters: not for results.
		m_qemu=qemu-system-s390x m_machine=s390-ccw-virtio
		m_cpu=max m_cpu_repeats=max
		m_console=console=ttyS1 m_channel=vport0p1 m_terminal=hvc0
		m_modules=(drivers/char/virtio_console)
		m_ports=(-device sclpconsole,chardev=console -device virtio-serial-ccw
			 -device virtconsole,nr=0,chardev=term
			 -device virtserialport,nr=1,chardev=channel)
		;;
	*)	return 1 ;;
	esac
}
