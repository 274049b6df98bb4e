# SPDX-License-Identifier: GPL-2.0-only
#
# What every part of user space builds and installs with.
#
#   CC CFLAGS CPPFLAGS LDFLAGS   as everywhere; the project's own flags are added
#   WERROR=1                     warnings are errors
#   OUT=DIR                      build there (absolute), not beside the sources
#   PREFIX DESTDIR LIBDIR …      where to install

TM_LIB	:= $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
TM_TOP	:= $(abspath $(TM_LIB)/../..)

ifeq ($(origin CC),default)
CC	:= gcc
endif
CFLAGS	?= -O2 -g
INSTALL	?= install

PREFIX	?= /usr/local
BINDIR	?= $(PREFIX)/bin
LIBDIR	?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR	?= $(PREFIX)/share/man
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig

TM_CPPFLAGS := -D_GNU_SOURCE -I$(TM_LIB) -I$(TM_TOP)/include/uapi
TM_CFLAGS := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
ifeq ($(WERROR),1)
TM_CFLAGS += -Werror
endif

# Each object's headers are written to a hidden file beside it (-MMD); -MP
# keeps a header that is gone from stopping the build.
TM_COMPILE = $(CC) $(TM_CPPFLAGS) $(CPPFLAGS) $(TM_CFLAGS) $(CFLAGS) \
	     -MMD -MP -MF $(@D)/.$(@F).d -c -o $@ $<
