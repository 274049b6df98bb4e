// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family: requests that are whole, and such as are bent. Nothing here
 * waits for an answer: a bent one may have none.
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "fuzz.h"
#include "netlink.h"

/* An attribute that could be meant, or any. */
static void put_something(struct actor *a, struct nl_request *r)
{
	unsigned char bytes[256];
	unsigned int i, len = rng_below(&a->rng, sizeof(bytes) + 1);

	switch (rng_below(&a->rng, 4)) {
	case 0:
		nl_put_u32(r, TASKMONITOR_A_PROCESS_PID, (uint32_t)pick_pid(a));
		break;
	case 1:
		nl_put_u64(r, TASKMONITOR_A_SESSION_ID, rng_below(&a->rng, 40));
		break;
	case 2:
		nl_put(r, TASKMONITOR_A_PROCESS_THREAD, NULL, 0);
		break;
	default:
		for (i = 0; i < len; i++)
			bytes[i] = (unsigned char)rng_next(&a->rng);
		nl_put(r, (int)(rng_next(&a->rng) & (rng_one_in(&a->rng, 2) ? 7 : 0xffff)), bytes, len);
	}
}

static struct nl_request something(struct actor *a, const struct nl *nl)
{
	struct nl_request r = nl_request(nl, (int)rng_below(&a->rng, TASKMONITOR_CMD_MAX + 2),
					 rng_one_in(&a->rng, 3) ? NLM_F_DUMP : NLM_F_ACK);
	unsigned int bits, len;

	while (rng_one_in(&a->rng, 2) && r.h.nlmsg_len < 600)
		put_something(a, &r);
	len = r.h.nlmsg_len;	/* which may be bent, too */
	if (rng_one_in(&a->rng, 4)) {
		for (bits = rng_below(&a->rng, 4); bits; bits--)
			((unsigned char *)&r)[rng_below(&a->rng, len)] ^=
				(unsigned char)(1U << rng_below(&a->rng, 8));
	}
	return r;
}

/* What may be told to whom: samples to who may watch, all else to administrators. */
static void judge_answer(struct actor *a, const struct nl *nl, const struct nl_message *m)
{
	if (m->h->nlmsg_type != nl->family)
		return;
	if (m->g->cmd == TASKMONITOR_CMD_SAMPLE_GET) {
		if (!a->rights.system && !a->rights.everyone)
			wrong(a, "netlink: a sample to who may not watch");
	} else if (!a->rights.control) {
		wrong(a, "netlink: answer %u to who is no administrator", m->g->cmd);
	}
}

static void hear(struct actor *a, struct nl *nl)
{
	struct nl_received got;
	struct nl_message m;
	unsigned int n = rng_below(&a->rng, 6);

	while (n-- && nl_receive(nl, &got, 0)) {
		while (nl_next(&got, &m))
			judge_answer(a, nl, &m);
	}
}

void op_netlink(struct actor *a)
{
	static const int short_of[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS, EINTR, 0 };
	unsigned int n = 1 + rng_below(&a->rng, 4);
	struct nl nl;
	int err;

	note(a, "netlink", n, 0, 0);
	err = nl_open(&nl);
	if (err) {
		noted(a, err);
		if (nl.fd >= 0)
			nl_close(&nl);
		if (!is_in(-err, short_of) && !a->reload)
			wrong(a, "netlink: no family: %s", errno_name(err));
		return;
	}
	if (rng_one_in(&a->rng, 3)) {
		err = nl_join(&nl);
		/* While the module is away its group is nobody's, and anybody may join. */
		if (err == -EPERM ? a->rights.control : !err && !a->rights.control && !a->reload)
			wrong(a, "netlink: joining the group gave %s", errno_name(err));
	}
	while (n--) {
		struct nl_request r = something(a, &nl);

		size_t len = rng_one_in(&a->rng, 8) || r.h.nlmsg_len > sizeof(r) ?
			     rng_below(&a->rng, sizeof(r)) : r.h.nlmsg_len;

		noted(a, nl_send(&nl, &r, len));
		hear(a, &nl);
	}
	nl_close(&nl);
}
