// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "taskmonitor": its requests. What is sent unasked is
 * in netlink_events.c.
 *
 * Documentation/netlink/specs/taskmonitor.yaml is the protocol, of which
 * <linux/taskmonitor_netlink.h> is made. The family is in the initial network
 * namespace alone.
 *
 * A socket has no mode by which an administrator could say who may ask: every
 * request takes a capability, of whoever opened the socket and of who sends.
 * There is no module alias either, or anybody's look for the family would load
 * the module.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>
#include <net/sock.h>

#include "../compat.h"
#include "../core/session.h"
#include "frontends.h"
#include "netlink.h"

/*
 * Of the opener and of the sender, always: netlink_capable() would not ask the
 * opener where the message has an address.
 */
static bool tm_sender_has(const struct sk_buff *skb, int cap)
{
	return sk_ns_capable(NETLINK_CB(skb).sk, &init_user_ns, cap);
}

/* As for TM_SESSIONS, and for the history of the default session. */
static bool tm_may_control(const struct sk_buff *skb)
{
	return tm_sender_has(skb, CAP_SYS_ADMIN);
}

/* Of anybody's process: who may watch the whole system, or every process. */
static bool tm_may_sample(const struct sk_buff *skb)
{
	return tm_sender_has(skb, CAP_PERFMON) || tm_sender_has(skb, CAP_SYS_PTRACE) ||
	       tm_may_control(skb);
}

/* An answer, up to where its attributes begin. */
static struct sk_buff *tm_reply_new(struct genl_info *info, u8 cmd, void **header)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (skb)
		*header = genlmsg_put_reply(skb, info, &tm_family, 0, cmd);
	return skb;
}

/* @err: of whoever put the attributes. */
static int tm_reply_send(struct sk_buff *skb, struct genl_info *info, void *header, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int tm_sample_doit(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *pid = info->attrs[TASKMONITOR_A_PROCESS_PID];
	struct task_sample sample;
	struct sk_buff *skb;
	void *header;
	int err;

	if (!tm_may_sample(request)) {
		GENL_SET_ERR_MSG(info, "needs CAP_PERFMON, CAP_SYS_PTRACE or CAP_SYS_ADMIN");
		return -EPERM;
	}
	if (GENL_REQ_ATTR_CHECK(info, TASKMONITOR_A_PROCESS_PID)) {
		GENL_SET_ERR_MSG(info, "pid is missing: of whom?");
		return -EINVAL;
	}
	err = tm_process_sample(nla_get_u32(pid), info->attrs[TASKMONITOR_A_PROCESS_THREAD],
				task_active_pid_ns(current), &sample);
	if (err) {
		NL_SET_ERR_MSG_ATTR(info->extack, pid, "pid: no such process, or it has exited");
		return err;
	}
	skb = tm_reply_new(info, TASKMONITOR_CMD_SAMPLE_GET, &header);
	if (!skb)
		return -ENOMEM;
	err = tm_put_sample(skb, TASKMONITOR_A_PROCESS_SAMPLE, &sample);
	return tm_reply_send(skb, info, header, err);
}

static int tm_session_doit(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *id = info->attrs[TASKMONITOR_A_SESSION_ID];
	u64 number = id ? nla_get_u64(id) : 0;
	struct tm_state state;
	struct sk_buff *skb;
	void *header;

	if (!tm_may_control(request)) {
		GENL_SET_ERR_MSG(info, "needs CAP_SYS_ADMIN");
		return -EPERM;
	}
	if (!tm_sessions_next(task_active_pid_ns(current), number, &state) || state.id != number) {
		NL_SET_ERR_MSG_ATTR(info->extack, id, "id: no session has that number");
		return -ENOENT;
	}
	skb = tm_reply_new(info, TASKMONITOR_CMD_SESSION_GET, &header);
	if (!skb)
		return -ENOMEM;
	return tm_reply_send(skb, info, header, tm_put_state(skb, &state));
}

static int tm_put_status(struct sk_buff *skb, const struct tm_sent *sent)
{
	return nla_put_string(skb, TASKMONITOR_A_STATUS_VERSION, TM_VERSION_STRING) ?:
	       nla_put_u64_64bit(skb, TASKMONITOR_A_STATUS_NUMBER, sent->number,
				 TASKMONITOR_A_STATUS_PAD) ?:
	       nla_put_u64_64bit(skb, TASKMONITOR_A_STATUS_SENT, sent->sent,
				 TASKMONITOR_A_STATUS_PAD) ?:
	       nla_put_u64_64bit(skb, TASKMONITOR_A_STATUS_LOST, sent->lost,
				 TASKMONITOR_A_STATUS_PAD) ?:
	       nla_put_u32(skb, TASKMONITOR_A_STATUS_QUEUE, TM_EVENTS);
}

static int tm_status_doit(struct sk_buff *request, struct genl_info *info)
{
	struct tm_sent sent;
	struct sk_buff *skb;
	void *header;

	if (!tm_may_control(request)) {
		GENL_SET_ERR_MSG(info, "needs CAP_SYS_ADMIN");
		return -EPERM;
	}
	tm_events_status(&sent);
	skb = tm_reply_new(info, TASKMONITOR_CMD_STATUS_GET, &header);
	if (!skb)
		return -ENOMEM;
	return tm_reply_send(skb, info, header, tm_put_status(skb, &sent));
}

/**
 * struct tm_dump - how far a dump has come
 * @ns: the asker's PID namespace: the rest may be read by somebody else
 * @next: row, or number of the session, to go on with
 */
struct tm_dump {
	struct pid_namespace *ns;
	u64 next;
};

static struct tm_dump *tm_dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct tm_dump) > sizeof(cb->ctx));
	return (struct tm_dump *)cb->ctx;
}

static int tm_dump_start(struct netlink_callback *cb)
{
	struct tm_dump *dump = tm_dump_of(cb);

	if (!tm_may_control(cb->skb)) {
		NL_SET_ERR_MSG(cb->extack, "needs CAP_SYS_ADMIN");
		return -EPERM;
	}
	if (nlmsg_attrlen(cb->nlh, GENL_HDRLEN)) {
		NL_SET_ERR_MSG(cb->extack, "a dump is of all, and takes no attribute");
		return -EINVAL;
	}
	if (!tm_is_live())
		return -EBUSY;
	dump->ns = get_pid_ns(task_active_pid_ns(current));
	return 0;
}

static int tm_dump_done(struct netlink_callback *cb)
{
	put_pid_ns(tm_dump_of(cb)->ns);
	return 0;
}

static void *tm_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &tm_family,
			   NLM_F_MULTI, cmd);
}

/* Return: whether it fits. */
static bool tm_dump_sample(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct task_sample *sample)
{
	void *header = tm_dump_put(skb, cb, TASKMONITOR_CMD_SAMPLE_GET);

	if (!header || tm_put_sample(skb, TASKMONITOR_A_PROCESS_SAMPLE, sample)) {
		genlmsg_cancel(skb, header);
		return false;
	}
	genlmsg_end(skb, header);
	return true;
}

static int tm_sample_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct tm_dump *dump = tm_dump_of(cb);
	unsigned int row = dump->next;
	struct task_sample sample;

	while (tm_session_row(tm_default_session(), &row, dump->ns, &sample) &&
	       tm_dump_sample(skb, cb, &sample))
		row++;
	dump->next = row;
	return skb->len;
}

static bool tm_dump_state(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct tm_state *state)
{
	void *header = tm_dump_put(skb, cb, TASKMONITOR_CMD_SESSION_GET);

	if (!header || tm_put_state(skb, state)) {
		genlmsg_cancel(skb, header);
		return false;
	}
	genlmsg_end(skb, header);
	return true;
}

static int tm_session_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct tm_dump *dump = tm_dump_of(cb);
	struct tm_state state;

	while (tm_sessions_next(dump->ns, dump->next, &state) && tm_dump_state(skb, cb, &state))
		dump->next = state.id + 1;
	return skb->len;
}

static const struct nla_policy tm_process_policy[] = {
	[TASKMONITOR_A_PROCESS_PID] = NLA_POLICY_MIN(NLA_U32, 1),
	[TASKMONITOR_A_PROCESS_THREAD] = { .type = NLA_FLAG },
};

static const struct nla_policy tm_session_policy[] = {
	[TASKMONITOR_A_SESSION_ID] = { .type = NLA_U64 },
};

/* Without a policy of its own a request takes no attribute at all. */
static const struct genl_ops tm_ops[] = {
	{
		.cmd = TASKMONITOR_CMD_SAMPLE_GET,
		.policy = tm_process_policy,
		.maxattr = ARRAY_SIZE(tm_process_policy) - 1,
		.doit = tm_sample_doit,
		.start = tm_dump_start,
		.dumpit = tm_sample_dumpit,
		.done = tm_dump_done,
	},
	{
		.cmd = TASKMONITOR_CMD_SESSION_GET,
		.policy = tm_session_policy,
		.maxattr = ARRAY_SIZE(tm_session_policy) - 1,
		.doit = tm_session_doit,
		.start = tm_dump_start,
		.dumpit = tm_session_dumpit,
		.done = tm_dump_done,
	},
	{
		.cmd = TASKMONITOR_CMD_STATUS_GET,
		.doit = tm_status_doit,
	},
};

/* It tells of everybody's processes, as the history of the default session does. */
static const struct genl_multicast_group tm_groups[] = {
	[TM_GROUP_EVENTS] = { .name = TASKMONITOR_MCGRP_EVENTS, .flags = TM_GROUP_OF_ADMINS },
};

struct genl_family tm_family __ro_after_init = {
	.name = TASKMONITOR_FAMILY_NAME,
	.version = TASKMONITOR_FAMILY_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.ops = tm_ops,
	.n_ops = ARRAY_SIZE(tm_ops),
	.mcgrps = tm_groups,
	.n_mcgrps = ARRAY_SIZE(tm_groups),
};

#define TM_EVICTIONS 16

/*
 * Who has joined the group's number while it was nobody's: see tm_events_keep_from().
 * Where events cannot be kept from members, there must be none that were not asked
 * as the family comes. With its going they are put out; and if somebody is as
 * quick as that to join again, there are no events for anybody.
 */
static int tm_netlink_register(void)
{
	int evictions = 0, err;

	for (;;) {
		err = genl_register_family(&tm_family);
		if (err || TM_CAN_KEEP_FROM || !tm_family.n_mcgrps ||
		    !genl_has_listeners(&tm_family, &init_net, TM_GROUP_EVENTS))
			return err;
		genl_unregister_family(&tm_family);
		if (++evictions < TM_EVICTIONS)
			continue;
		pr_warn("netlink: no events, for somebody joins their group before it is there\n");
		tm_family.n_mcgrps = 0;
	}
}

int tm_netlink_init(void)
{
	int err = tm_events_init();

	if (err)
		return err;
	err = tm_netlink_register();
	if (err) {
		tm_events_exit();
		return err;
	}
	if (tm_family.n_mcgrps)
		tm_events_listen();
	return 0;
}

/* The group's number may be another family's as soon as ours is gone: nothing is sent then. */
void tm_netlink_exit(void)
{
	tm_events_deafen();
	genl_unregister_family(&tm_family);
	tm_events_exit();
}
