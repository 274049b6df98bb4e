/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults injected one by one: an operation is done again and again, and each
 * time the next of the places fails that can (an allocation, a copy to or from
 * user space), until it is done with none failing. Needs a kernel with
 * FAULT_INJECTION; see fault-injection.rst in the kernel's documentation.
 */
#ifndef FAULT_H
#define FAULT_H

#include "harness.h"

struct fault_op {
	const char *name;
	/* Before each try, with no fault; may be NULL. */
	void (*prepare)(void);
	/* The operation: a negative errno, or anything else on success. */
	long (*go)(void);
	/* After success: did it do all that it should? May be NULL. */
	bool (*right)(void);
	/* Undoes what @go has done, when it succeeded; may be NULL. */
	void (*undo)(void);
	/* So many of the first are the kernel's own. */
	unsigned int skip;
	/* Of very many places, how many of the last are all tried; 0: as many as of the first. */
	unsigned int last;
	/* It may do a part and say so, as a read that has been given the first rows. */
	bool in_parts;
	/* No fault can hit it: for instance it only sets a flag. */
	bool never_fails;
};

/* Can faults be injected here? If not, @what is a skip that says why. */
bool fault_possible(const char *what);
/* To be called once by whoever meets faults, before the first. */
void fault_begin(void);
/*
 * All is done on one CPU until the program's end. To load a module the CPUs ask each other to
 * look up, often, and on a host that has fewer most of the time goes on the answers.
 */
void fault_on_one_cpu(void);

/* The @nth place from now on fails, in this thread. True if there was one. */
void fault_arm(unsigned int nth);
bool fault_disarm(void);

/* How many there are on @go's way, with no fault; it returns @ret. */
unsigned int fault_places(long (*go)(void), long *ret);

/* What a system call returned, with its errno. */
long err_of(long ret);

/* @op with each of its places failing, or each FAULT_STEPth; a TAP test of it all. */
void fault_each(const struct fault_op *op);

#endif /* FAULT_H */
