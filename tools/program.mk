# SPDX-License-Identifier: GPL-2.0-only
#
# A program over libtaskmonitor and common/: tmctl, or one of its companions.
# Included by its Makefile, which sets
#
#   PROGRAMS   what to build
#   OBJS_name  the objects of each, beside the sources
#   LIBS_name  further libraries of each
#   NEEDS_name headers of theirs: without them the program is not built
#   PACKAGE_name  what brings that, by Debian's name
#   MANUALS    their pages in Documentation/man
#
# and may be told OUT= (absolute): build there, with copies of both libraries, in
# LIBOUT= and COMMONOUT=, where others may have made them already.

include $(dir $(lastword $(MAKEFILE_LIST)))lib/build.mk

TM_COMMON := $(TM_TOP)/tools/common
ifdef OUT
LIBOUT	:= $(OUT)/lib
COMMONOUT := $(OUT)/common
else
OUT	:= .
LIBOUT	:= $(TM_LIB)
COMMONOUT := $(TM_COMMON)
endif
LIBTM	:= $(LIBOUT)/libtaskmonitor.a
LIBCOMMON := $(COMMONOUT)/libcommon.a
TM_CPPFLAGS += -I$(TM_COMMON)

# What cannot be built here is told of and left out.
has_headers = $(shell $(CC) $(CPPFLAGS) $(addprefix -include ,$(1)) -E -x c -o /dev/null /dev/null \
	2>/dev/null && echo yes)
MISSING	:= $(foreach p,$(PROGRAMS),$(if $(NEEDS_$(p)),$(if $(call has_headers,$(NEEDS_$(p))),,$(p))))
$(foreach p,$(MISSING),$(if $(filter clean help,$(MAKECMDGOALS)),,\
	$(info $(p) is not built: no $(NEEDS_$(p)) here (Debian: apt install $(PACKAGE_$(p))))))
PROGRAMS := $(filter-out $(MISSING),$(PROGRAMS))

OBJS	:= $(sort $(foreach p,$(PROGRAMS),$(addprefix $(OUT)/,$(OBJS_$(p)))))
PAGES	:= $(addprefix $(TM_TOP)/Documentation/man/,$(MANUALS))

.PHONY: all install uninstall clean help FORCE

all: $(addprefix $(OUT)/,$(PROGRAMS))

define program
$$(OUT)/$(1): $$(addprefix $$(OUT)/,$$(OBJS_$(1))) $$(LIBCOMMON) $$(LIBTM)
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS_$(1)) $$(LDLIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(OUT)/%.o: %.c | $(OUT)
	$(TM_COMPILE)

$(OUT):
	mkdir -p $@

# The libraries' own Makefiles know whether they are up to date.
$(LIBTM): FORCE
	@$(MAKE) --no-print-directory -C $(TM_LIB) OUT=$(LIBOUT) static

$(LIBCOMMON): FORCE
	@$(MAKE) --no-print-directory -C $(TM_COMMON) OUT=$(COMMONOUT)

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR)
	$(if $(PROGRAMS),$(INSTALL) -m 755 $(addprefix $(OUT)/,$(PROGRAMS)) $(DESTDIR)$(BINDIR)/)
	for page in $(PAGES); do \
		$(INSTALL) -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit; \
	done

uninstall:
	$(RM) $(addprefix $(DESTDIR)$(BINDIR)/,$(PROGRAMS)) \
		$(foreach p,$(MANUALS),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(p)))/$(p))

clean:
	$(RM) $(addprefix $(OUT)/,$(PROGRAMS)) $(OBJS) $(foreach o,$(OBJS),$(dir $(o)).$(notdir $(o)).d)

help:
	@echo 'all        $(PROGRAMS), with the static libraries they link'
	@echo 'install    to DESTDIR, below PREFIX (/usr/local); uninstall takes it away'
	@echo 'clean      remove what was built'

-include $(wildcard $(OUT)/.*.d)
