/*
 * launch: becomes one program, after giving up everything that converting a file does not need.
 *
 *   launch [--check] [--uid N] [--as BYTES] [--fsize BYTES] [--cpu SECONDS] [--nproc N] -- PROGRAM [ARG…]
 *
 * The program gets the working directory to write to, stdin, stdout, stderr and descriptor 3, and two variables. It ends
 * with its parent. What the kernel has is used: where a step that was asked for fails, nothing is started (exit code 126;
 * 127 where there is no such program). `--check` does it all, and instead of starting the program prints which steps
 * there were, as JSON.
 *
 * One exec and no fork, so that the process id is the program's own. No library beyond libc, nothing is allocated,
 * nothing is parsed but numbers and the start of the program. For Linux on x86-64 and 64-bit ARM.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#else
#error "launch knows x86-64 and 64-bit ARM"
#endif

enum { CANNOT = 126, NOT_FOUND = 127, FIRST_CLOSED = 4 };

static void give_up(int code, const char *what, const char *which) {
  dprintf(2, "launch: %s%s: %s\n", what, which, strerror(errno));
  _exit(code);
}

static void must(long result, const char *what) {
  if (result < 0) give_up(CANNOT, what, "");
}

/* --- the program ------------------------------------------------------------------------------------------------ */

/* Reads where the program's dynamic linker lies. What is static, or may be run and not read, has none. */
static void find_linker(const char *path, char linker[static 256]) {
  linker[0] = 0;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  Elf64_Ehdr head;
  if (pread(file, &head, sizeof head, 0) != sizeof head || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_ident[EI_CLASS] != ELFCLASS64) {
    errno = ENOEXEC;
    give_up(CANNOT, "not a program of this machine: ", path);
  }
  for (int i = 0; i < head.e_phnum; i++) {
    Elf64_Phdr part;
    if (pread(file, &part, sizeof part, (off_t)(head.e_phoff + i * sizeof part)) != sizeof part) break;
    if (part.p_type != PT_INTERP || part.p_filesz >= 256) continue;
    ssize_t got = pread(file, linker, part.p_filesz, (off_t)part.p_offset);
    linker[got > 0 ? got : 0] = 0;
  }
  close(file);
}

/* --- Landlock: which files (not in the headers of every system that has it) ------------------------------------- */

enum { EXECUTE = 1, WRITE_FILE = 2, READ_FILE = 4, READ_DIR = 8, MAKE_REG = 1 << 8, TRUNCATE = 1 << 14 };
struct ruleset { uint64_t files, net, scoped; };
struct beneath { uint64_t allowed; int32_t fd; } __attribute__((packed));

static long landlock_abi(void) { return syscall(444 /* create_ruleset */, NULL, 0, 1 /* version */); }

static void allow_beneath(int rules, int fd, uint64_t allowed) {
  struct beneath rule = {allowed, fd};
  if (fd < 0) return; /* not on this system: nothing to allow */
  must(syscall(445 /* add_rule */, rules, 1 /* path beneath */, &rule, 0), "Landlock rule");
}

static void allow_path(int rules, const char *path, uint64_t allowed) {
  allow_beneath(rules, open(path, O_PATH | O_CLOEXEC), allowed);
}

/* Everything is forbidden that this kernel can forbid, but what is listed. */
static int file_rules(long abi, int program, const char *linker) {
  static const uint64_t rights[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
  const long known = abi < 5 ? abi : 5;
  const uint64_t cut = abi >= 3 ? TRUNCATE : 0;
  struct ruleset all = {rights[known], abi >= 4 ? 3 /* TCP */ : 0, abi >= 6 ? 3 /* signals, abstract sockets */ : 0};
  const int rules = (int)syscall(444, &all, sizeof all, 0);
  must(rules, "Landlock");
  allow_path(rules, ".", READ_FILE | READ_DIR | WRITE_FILE | MAKE_REG | cut);
  allow_path(rules, "/dev/null", READ_FILE | WRITE_FILE | cut);
  allow_path(rules, "/dev/urandom", READ_FILE);
  allow_beneath(rules, program, EXECUTE | READ_FILE);
  if (linker[0] == 0) return rules;
  static const char *const libraries[] = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"};
  for (unsigned i = 0; i < sizeof libraries / sizeof *libraries; i++) allow_path(rules, libraries[i], READ_FILE | READ_DIR);
  allow_path(rules, linker, EXECUTE | READ_FILE);
  allow_path(rules, "/etc/ld.so.cache", READ_FILE);
  return rules;
}

/* --- seccomp: which system calls -------------------------------------------------------------------------------- */

static struct sock_filter code[512];
static unsigned length;

static void emit(unsigned op, unsigned char if_true, unsigned char if_false, uint32_t k) {
  code[length++] = (struct sock_filter){(uint16_t)op, if_true, if_false, k};
}
#define LOAD (BPF_LD | BPF_W | BPF_ABS)
#define IS (BPF_JMP | BPF_JEQ | BPF_K)
#define ANSWER (BPF_RET | BPF_K)
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
/* The low half of an argument; both machines keep it first. */
#define ARG(n) ((uint32_t)offsetof(struct seccomp_data, args[n]))

static void allow(uint32_t call) {
  emit(IS, 0, 1, call);
  emit(ANSWER, 0, 0, SECCOMP_RET_ALLOW);
}

/* Where `arg & mask` is `value`. */
static void allow_where(uint32_t call, int arg, uint32_t mask, uint32_t value) {
  emit(IS, 0, 5, call);
  emit(LOAD, 0, 0, ARG(arg));
  emit(BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
  emit(IS, 0, 1, value);
  emit(ANSWER, 0, 0, SECCOMP_RET_ALLOW);
  emit(ANSWER, 0, 0, REFUSE);
}

/* Where `arg` is one of the values. */
static void allow_one_of(uint32_t call, int arg, const uint32_t *values, unsigned char count) {
  emit(IS, 0, (unsigned char)(2 * count + 2), call);
  emit(LOAD, 0, 0, ARG(arg));
  for (unsigned char i = 0; i < count; i++) {
    emit(IS, 0, 1, values[i]);
    emit(ANSWER, 0, 0, SECCOMP_RET_ALLOW);
  }
  emit(ANSWER, 0, 0, REFUSE);
}

/* Starting a program: once, by us, who alone know where its name lies. Who guesses wrong is killed. */
static void allow_exec_of(const char *name) {
  const uint64_t place = (uintptr_t)name;
  emit(IS, 0, 6, __NR_execveat);
  emit(LOAD, 0, 0, ARG(1));
  emit(IS, 0, 3, (uint32_t)place);
  emit(LOAD, 0, 0, ARG(1) + 4);
  emit(IS, 0, 1, (uint32_t)(place >> 32));
  emit(ANSWER, 0, 0, SECCOMP_RET_ALLOW);
  emit(ANSWER, 0, 0, SECCOMP_RET_KILL_PROCESS);
}

static const uint16_t calls[] = {
    __NR_read, __NR_write, __NR_readv, __NR_writev, __NR_pread64, __NR_pwrite64, __NR_lseek, __NR_close, __NR_openat,
    __NR_fstat, __NR_newfstatat, __NR_statx, __NR_faccessat, __NR_ftruncate, __NR_fsync, __NR_fadvise64, __NR_getcwd,
    __NR_dup, __NR_dup3, __NR_pipe2, __NR_ppoll, __NR_pselect6, __NR_brk, __NR_munmap, __NR_mremap, __NR_madvise, __NR_mlock, __NR_munlock, __NR_futex,
    __NR_set_robust_list, __NR_set_tid_address, __NR_sched_yield, __NR_sched_getaffinity, __NR_sched_getparam,
    __NR_sched_getscheduler, __NR_getcpu, __NR_clock_gettime, __NR_clock_getres, __NR_clock_nanosleep, __NR_nanosleep,
    __NR_gettimeofday, __NR_times, __NR_getrusage, __NR_getpid, __NR_gettid, __NR_getppid, __NR_getuid, __NR_geteuid,
    __NR_getgid, __NR_getegid, __NR_uname, __NR_sysinfo, __NR_getrandom, __NR_rt_sigaction, __NR_rt_sigprocmask,
    __NR_rt_sigreturn, __NR_sigaltstack, __NR_restart_syscall, __NR_exit, __NR_exit_group, __NR_rseq,
#ifdef __x86_64__
    __NR_open, __NR_stat, __NR_lstat, __NR_access, __NR_dup2, __NR_pipe, __NR_poll, __NR_select, __NR_time, __NR_getrlimit,
    __NR_arch_prctl,
#endif
};

/* No socket, no process, no signal to others, no list of a folder, no change to a name, no privilege, nothing new. */
static void build_filter(const char *name, int is_static) {
  emit(LOAD, 0, 0, offsetof(struct seccomp_data, arch));
  emit(IS, 1, 0, THIS_ARCH);
  emit(ANSWER, 0, 0, SECCOMP_RET_KILL_PROCESS);
  emit(LOAD, 0, 0, offsetof(struct seccomp_data, nr));
  for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) allow(calls[i]);
  allow_where(__NR_mmap, 2, is_static ? PROT_EXEC : 0, 0);
  allow_where(__NR_mprotect, 2, is_static ? PROT_EXEC : 0, 0);
  /* Threads, no processes. */
  allow_where(__NR_clone, 0, CLONE_THREAD | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET, CLONE_THREAD);
  /* clone3, whose flags lie in memory, where no filter sees them, and whatever is newer: libc takes the older one. */
  emit(BPF_JMP | BPF_JGE | BPF_K, 0, 1, 435);
  emit(ANSWER, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
  allow_where(__NR_tgkill, 0, ~0u, (uint32_t)getpid()); /* abort() */
  allow_where(__NR_prlimit64, 0, ~0u, 0);
  allow_one_of(__NR_prctl, 0, (const uint32_t[]){PR_SET_NAME, PR_GET_NAME, 0x53564d41 /* PR_SET_VMA */}, 3);
  allow_one_of(__NR_ioctl, 1, (const uint32_t[]){0x5401 /* TCGETS */, 0x5413 /* TIOCGWINSZ */}, 2);
  allow_one_of(__NR_fcntl, 1, (const uint32_t[]){F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC}, 6);
  allow_exec_of(name);
  emit(ANSWER, 0, 0, REFUSE);
}

/* The name at an address that cannot be guessed, and that is gone after the exec. */
static const char *secret_place(const char *name) {
  uint64_t place;
  must(getrandom(&place, sizeof place, 0) == sizeof place ? 0 : -1, "getrandom");
  const uint64_t page = (1ull << 33) + (place & ((1ull << 38) - 1) & ~0xfffull);
  char *at = mmap((void *)(uintptr_t)page, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) give_up(CANNOT, "mmap", "");
  return strncpy(at + (place >> 52), name, 4096);
}

/* --- limits and powers ------------------------------------------------------------------------------------------ */

static void limit(int resource, uint64_t soft, uint64_t hard) {
  struct rlimit both = {soft, hard}, now;
  must(getrlimit(resource, &now), "getrlimit");
  if (both.rlim_max > now.rlim_max) both.rlim_max = now.rlim_max; /* a stricter one stays */
  if (both.rlim_cur > both.rlim_max) both.rlim_cur = both.rlim_max;
  must(setrlimit(resource, &both), "setrlimit");
}

static void become(uint32_t uid) {
  for (int power = 0; prctl(PR_CAPBSET_READ, power) >= 0; power++) prctl(PR_CAPBSET_DROP, power);
  must(setgroups(0, NULL), "setgroups");
  must(setresgid(uid, uid, uid), "setresgid");
  must(setresuid(uid, uid, uid), "setresuid");
}

static void drop_powers(void) {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0}};
  must(syscall(__NR_capset, &head, none), "capset");
}

int main(int argc, char **argv) {
  const pid_t parent = getppid();
  int check = 0, at = 1, has_uid = 0;
  uint64_t uid = 0, space = RLIM_INFINITY, file = RLIM_INFINITY, cpu = RLIM_INFINITY, threads = RLIM_INFINITY;
  const struct { const char *name; uint64_t *value; } options[] = {
      {"--uid", &uid}, {"--as", &space}, {"--fsize", &file}, {"--cpu", &cpu}, {"--nproc", &threads}};
  for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
    uint64_t *value = NULL;
    if (strcmp(argv[at], "--check") == 0) { check = 1; continue; }
    for (unsigned i = 0; i < sizeof options / sizeof *options; i++)
      if (strcmp(argv[at], options[i].name) == 0) value = options[i].value;
    char *end = NULL;
    if (value != NULL && at + 1 < argc) *value = strtoull(argv[++at], &end, 10);
    if (end == NULL || *end != 0 || end == argv[at]) {
      dprintf(2, "launch: what is %s?\n", argv[at]);
      return CANNOT;
    }
    has_uid |= value == &uid;
  }
  if (++at >= argc) {
    dprintf(2, "usage: launch [--check] [--uid N] [--as N] [--fsize N] [--cpu N] [--nproc N] -- PROGRAM [ARG…]\n");
    return CANNOT;
  }
  /* By its folder and its name in it: so it is found, and called by its name, from wherever we shall be. */
  const char *path = argv[at], *slash = strrchr(path, '/');
  static char place[4096];
  if (slash != NULL) memcpy(place, path, (size_t)(slash - path) + 1 < sizeof place ? (size_t)(slash - path) + 1 : 0);
  const int program = open(slash == NULL ? "" : path, O_PATH | O_CLOEXEC), folder = open(place, O_PATH | O_CLOEXEC);
  if (program < 0 || folder < 0) give_up(NOT_FOUND, "failed to execute ", path);
  char linker[256];
  find_linker(path, linker);

  for (int fd = FIRST_CLOSED; syscall(436 /* close_range */, fd, ~0u, 4 /* at exec */) < 0 && fd < 4096; fd++)
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  limit(RLIMIT_AS, space, space);
  limit(RLIMIT_FSIZE, file, file);
  limit(RLIMIT_CPU, cpu, cpu == RLIM_INFINITY ? cpu : cpu + 1); /* a signal that says why, then the end */
  limit(RLIMIT_NOFILE, 256, 256);
  limit(RLIMIT_CORE, 0, 0);
  /* Who wakes up waits until another one has done its part: FFmpeg's threads hand on one frame after the other, and took
     turns for each of them where cores are short. No protection, so it may fail. */
  sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});

  const long abi = landlock_abi();
  const int rules = abi > 0 ? file_rules(abi, program, linker) : -1;
  /* With its folder as the whole world, a static program sees no name of another file. Root can do that, and others
     where namespaces of users are allowed. */
  const int may_chroot = linker[0] == 0 && (geteuid() == 0 || unshare(CLONE_NEWUSER) == 0);
  const int alone = may_chroot && chroot(".") == 0;
  /* Counted by uid, so only where nobody else has it: one of its own, or a namespace (where a kernel counts in those). */
  if (has_uid || (geteuid() != 0 && alone && abi >= 2)) limit(RLIMIT_NPROC, threads, threads);
  if (has_uid) become((uint32_t)uid);
  drop_powers();
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
  must(prctl(PR_SET_PDEATHSIG, SIGKILL), "parent-death signal");
  if (getppid() != parent) return CANNOT; /* too late for that signal */
  if (rules >= 0) must(syscall(446 /* restrict_self */, rules, 0), "Landlock");

  const char *name = secret_place(slash + 1);
  build_filter(name, linker[0] == 0);
  const struct sock_fprog filter = {(unsigned short)length, code};
  /* Without the flag, kernels before 5.16 slow the whole program down, against an attack on secrets that it has not. */
  must(syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 1 << 2 /* SPEC_ALLOW */, &filter), "seccomp");

  if (check) {
    dprintf(1, "{\"ownUid\":%s,\"landlock\":%ld,\"chroot\":%s}\n", has_uid ? "true" : "false", abi > 0 ? abi : 0,
            alone ? "true" : "false");
    return 0;
  }
  static char variables[2][4096] = {"LC_ALL=C", "PATH="};
  const char *search = getenv("PATH");
  if (search != NULL) strncat(variables[1], search, sizeof variables[1] - 6);
  char *const environment[] = {variables[0], variables[1], NULL};
  syscall(__NR_execveat, folder, name, argv + at, environment, 0);
  give_up(CANNOT, "failed to execute ", path);
}
