#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: the soak, with what run.sh was given.
exec /files/soak "$@"
