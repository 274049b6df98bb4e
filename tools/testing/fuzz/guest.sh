#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: the fuzzer, with the options given.
cd /tmp && exec /files/fuzz "$@"
