# SPDX-License-Identifier: GPL-2.0-only
# taskmonitor: the module needs a kernel's headers, gcc and make; tmctl needs libc.

KVER   ?= $(shell uname -r)
KDIR   ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
export PREFIX DESTDIR

.DEFAULT_GOAL := all
.PHONY: all
all: modules tools ## build the module and tmctl

.PHONY: modules
modules: ## build src/taskmonitor.ko against KDIR (default: the running kernel)
	@test -e $(KDIR)/Makefile || { \
		echo "make: $(KDIR): no kernel headers there (try: apt install linux-headers-$(KVER), or make KDIR=...)" >&2; \
		exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR)/src modules

# tmctl, and its companions, each built where its library is.
PROGRAMS := tools/tmctl tools/top tools/plot tools/recording tools/exporter tools/events

.PHONY: tools
tools: ## build tools/tmctl/tmctl, its companions and the library they stand on
	for p in $(PROGRAMS); do $(MAKE) -C $$p || exit; done

.PHONY: install
install: tools ## install tmctl, the library, the header and the man pages (PREFIX, DESTDIR)
	$(MAKE) -C tools/lib install
	for p in $(PROGRAMS); do $(MAKE) -C $$p install || exit; done
	install -d $(DESTDIR)$(PREFIX)/include/linux $(DESTDIR)$(MANDIR)/man4
	install -m 644 include/uapi/linux/taskmonitor.h include/uapi/linux/taskmonitor_netlink.h \
		$(DESTDIR)$(PREFIX)/include/linux
	install -m 644 Documentation/man/taskmonitor.4 $(DESTDIR)$(MANDIR)/man4

.PHONY: modules_install
modules_install: modules ## install the module for the kernel of KDIR (INSTALL_MOD_PATH, DESTDIR)
	$(MAKE) -C $(KDIR) M=$(CURDIR)/src \
		INSTALL_MOD_PATH=$(if $(INSTALL_MOD_PATH),$(INSTALL_MOD_PATH),$(DESTDIR)) modules_install

# DKMS builds there, for each kernel.
VERSION	= $(shell tools/version.sh)
DKMSDIR	= $(DESTDIR)/usr/src/taskmonitor-$(VERSION)

.PHONY: dkms_install
dkms_install: ## put the module's sources where DKMS finds them (DESTDIR)
	cd src && find . \( -name '*.[ch]' -o -name Kbuild \) ! -name '*.mod.c' \
		-exec install -D -m 644 {} $(abspath $(DKMSDIR))/src/{} \;
	install -D -m 644 -t $(DKMSDIR)/include/uapi/linux include/uapi/linux/*.h
	sed 's/#MODULE_VERSION#/$(VERSION)/' tools/packaging/dkms/dkms.conf >$(DKMSDIR)/dkms.conf

.PHONY: deb
deb: ## build the Debian packages, into build/deb
	tools/packaging/deb.sh

.PHONY: setup
setup: ## install what demo, check and shell need (Debian, as root; else say what)
	tools/testing/setup.sh check

.PHONY: demo
demo: ## see it at work: boots a kernel of its own, touches nothing of yours
	tools/testing/demo.sh

.PHONY: check
check: ## run every test on every kernel (KERNELS="6.12", TESTS="lab errno" for fewer)
	tools/testing/check.sh

.PHONY: check-debug
check-debug: ## the same on kernels that complain: KASAN, lockdep, KCSAN (KERNELS="6.12:kasan")
	tools/testing/check-debug.sh

.PHONY: check-machines
check-machines: ## run the tests on real-time, cloud, arm64 and s390x kernels; build for all others
	tools/testing/machines.sh

.PHONY: check-packages
check-packages: ## install, use, upgrade, remove the Debian packages in a machine (KERNEL=6.1)
	tools/testing/tap.pl $(if $(V),-v) tools/testing/debian/packages.t

.PHONY: bench
bench: ## what it costs, beside pidstat, BPF and others (KERNELS="6.12", ACCEL=kvm, HERE=1)
	tools/testing/bench/run.sh

.PHONY: bench-record
bench-record: ## keep what it costs now as what make check compares with
	tools/testing/bench/run.sh record

.PHONY: soak
soak: ## a day in virtual time: does it leak, lose or drift? (HOURS=1, KERNELS="6.1", SEED=7)
	tools/testing/soak/run.sh

.PHONY: fuzz
fuzz: ## try everything at random (KERNEL=6.12, STEPS= or MINUTES=, SEED= to repeat a failure)
	tools/testing/fuzz/run.sh

.PHONY: shell
shell: ## a prompt in a virtual machine with the module loaded (KERNEL=6.1)
	tools/testing/shell.sh

.PHONY: clean
clean: ## remove what was built
	for p in $(PROGRAMS) tools/common; do $(MAKE) -C $$p clean || exit; done
	$(MAKE) -C tools/lib clean
	rm -rf build
	find src \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' \
		-o -name '*.o.d' -o -name modules.order -o -name Module.symvers \) -delete

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z_-]+):.* ## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18
	@echo "variables: KDIR= KVER= PREFIX= DESTDIR= INSTALL_MOD_PATH= CC= CFLAGS="
