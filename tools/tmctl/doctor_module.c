// SPDX-License-Identifier: GPL-2.0-only
/* The kernel, and the module in it. */
#include <stdio.h>
#include <string.h>

#include "doctor.h"

#define MODULE_DIR	"/sys/module/taskmonitor"
#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

void check_kernel(struct patient *p, struct diagnosis *d)
{
	unsigned int major = 0, minor = 0;

	if (file_text(p, "/proc/sys/kernel/osrelease", p->release, sizeof(p->release)) ||
	    sscanf(p->release, "%u.%u", &major, &minor) != 2) {
		say(d, VERDICT_FAIL, "which kernel runs cannot be read in /proc");
		say_next(d, "mount -t proc proc /proc");
		return;
	}
	if (major > 6 || (major == 6 && minor >= 1)) {
		say(d, VERDICT_OK, "Linux %s", p->release);
		return;
	}
	say(d, VERDICT_FAIL, "Linux %s is too old", p->release);
	say_next(d, "boot Linux 6.1 or newer");
}

static void not_installed(const struct patient *p, struct diagnosis *d)
{
	char other[128];

	if (module_elsewhere(p, other, sizeof(other))) {
		say(d, VERDICT_FAIL, "not loaded, and installed for %s, not for this kernel", other);
		say_next(d, "build and install it for %s: make clean modules_install, then depmod -a",
			 p->release);
		return;
	}
	say(d, VERDICT_FAIL, "not loaded, and not installed for this kernel");
	say_next(d, "insmod src/taskmonitor.ko, or make modules_install, then depmod -a and "
		 "modprobe taskmonitor");
}

void check_module(struct patient *p, struct diagnosis *d)
{
	char disabled[8];
	bool known = false, there = module_find(p, p->release, p->file, sizeof(p->file), &known);

	p->loaded = file_exists(p, MODULE_DIR);
	file_text(p, "/proc/sys/kernel/modules_disabled", disabled, sizeof(disabled));
	if (p->loaded) {
		say(d, VERDICT_OK, "loaded");
	} else if (!strcmp(disabled, "1")) {
		say(d, VERDICT_FAIL, "not loaded, and this kernel takes no modules until it reboots "
		    "(kernel.modules_disabled)");
		say_next(d, "find who sets kernel.modules_disabled, and load the module before");
	} else if (!there) {
		not_installed(p, d);
	} else {
		say(d, VERDICT_FAIL, "not loaded; installed as %s", p->file);
		say_next(d, known ? "modprobe taskmonitor" : "depmod -a, then modprobe taskmonitor");
	}
}

/* Its vermagic begins with the kernel's release, or the kernel refuses it. */
void check_build(struct patient *p, struct diagnosis *d)
{
	char magic[256], *end;

	if (!*p->file) {
		say(d, VERDICT_UNKNOWN, "no file in /lib/modules/%s to look at", p->release);
		return;
	}
	if (module_is_compressed(p)) {
		say(d, VERDICT_UNKNOWN, "%s is compressed: not looked into", p->file);
		return;
	}
	if (!module_info(p, "vermagic=", magic, sizeof(magic))) {
		say(d, VERDICT_WARN, "%s: cannot be read, or is no module", p->file);
		say_next(d, "make clean, then make modules_install");
		return;
	}
	end = strchr(magic, ' ');
	if (end)
		*end = '\0';
	if (!strcmp(magic, p->release)) {
		say(d, VERDICT_OK, "%s was built for this kernel", p->file);
		return;
	}
	say(d, p->loaded ? VERDICT_WARN : VERDICT_FAIL, "%s was built for %s, not for %s", p->file,
	    magic, p->release);
	say_next(d, "make clean, then make modules_install with the headers of %s", p->release);
}

static bool secure_boot(const struct patient *p)
{
	/* Four bytes of attributes, then the value. */
	char value[8] = "";
	char path[PATH_BYTES];
	FILE *file;
	size_t n;

	file_path(p, SECURE_BOOT, path);
	file = fopen(path, "re");
	n = file ? fread(value, 1, sizeof(value), file) : 0;
	if (file)
		fclose(file);
	return n >= 5 && value[4] == 1;
}

/* Why an unsigned module is refused, or NULL: it is not. */
static const char *signature_demanded(const struct patient *p)
{
	char text[128];

	if (!file_text(p, "/sys/kernel/security/lockdown", text, sizeof(text)) &&
	    (strstr(text, "[integrity]") || strstr(text, "[confidentiality]")))
		return "the kernel is locked down";
	if (!file_text(p, "/sys/module/module/parameters/sig_enforce", text, sizeof(text)) &&
	    *text == 'Y')
		return "module.sig_enforce is set";
	return NULL;
}

void check_signature(struct patient *p, struct diagnosis *d)
{
	const char *why = signature_demanded(p);
	const char *boot = secure_boot(p) ? "Secure Boot is on" : "Secure Boot is off or unknown";

	if (!why) {
		say(d, VERDICT_OK, "no signature is demanded (%s)", boot);
	} else if (p->loaded) {
		say(d, VERDICT_OK, "%s (%s), and the module is in", why, boot);
	} else if (!*p->file || module_is_compressed(p)) {
		say(d, VERDICT_WARN, "%s (%s): an unsigned module is refused", why, boot);
		say_next(d, "sign it with a key that the machine trusts: tools/sign-module.sh");
	} else if (module_is_signed(p)) {
		say(d, VERDICT_WARN, "%s (%s): %s is signed, its key must be trusted", why, boot,
		    p->file);
		say_next(d, "if it is refused: mokutil --import the key, and reboot");
	} else {
		say(d, VERDICT_FAIL, "%s (%s), and %s is not signed", why, boot, p->file);
		say_next(d, "tools/sign-module.sh, then mokutil --import the key, and reboot");
	}
}

void check_taint(struct patient *p, struct diagnosis *d)
{
	char taint[32];

	if (!p->loaded)
		say(d, VERDICT_UNKNOWN, "there is none without the module");
	else if (file_text(p, MODULE_DIR "/taint", taint, sizeof(taint)) || !*taint)
		say(d, VERDICT_OK, "the module does not taint the kernel");
	else
		say(d, VERDICT_OK, "%s: %s; a note for bug reports, nothing is wrong", taint,
		    strchr(taint, 'E') ? "from outside the kernel's tree, and not signed" :
		    "from outside the kernel's tree");
}
