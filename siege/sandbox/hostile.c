/*
 * What runs in FFmpeg's place once a decoder was taken over: tries everything that it has no business with, and tells what
 * was granted. Nothing of it does harm where it is granted. Linked statically, as the real program is.
 *
 *   hostile try PARENT NEIGHBOUR FOREIGN_FILE NEIGHBOURS_FILE PORT UNIX_SOCKET
 *   hostile wait                                  the neighbour: says a word and stays
 *   hostile exec                                  ends with 3 when it could not become another program
 *   hostile burn | guess-exec | old-syscalls      what is ended, if the sandbox holds
 *
 * A line for each attempt: name, tab, `refused` or `GRANTED`, tab, why.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

extern char **environ;
enum { REFUSED = 3 };

static void told(const char *name, int refused) {
  printf("%s\t%s\t%s\n", name, refused ? "refused" : "GRANTED", refused && errno ? strerror(errno) : "");
  fflush(stdout);
  errno = 0;
}
#define TRY(name, call) told(name, (errno = 0, (long)(call) < 0))

static int reads(const char *path) {
  char byte;
  int file = open(path, O_RDONLY | O_NONBLOCK);
  if (file < 0) return -1;
  ssize_t got = read(file, &byte, 1);
  close(file);
  return got < 0 ? -1 : 0;
}

static int lists(const char *path) {
  DIR *folder = opendir(path);
  if (folder == NULL) return -1;
  errno = 0;
  int found = readdir(folder) != NULL;
  closedir(folder);
  return found ? 0 : -1;
}

static int makes(const char *path) {
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (file < 0) return -1;
  close(file);
  unlink(path);
  return 0;
}

static const char *of_process(int pid, const char *what) {
  static char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
  return path;
}

static const char *named(const char *folder, int parent) {
  static char path[64];
  snprintf(path, sizeof path, "%s/wavefleet-hostile.%d", folder, parent);
  return path;
}

static void sockets(int port, const char *unix_path) {
  static const struct { const char *name; int family, type; } kinds[] = {
      {"IPv4", AF_INET, SOCK_STREAM},      {"IPv4 datagrams", AF_INET, SOCK_DGRAM}, {"IPv6", AF_INET6, SOCK_STREAM},
      {"local", AF_UNIX, SOCK_STREAM},     {"netlink", AF_NETLINK, SOCK_RAW},       {"raw packets", AF_PACKET, SOCK_RAW},
      {"raw IPv4", AF_INET, SOCK_RAW},     {"virtual machines", AF_VSOCK, SOCK_STREAM},
      {"kernel ciphers", AF_ALG, SOCK_SEQPACKET}};
  char name[80];
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    snprintf(name, sizeof name, "socket: %s", kinds[i].name);
    TRY(name, socket(kinds[i].family, kinds[i].type, 0));
  }
  int pair[2];
  TRY("socket: a pair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  int inet = socket(AF_INET, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_in service = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_un path = {.sun_family = AF_UNIX};
  strncpy(path.sun_path, unix_path, sizeof path.sun_path - 1);
  TRY("connect: a service of this machine (Redis, API, emulator)", connect(inet, (void *)&service, sizeof service));
  TRY("connect: a local socket", connect(local, (void *)&path, sizeof path));
  /* With no socket there is no way to these addresses; with one, no packet is sent from a test. */
  TRY("connect: 169.254.169.254, the metadata of the machine", inet);
  TRY("connect: 169.254.170.2, the credentials of the task", inet);
  struct iovec bytes = {"x", 1};
  char space[CMSG_SPACE(sizeof(int))] = {0};
  struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  *head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(head), &(int){0}, sizeof(int));
  TRY("a descriptor sent to the worker through stderr", sendmsg(2, &message, 0));
}

static void files(int parent, int neighbour, const char *foreign, const char *neighbours_file) {
  char beside[4096];
  TRY("read: /etc/passwd", reads("/etc/passwd"));
  TRY("read: a file of the fleet", reads(foreign));
  TRY("read: another attempt's source", reads(neighbours_file));
  TRY("read: another attempt's source, by its process", reads(of_process(neighbour, "cwd/in")));
  TRY("read: the worker's environment", reads(of_process(parent, "environ")));
  TRY("read: the worker's memory", open(of_process(parent, "mem"), O_RDWR));
  TRY("read: another attempt's memory", open(of_process(neighbour, "mem"), O_RDWR));
  TRY("read: another attempt's command", reads(of_process(neighbour, "cmdline")));
  TRY("read: connections of the machine", reads("/proc/net/tcp"));
  TRY("read: by way of /proc/self/root", reads("/proc/self/root/etc/passwd"));
  TRY("read: the kernel's log", syscall(__NR_syslog, 10, NULL, 0));
  TRY("list: processes", lists("/proc"));
  TRY("list: the folder above", lists(".."));
  TRY("list: /tmp", lists("/tmp"));
  TRY("open by handle", syscall(__NR_open_by_handle_at, AT_FDCWD, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", O_RDONLY));
  TRY("write: /tmp", makes(named("/tmp", parent)));
  TRY("write: beside another attempt's source", makes(strcat(strcpy(beside, neighbours_file), ".new")));
  TRY("write: /dev/shm", makes(named("/dev/shm", parent)));
  TRY("write: a file of the fleet", open(foreign, O_WRONLY));
  TRY("write: another attempt's source", open(neighbours_file, O_WRONLY));
  TRY("a symbolic link in its folder", symlink("/etc/passwd", "link"));
  TRY("a hard link in its folder", linkat(AT_FDCWD, foreign, AT_FDCWD, "hard", 0));
  TRY("a pipe in its folder", mknod("pipe", S_IFIFO | 0600, 0));
  TRY("a folder in its folder", mkdir("folder", 0700));
  TRY("another name for a file", rename("in", "elsewhere"));
  TRY("a file removed", unlink("elsewhere"));
  TRY("a program with the setuid bit", chmod(".", 04777));
  TRY("another owner", chown(".", 0, 0));
  TRY("another time", utimensat(AT_FDCWD, ".", NULL, 0));
  TRY("an attribute", setxattr(".", "user.x", "x", 1, 0));
  TRY("watch files", syscall(__NR_inotify_init1, 0));
}

static long as_fork(unsigned long flags) {
  long child = syscall(__NR_clone, flags, NULL, NULL, NULL, NULL);
  if (child == 0) _exit(0);
  if (child > 0) waitpid((pid_t)child, NULL, 0);
  return child;
}

static void processes(int parent, int neighbour) {
  struct rlimit same;
  char byte;
  struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
  uint64_t clone3[11] = {0};
  clone3[4] = SIGCHLD;
  TRY("a process: fork", as_fork(SIGCHLD));
  TRY("a process: in a network of its own", as_fork(SIGCHLD | CLONE_NEWUSER | CLONE_NEWNET));
  long child = syscall(435 /* clone3 */, clone3, sizeof clone3);
  if (child == 0) _exit(0);
  TRY("a process: clone3", child);
  TRY("see that the worker lives", kill(parent, 0));
  TRY("see that another attempt lives", kill(neighbour, 0));
  TRY("signal everybody", kill(-1, 0));
  TRY("signal another attempt's thread", syscall(__NR_tgkill, neighbour, neighbour, 0));
  TRY("signal another attempt with a value", syscall(__NR_rt_sigqueueinfo, neighbour, 0, &(siginfo_t){.si_code = SI_QUEUE}));
  TRY("signal by input and output", fcntl(0, F_SETOWN, parent));
  TRY("hold on to another process", syscall(434 /* pidfd_open */, neighbour, 0));
  TRY("trace the worker", ptrace(PTRACE_SEIZE, parent, NULL, NULL));
  TRY("trace another attempt", ptrace(PTRACE_SEIZE, neighbour, NULL, NULL));
  TRY("another attempt's memory, copied", syscall(__NR_process_vm_readv, neighbour, &here, 1, &there, 1, 0));
  TRY("another attempt's memory, changed", syscall(__NR_process_vm_writev, neighbour, &here, 1, &there, 1, 0));
  TRY("another attempt's limits", prlimit(neighbour, RLIMIT_NOFILE, NULL, &same));
  TRY("another attempt's priority", setpriority(PRIO_PROCESS, (id_t)neighbour, 19));
  TRY("another attempt's processors", sched_setaffinity(neighbour, sizeof(cpu_set_t), &(cpu_set_t){{~0ul}}));
  TRY("another attempt's scheduling", sched_setscheduler(neighbour, SCHED_BATCH, &(struct sched_param){0}));
  TRY("compare with another attempt", syscall(__NR_kcmp, getpid(), neighbour, 2, 0, 0));
  TRY("memory shared by a number", syscall(__NR_shmget, 0, 4096, 0600 | 01000));
  TRY("messages by a number", syscall(__NR_msgget, 0, 0600 | 01000));
  TRY("a queue by name", syscall(__NR_mq_open, "hostile", O_RDONLY, 0, NULL));
}

static void powers(void) {
  char host[65] = "";
  struct { uint32_t version; int pid; } head = {0x20080522, 0};
  uint32_t all[6] = {~0u, ~0u, 0, ~0u, ~0u, 0};
  gethostname(host, sizeof host - 1);
  TRY("become root", setresuid(0, 0, 0));
  TRY("become root's group", setresgid(0, 0, 0));
  TRY("become a member of a group", syscall(__NR_setgroups, 1, &(gid_t){0}));
  TRY("a user again that may be root", setresuid(1000, 1000, 1000));
  TRY("capabilities", syscall(__NR_capset, &head, all));
  TRY("a user namespace", unshare(CLONE_NEWUSER));
  TRY("a network namespace", unshare(CLONE_NEWNET));
  TRY("a mount namespace", unshare(CLONE_NEWNS));
  TRY("enter a namespace", setns(open("/proc/1/ns/net", O_RDONLY), 0));
  TRY("mount", mount("none", ".", "tmpfs", 0, NULL));
  TRY("unmount", umount2("/proc/sys/fs/binfmt_misc", MNT_DETACH | UMOUNT_NOFOLLOW));
  TRY("change the root", chroot("."));
  TRY("another host name", sethostname(host, strlen(host)));
  TRY("a program in the kernel (bpf)", syscall(__NR_bpf, 0, (uint64_t[16]){1, 4, 4, 1}, 72));
  TRY("a key", syscall(__NR_add_key, "user", "hostile", "x", 1, -1));
  TRY("keys", syscall(__NR_keyctl, 0, -1, 1));
  TRY("io_uring", syscall(425, 4, (uint32_t[30]){0}));
  TRY("page faults handled (userfaultfd)", syscall(__NR_userfaultfd, 1));
  TRY("measure others (perf)", syscall(__NR_perf_event_open, (uint32_t[32]){1, 128}, 0, -1, -1, 0));
  TRY("load a module", syscall(__NR_init_module, "", 0, ""));
  TRY("no random addresses (personality)", personality(0x0040000));
  TRY("a file in memory, to run it", syscall(__NR_memfd_create, "hostile", 0));
  TRY("outlive the worker", prctl(PR_SET_PDEATHSIG, 0));
  TRY("be dumped", prctl(PR_SET_DUMPABLE, 1));
  TRY("a subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1));
  TRY("another filter", syscall(__NR_seccomp, 0, 1, NULL));
  TRY("type on the terminal", ioctl(0, TIOCSTI, "x"));
  TRY("new code in memory", mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
  TRY("code where data was", mprotect((void *)((uintptr_t)host & ~0xffful), 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
}

static void *sleeps(void *unused) {
  while (sleep(60) == 0) continue;
  return unused;
}

static int above(int resource) {
  struct rlimit now;
  if (getrlimit(resource, &now) < 0) return 0;
  if (resource == RLIMIT_CORE && now.rlim_cur > 0) return 0;
  if (resource != RLIMIT_CORE && now.rlim_max == RLIM_INFINITY) return 0;
  now.rlim_cur = now.rlim_max = RLIM_INFINITY;
  return setrlimit(resource, &now);
}

static void limits(void) {
  char name[80];
  static const struct { const char *name; int resource; } kinds[] = {
      {"memory", RLIMIT_AS}, {"file size", RLIMIT_FSIZE}, {"processor time", RLIMIT_CPU}, {"core files", RLIMIT_CORE},
      {"descriptors", RLIMIT_NOFILE}};
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    snprintf(name, sizeof name, "a higher limit: %s", kinds[i].name);
    TRY(name, above(kinds[i].resource));
  }
  TRY("64 GB of memory", mmap(NULL, 64ull << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED ? -1 : 0);
  signal(SIGXFSZ, SIG_IGN);
  int file = open("large", O_WRONLY | O_CREAT, 0600);
  TRY("a file of 1 TB", ftruncate(file, 1ll << 40));
  close(file);
  int open_files = 0;
  while (open_files < 1000 && dup(0) >= 0) open_files++;
  told("1,000 descriptors", open_files < 1000);
  for (int fd = 4; fd < 4096; fd++) close(fd);
  int threads = 0;
  pthread_t thread;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  while (threads < 5000 && (errno = pthread_create(&thread, &small, sleeps, NULL)) == 0) threads++;
  told("5,000 threads", threads < 5000);
}

static void inherited(void) {
  int variables = 0, descriptors = 0;
  for (char **each = environ; *each != NULL; each++)
    variables += strncmp(*each, "PATH=", 5) != 0 && strncmp(*each, "LC_ALL=", 7) != 0;
  for (int fd = 4; fd < 1024; fd++) descriptors += fcntl(fd, F_GETFD) >= 0;
  errno = 0;
  told("inherited: a variable of the worker", variables == 0);
  told("inherited: a descriptor of the worker", descriptors == 0);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "wait") == 0) {
    char byte;
    if (write(1, "x", 1) == 1) return (int)read(0, &byte, 1);
  }
  if (strcmp(what, "burn") == 0)
    for (volatile unsigned long i = 0;; i++) continue;
  char *const nothing[] = {NULL};
  if (strcmp(what, "exec") == 0) return execve("/bin/true", nothing, nothing) < 0 ? REFUSED : 0;
  if (strcmp(what, "guess-exec") == 0) return syscall(__NR_execveat, AT_FDCWD, "/bin/true", nothing, nothing, 0) < 0 ? 4 : 0;
  if (strcmp(what, "old-syscalls") == 0) {
#ifdef __x86_64__
    long answer;
    __asm__ volatile("int $0x80" : "=a"(answer) : "a"(20 /* getpid of 32-bit programs */) : "memory");
    return answer > 0 ? 0 : 4;
#else
    raise(SIGSYS);
#endif
  }
  if (strcmp(what, "-version") == 0) return 0; /* as the worker asks FFmpeg, once */
  if (strcmp(what, "try") != 0 || argc != 8) return 2;
  const int parent = atoi(argv[2]), neighbour = atoi(argv[3]);
  inherited();
  sockets(atoi(argv[6]), argv[7]);
  files(parent, neighbour, argv[4], argv[5]);
  processes(parent, neighbour);
  powers();
  limits();
  return 0;
}
