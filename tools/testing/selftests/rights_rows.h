/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of who may do what, for rights_walk.c. Documentation/rights.md has
 * it for people; host/docs.t compares the two, word by word and cell by cell.
 *
 * A cell of the last string is what one of WHO() gets, in their order:
 *
 *	+ done			P EPERM		A EACCES	S ESRCH
 *	0 done, and 0 or nothing told
 */

/* WHO(name, user, capabilities, namespaces, what becomes of the open file) */
#define WALK_WHO                                                                                   \
	WHO("root", 0, ALL, 0, KEPT)                                                               \
	WHO("root without `CAP_SYS_PTRACE`", 0, ALL & ~CAP(CAP_SYS_PTRACE), 0, KEPT)               \
	WHO("root without `CAP_PERFMON`", 0, ALL & ~CAP(CAP_PERFMON), 0, KEPT)                     \
	WHO("root without `CAP_SYS_ADMIN`", 0, ALL & ~CAP(CAP_SYS_ADMIN), 0, KEPT)                 \
	WHO("root without `CAP_DAC_OVERRIDE`", 0, ALL & ~CAP(CAP_DAC_OVERRIDE), 0, KEPT)           \
	WHO("a user", ALICE, 0, 0, KEPT)                                                           \
	WHO("a user with `CAP_SYS_PTRACE`", ALICE, CAP(CAP_SYS_PTRACE), 0, KEPT)                   \
	WHO("a user with `CAP_PERFMON`", ALICE, CAP(CAP_PERFMON), 0, KEPT)                         \
	WHO("a user with `CAP_SYS_ADMIN`", ALICE, CAP(CAP_SYS_ADMIN), 0, KEPT)                     \
	WHO("a user with `CAP_DAC_OVERRIDE`", ALICE, CAP(CAP_DAC_OVERRIDE), 0, KEPT)               \
	WHO("a user who is root in a user namespace", ALICE, 0, CLONE_NEWUSER, KEPT)               \
	WHO("root in a PID namespace", 0, ALL, CLONE_NEWPID, KEPT)                                 \
	WHO("a user in a PID namespace", ALICE, 0, CLONE_NEWPID, KEPT)                             \
	WHO("a user, through a file that root opened", 0, ALL, 0, TO_USER)                         \
	WHO("root, through a file that a user opened", ALICE, 0, 0, TO_ROOT)                       \
	WHO("a set-user-ID program of root's, through a file that a user opened", ALICE, 0, 0,     \
	    TO_SET_UID)

/* The device has been opened to everybody: the default session's first target. */
#define WALK_FIRST                                                                                 \
	ROW("`TM_GET`, `TM_GET_TEXT`: one's own process", OWN, use_get, 0, "++++++++++++++++")     \
	ROW("another user's", OTHERS, use_get, 0, "+P+++P+PPPP+P+PP")                              \
	ROW("one's own that may not dump core", HIDDEN, use_get, 0, "+P+++P+PPPP+P+PP")            \
	ROW("one's own that has a capability which one has not", STRONG, use_get, 0,               \
	    "+P+++P+PPPP+P+PP")                                                                    \
	ROW("another user's, a zombie", OTHERS_ZOMBIE, use_get, 0, "SSSSSPSPSPPSPSPP")             \
	ROW("there is none", NOBODY, use_get, 0, "SSSSSPSPSPPSPSPP")                               \
	ROW("`TM_PID` to get: one's own process", OWN, use_pid_get, 0, "++++++++++++++++")         \
	ROW("another user's, or one's own as above", OTHERS, use_pid_get, 0, "+P+++P+PPPP+P+PP")   \
	ROW("another user's, a zombie", OTHERS_ZOMBIE, use_pid_get, 0, "+P+++P+PPPP+P+PP")         \
	ROW("there is none", NOBODY, use_pid_get, 0, "00000P0P0PP0P0PP")

/* And all else of it. */
#define WALK_DEFAULT                                                                               \
	ROW("`TM_START`", OWN, use_start, 0, "+++P+PPP+PP+P+PP")                                   \
	ROW("`TM_STOP`", OWN, use_stop, 0, "+++P+PPP+PP+P+PP")                                     \
	ROW("`TM_PID` to set", OWN, use_pid_set, OWN, "+++P+PPP+PP+P+PP")                          \
	ROW("`TM_ADD`, `TM_DEL`", OWN, use_add_del, OTHERS, "+++P+PPP+PP+P+PP")                    \
	ROW("`TM_INTERVAL`", OWN, use_interval, 0, "+++P+PPP+PP+P+PP")                             \
	ROW("`TM_STATE`", OWN, use_state, 0, "+++P+PPP+PP+P+PP")                                   \
	ROW("`TM_BATCH`", OWN, use_batch, 0, "+++P+PPP+PP+P+PP")                                   \
	ROW("read(2)", OWN, use_read, 0, "+++P+PPP+PP+P+PP")                                       \
	ROW("poll(2)", OWN, use_poll, 0, "+++P+PPP+PP+P+PP")                                       \
	ROW("mmap(2)", OWN, use_mmap, 0, "+++P+PPP+PP+P+PP")                                       \
	ROW("`TM_SESSIONS`", OWN, use_sessions, 0, "+++P+PPP+PP+P+PP")                             \
	ROW("`TM_TASKS`", OWN, use_tasks, 0, "+++++PP++PP+P+PP")                                   \
	ROW("`TM_THRESHOLD_ADD`, `TM_THRESHOLD_DEL`", OWN, use_threshold, 0, "+++P+PPP+PP+P+PP")   \
	ROW("`TM_THRESHOLDS`", OWN, use_thresholds, 0, "+++P+PPP+PP+P+PP")

/* The first target is a kernel thread, which a PID namespace does not have. */
#define WALK_KERNEL                                                                                \
	ROW("`TM_GET`: a kernel thread", KERNEL, use_get, 0, "+P+++P+PPPPSP+PP")                   \
	ROW("`TM_PID` to get: a kernel thread", KERNEL, use_pid_get, 0, "+P+++P+PPPP0P+PP")

/* Private sessions, made through the file. */
#define WALK_PRIVATE                                                                               \
	ROW("`TM_SESSION`, scope list", OWN, use_session, TM_SCOPE_LIST, "++++++++++++++++")       \
	ROW("scope tree", OWN, use_session, TM_SCOPE_TREE, "++++++++++++++++")                     \
	ROW("scope cgroup", OWN, use_session, TM_SCOPE_CGROUP, "+++++PP++PP+P+PP")                 \
	ROW("scope system", OWN, use_session, TM_SCOPE_SYSTEM, "+++++PP++PP+P+PP")                 \
	ROW("with `TM_SESSION_EVENTS`", OWN, use_session_events, 0, "+++P+PPP+PPPP+PP")            \
	ROW("`TM_ADD`: one's own process", OWN, use_add, OWN, "++++++++++++++++")                  \
	ROW("a thread of it", OWN, use_add_thread, OWN, "++++++++++++++++")                        \
	ROW("one's own in a PID namespace beside or below", OWN, use_add, ELSEWHERE,               \
	    "++++++++++PSS+++")                                                                    \
	ROW("one's own that may not dump core", OWN, use_add, HIDDEN, "+P+++P+PPPP+P+PP")          \
	ROW("one's own that has a capability which one has not", OWN, use_add, STRONG,             \
	    "+P+++P+PPPP+P+PP")                                                                    \
	ROW("another user's process", OWN, use_add, OTHERS, "+P+++P+PPPP+P+PP")                    \
	ROW("a thread of that", OWN, use_add_thread, OTHERS, "+P+++P+PPPP+P+PP")                   \
	ROW("a kernel thread", OWN, use_add, KERNEL, "+P+++P+PPPPSS+PP")                           \
	ROW("one's own zombie", OWN, use_add, OWN_ZOMBIE, "SSSSSSSSSSSSSSSS")                      \
	ROW("another user's zombie", OWN, use_add, OTHERS_ZOMBIE, "SPSSSPSPPPPSPSPP")              \
	ROW("a number that nobody has", OWN, use_add, NOBODY, "SSSSSSSSSSSSSSSS")                  \
	ROW("in scope tree: one's own process", OWN, use_add_tree, OWN, "++++++++++++++++")        \
	ROW("in scope tree: another user's", OWN, use_add_tree, OTHERS, "+P+++P+PPPP+P+PP")        \
	ROW("`TM_PID` to set: one's own", OWN, use_private_pid, OWN, "++++++++++++++++")           \
	ROW("`TM_PID` to set: another user's", OWN, use_private_pid, OTHERS, "+P+++P+PPPP+P+PP")

/* A session that the file's opener made, of its own process. */
#define WALK_MADE                                                                                  \
	ROW("`TM_GET`, `TM_GET_TEXT`", MADE, use_get, 0, "++++++++++++++++")                       \
	ROW("`TM_PID` to get", MADE, use_pid_get, 0, "++++++++++++++++")                           \
	ROW("`TM_STOP`", MADE, use_stop, 0, "++++++++++++++++")                                    \
	ROW("`TM_START`", MADE, use_start, 0, "++++++++++++++++")                                  \
	ROW("`TM_INTERVAL`", MADE, use_interval, 0, "++++++++++++++++")                            \
	ROW("`TM_STATE`", MADE, use_state, 0, "++++++++++++++++")                                  \
	ROW("`TM_STATE` tells the session's `id`", MADE, use_number, 0, "+++0+000+00+0+00")        \
	ROW("`TM_BATCH`", MADE, use_batch, 0, "++++++++++++++++")                                  \
	ROW("read(2)", MADE, use_read, 0, "++++++++++++++++")                                      \
	ROW("poll(2)", MADE, use_poll, 0, "++++++++++++++++")                                      \
	ROW("mmap(2)", MADE, use_mmap, 0, "++++++++++++++++")                                      \
	ROW("`TM_ADD`: another user's process", MADE, use_add_there, OTHERS, "+P+++P+PPPP+P+PP")   \
	ROW("`TM_DEL`", MADE, use_del, OWN, "++++++++++++++++")                                    \
	ROW("`TM_THRESHOLD_ADD`, `TM_THRESHOLD_DEL`", MADE, use_threshold, 0, "++++++++++++++++")  \
	ROW("`TM_THRESHOLDS`", MADE, use_thresholds, 0, "++++++++++++++++")

/* The files, as they come. The expectation of a write counts for reading as well as the mode. */
#define WALK_FILES                                                                                 \
	FILE_ROW("open `/dev/taskmonitor`", DEVICE, O_RDONLY, "", "+++++AAAA+A+A+AA")              \
	FILE_ROW("read `/proc/taskmonitor`", PROC_FILE, O_RDONLY, NULL, "+++++AAAA+A+A+AA")        \
	FILE_ROW("write it", PROC_FILE, O_WRONLY, "stop", "+++P+AAAAPA+A+AA")                      \
	FILE_ROW("read `/sys/kernel/taskmonitor`", LAB_FILE, O_RDONLY, NULL, "+++++AAAA+A+A+AA")   \
	FILE_ROW("write it", LAB_FILE, O_WRONLY, "stop", "+++P+AAAAPA+APAA")                       \
	FILE_ROW("read `version`", ATTRIBUTES "version", O_RDONLY, NULL, "++++++++++++++++")       \
	FILE_ROW("read `running`", ATTRIBUTES "running", O_RDONLY, NULL, "+++++AAAA+A+A+AA")       \
	FILE_ROW("write it", ATTRIBUTES "running", O_WRONLY, "0", "+++P+AAAAPA+APAA")              \
	FILE_ROW("read `interval_ns`", ATTRIBUTES "interval_ns", O_RDONLY, NULL,                   \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("write it", ATTRIBUTES "interval_ns", O_WRONLY, "1000000000",                     \
		 "+++P+AAAAPA+APAA")                                                               \
	FILE_ROW("read `target`", ATTRIBUTES "target", O_RDONLY, NULL, "+++++AAAA+A+A+AA")         \
	FILE_ROW("read `targets`", ATTRIBUTES "targets", O_RDONLY, NULL, "+++++AAAA+A+A+AA")       \
	FILE_ROW("read `targets_alive`", ATTRIBUTES "targets_alive", O_RDONLY, NULL,               \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("read `ticks`", ATTRIBUTES "ticks", O_RDONLY, NULL, "+++++AAAA+A+A+AA")           \
	FILE_ROW("read `missed_ticks`", ATTRIBUTES "missed_ticks", O_RDONLY, NULL,                 \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("read `samples`", ATTRIBUTES "samples", O_RDONLY, NULL, "+++++AAAA+A+A+AA")       \
	FILE_ROW("read `lateness_max_ns`", ATTRIBUTES "lateness_max_ns", O_RDONLY, NULL,           \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("read `cost_ns`", ATTRIBUTES "cost_ns", O_RDONLY, NULL, "+++++AAAA+A+A+AA")       \
	FILE_ROW("read `parameters/target`", PARAMETERS "target", O_RDONLY, NULL,                  \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("read `parameters/interval_ms`", PARAMETERS "interval_ms", O_RDONLY, NULL,        \
		 "++++++++++++++++")                                                               \
	FILE_ROW("read `parameters/history`", PARAMETERS "history", O_RDONLY, NULL,                \
		 "++++++++++++++++")                                                               \
	FILE_ROW("read `parameters/realtime`", PARAMETERS "realtime", O_RDONLY, NULL,              \
		 "++++++++++++++++")                                                               \
	FILE_ROW("read `parameters/log`", PARAMETERS "log", O_RDONLY, NULL, "++++++++++++++++")    \
	FILE_ROW("write it", PARAMETERS "log", O_WRONLY, "N", "+++++AAAA+A+A+AA")                  \
	FILE_ROW("read `parameters/log_max`", PARAMETERS "log_max", O_RDONLY, NULL,                \
		 "++++++++++++++++")                                                               \
	FILE_ROW("write it", PARAMETERS "log_max", O_WRONLY, "16", "+++++AAAA+A+A+AA")             \
	FILE_ROW("read `parameters/max_cpu_pct`", PARAMETERS "max_cpu_pct", O_RDONLY, NULL,        \
		 "++++++++++++++++")                                                               \
	FILE_ROW("write it", PARAMETERS "max_cpu_pct", O_WRONLY, "50", "+++++AAAA+A+A+AA")         \
	FILE_ROW("read debugfs `taskmonitor/sessions`", DEBUGFS "/sessions", O_RDONLY, NULL,       \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("read debugfs `taskmonitor/sampler`", DEBUGFS "/sampler", O_RDONLY, NULL,         \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("read debugfs `taskmonitor/history`", DEBUGFS "/history", O_RDONLY, NULL,         \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("read tracefs `task_sample/format`", EVENT "format", O_RDONLY, NULL,              \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("write tracefs `task_sample/enable`", EVENT "enable", O_WRONLY, "0",              \
		 "+++++AAAA+A+A+AA")

/* Where an administrator has opened their modes to everybody. */
#define WALK_OPENED                                                                                \
	FILE_ROW("read `/proc/taskmonitor`", PROC_FILE, O_RDONLY, NULL, "++++++++++++++++")        \
	FILE_ROW("write it", PROC_FILE, O_WRONLY, "stop", "+++P+PPP+PP+P+PP")                      \
	FILE_ROW("read `/sys/kernel/taskmonitor`", LAB_FILE, O_RDONLY, NULL, "++++++++++++++++")   \
	FILE_ROW("write it", LAB_FILE, O_WRONLY, "stop", "+++P+PPP+PP+PP++")                       \
	FILE_ROW("write `running`", ATTRIBUTES "running", O_WRONLY, "0", "+++P+PPP+PP+PP++")       \
	FILE_ROW("write `interval_ns`", ATTRIBUTES "interval_ns", O_WRONLY, "1000000000",          \
		 "+++P+PPP+PP+PP++")

/* Named sessions: the directory, and the files of one. */
#define WALK_NAMED                                                                                 \
	ROW("`mkdir`", OWN, use_mkdir, 0, "+++P+AAAAPA+AA++")                                      \
	ROW("`rmdir`", OWN, use_rmdir, 0, "+++++AAAA+A+AA++")                                      \
	FILE_ROW("read configfs `scope`", NAMED "scope", O_RDONLY, NULL, "+++++AAAA+A+A+AA")       \
	FILE_ROW("write it", NAMED "scope", O_WRONLY, "list", "+++P+AAAAPA+APAA")                  \
	FILE_ROW("read configfs `cgroup`", NAMED "cgroup", O_RDONLY, NULL, "+++++AAAA+A+A+AA")     \
	FILE_ROW("write it", NAMED "cgroup", O_WRONLY, "\n", "+++P+AAAAPA+APAA")                   \
	FILE_ROW("read configfs `history`", NAMED "history", O_RDONLY, NULL, "+++++AAAA+A+A+AA")   \
	FILE_ROW("write it", NAMED "history", O_WRONLY, "16", "+++P+AAAAPA+APAA")                  \
	FILE_ROW("read configfs `kinds`", NAMED "kinds", O_RDONLY, NULL, "+++++AAAA+A+A+AA")       \
	FILE_ROW("write it", NAMED "kinds", O_WRONLY, "exit", "+++P+AAAAPA+APAA")                  \
	FILE_ROW("read configfs `interval`", NAMED "interval", O_RDONLY, NULL,                     \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("write it", NAMED "interval", O_WRONLY, "1s", "+++P+AAAAPA+APAA")                 \
	FILE_ROW("read configfs `run`", NAMED "run", O_RDONLY, NULL, "+++++AAAA+A+A+AA")           \
	FILE_ROW("write it", NAMED "run", O_WRONLY, "stop", "+++P+AAAAPA+APAA")                    \
	FILE_ROW("read configfs `targets`", NAMED "targets", O_RDONLY, NULL, "+++++AAAA+A+A+AA")   \
	FILE_ROW("write it", NAMED_WATCH "targets", O_WRONLY, "1", "+++P+AAAAPA+APAA")             \
	FILE_ROW("read configfs `thresholds`", NAMED "thresholds", O_RDONLY, NULL,                 \
		 "+++++AAAA+A+A+AA")                                                               \
	FILE_ROW("write it", NAMED_WATCH "thresholds", O_WRONLY, "exit", "+++P+AAAAPA+APAA")       \
	FILE_ROW("read configfs `state`", NAMED "state", O_RDONLY, NULL, "+++++AAAA+A+A+AA")       \
	FILE_ROW("read configfs `sample`", NAMED "sample", O_RDONLY, NULL, "+++++AAAA+A+A+AA")     \
	FILE_ROW("read configfs `records`", NAMED "records", O_RDONLY, NULL, "+++++AAAA+A+A+AA")

/* A socket in place of a file: its opener and its user are both asked, but for the group. */
#define WALK_NETLINK                                                                               \
	NL_ROW("`sample-get`: anybody's process", use_nl_sample, 0, "+++++P+++PP+PPPP")            \
	NL_ROW("`sample-get`: all targets of the default session", use_nl_dump,                    \
	       TASKMONITOR_CMD_SAMPLE_GET, "+++P+PPP+PP+PPPP")                                     \
	NL_ROW("`session-get`: one", use_nl_do, TASKMONITOR_CMD_SESSION_GET, "+++P+PPP+PP+PPPP")   \
	NL_ROW("`session-get`: all", use_nl_dump, TASKMONITOR_CMD_SESSION_GET, "+++P+PPP+PP+PPPP") \
	NL_ROW("`status-get`", use_nl_do, TASKMONITOR_CMD_STATUS_GET, "+++P+PPP+PP+PPPP")          \
	NL_ROW("join the group `events`", use_nl_join, 0, "+++P+PPP+PP+PP++")
