/*
 * The first and only program of a machine of 64-bit ARM that `run.sh` has QEMU make: starts ../hostile.c in the launcher,
 * as the worker does, once as root and once as a user, with what it would like to reach around it, and once without the
 * launcher; then FFmpeg, if it was given one. Its lines are those of hostile.c, behind `root`, `user` or `bare`. Then it
 * turns the machine off.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USER = 65533, PORT = 4000 };
static const char *const formats[] = {"mp3", "flac", "ogg", "opus", "m4a", "wav"};

static void must(long result, const char *what) {
  if (result >= 0) return;
  printf("init: %s: %s\n", what, strerror(errno));
  reboot(RB_POWER_OFF);
}

/* A folder of an attempt, with a source, as whoever it is made for. */
static void make_attempt(const char *folder, uid_t owner, const char *source) {
  char path[256];
  mkdir(folder, 0700);
  snprintf(path, sizeof path, "%s/in", folder);
  const int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), in = source == NULL ? -1 : open(source, O_RDONLY);
  char bytes[65536] = "a source";
  if (in < 0) must(write(out, bytes, 8), path);
  for (ssize_t got; in >= 0 && (got = read(in, bytes, sizeof bytes)) > 0;) must(write(out, bytes, (size_t)got), path);
  must(fchown(out, owner, owner), path);
  close(out);
  close(in);
  must(chown(folder, owner, owner), folder);
}

static int server(int family, const void *address, socklen_t size) {
  const int it = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  must(it, "socket");
  must(bind(it, address, size), "bind");
  must(listen(it, 9), "listen");
  return it;
}

static int has_launcher = 1;

/* Starts a program in the launcher. @param out where its output goes; the worker has two descriptors more. */
static pid_t start(uid_t uid, const char *folder, int in, int out, const char *cpu, char *const words[]) {
  const pid_t child = fork();
  if (child > 0) return child;
  char own[16], *argv[64] = {"/launch", "--as", "2000000000", "--fsize", "1000000", "--cpu", (char *)cpu, "--nproc", "64"};
  int count = 9;
  snprintf(own, sizeof own, "%u", uid);
  if (uid != USER) argv[count++] = "--uid", argv[count++] = own;
  argv[count++] = "--";
  if (!has_launcher) count = 0;
  while (*words != NULL) argv[count++] = *words++;
  argv[count] = NULL;
  char *const environment[] = {"PATH=/bin", "AWS_SECRET_ACCESS_KEY=secret", NULL};
  dup2(in, 0);
  dup2(out, 1);
  for (int fd = 3; fd < 6; fd++) dup2(open("/dev/null", O_RDWR), fd);
  must(chdir(folder), folder);
  if (uid == USER) {
    setgroups(0, NULL);
    must(setresgid(USER, USER, USER), "setresgid");
    must(setresuid(USER, USER, USER), "setresuid");
  }
  execve(argv[0], argv, environment);
  _exit(125);
}

static int end_of(pid_t child) {
  int status;
  must(waitpid(child, &status, 0), "waitpid");
  return status;
}

static void tell(const char *who, const char *name, int refused, int status) {
  printf("%s\t%s\t%s\tstatus %#x\n", who, name, refused ? "refused" : "GRANTED", status);
}

static int accepts(int server) { return accept(server, NULL, NULL) >= 0; }

static void try_as(const char *who, uid_t uid, uid_t neighbours_uid) {
  char attempt[64], neighbours[64], neighbours_file[80], pid[16], neighbour[16], line[1024];
  snprintf(attempt, sizeof attempt, "/work/attempt-%s", who);
  snprintf(neighbours, sizeof neighbours, "/work/neighbour-%s", who);
  snprintf(neighbours_file, sizeof neighbours_file, "%s/in", neighbours);
  make_attempt(attempt, uid, NULL);
  make_attempt(neighbours, neighbours_uid, NULL);
  struct sockaddr_in service = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/socket"};
  unlink("/socket");
  const int servers[] = {server(AF_INET, &service, sizeof service), server(AF_UNIX, &local, sizeof local)};
  chmod("/socket", 0777);

  int from[2], to[2], said[2];
  must(pipe2(from, O_CLOEXEC) | pipe2(to, O_CLOEXEC), "pipe");
  const pid_t stays = start(neighbours_uid, neighbours, to[0], from[1], "60", (char *[]){"/hostile", "wait", NULL});
  must(read(from[0], line, 1) - 1, "the neighbour");

  snprintf(pid, sizeof pid, "%d", getpid());
  snprintf(neighbour, sizeof neighbour, "%d", stays);
  must(pipe2(said, O_CLOEXEC), "pipe");
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  char *const try[] = {"/hostile", "try", pid, neighbour, "/object", neighbours_file, "4000", "/socket", NULL};
  const pid_t tries = start(uid, attempt, null, said[1], "1", try);
  close(said[1]);
  FILE *lines = fdopen(said[0], "r");
  while (fgets(line, sizeof line, lines) != NULL) printf("%s\t%s", who, line);
  fclose(lines);
  printf("%s: the program ended with status %#x\n", who, end_of(tries));

  static const struct { const char *name, *how; int is_exit, end, or; } fatal[] = {
      {"another program", "exec", 1, 3, 3},
      {"another program, by a guess where the name of the first one lay", "guess-exec", 0, SIGSYS, SIGSYS},
      {"more processor time than it was given", "burn", 0, SIGXCPU, SIGKILL}};
  for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++) {
    if (!has_launcher) break; /* nothing would end them */
    const int status = end_of(start(uid, attempt, null, null, "1", (char *[]){"/hostile", (char *)fatal[i].how, NULL}));
    const int end = fatal[i].is_exit ? WEXITSTATUS(status) : WTERMSIG(status);
    tell(who, fatal[i].name, WIFEXITED(status) == fatal[i].is_exit && (end == fatal[i].end || end == fatal[i].or), status);
  }
  tell(who, "seen from outside: a connection", !accepts(servers[0]) && !accepts(servers[1]), 0);
  tell(who, "seen from outside: another attempt ended", waitpid(stays, NULL, WNOHANG) == 0, 0);
  kill(stays, SIGKILL);
  end_of(stays);
  close(servers[0]);
  close(servers[1]);
  if (!has_launcher) return;
  fflush(stdout);
  const pid_t check = fork();
  if (check == 0) {
    if (uid == USER) must(setresgid(USER, USER, USER) | setresuid(USER, USER, USER), "setresuid");
    must(chdir(attempt), attempt);
    execl("/launch", "/launch", "--check", uid == USER ? "--as" : "--uid", uid == USER ? "2000000000" : "1879048193", "--", "/hostile", NULL);
    _exit(125);
  }
  end_of(check);
}

/* One conversion into each format, as the worker has them made. */
static void convert_as(const char *who, uid_t uid) {
  char folder[64], name[16], path[96];
  struct stat made;
  snprintf(folder, sizeof folder, "/work/convert-%s", who);
  make_attempt(folder, uid, "/in.wav");
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
    snprintf(name, sizeof name, "out.%s", formats[i]);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const int status = end_of(start(uid, folder, null, null, "60", (char *[]){"/ffmpeg", "-nostdin", "-v", "error", "-y", "-i", "in", name, NULL}));
    const long size = stat(path, &made) == 0 ? (long)made.st_size : -1;
    printf("%s\tconversion to %s\t%s\tstatus %#x, %ld bytes\n", who, formats[i], status == 0 && size > 0 ? "made" : "NOT MADE", status, size);
  }
}

int main(void) {
  mkdir("/proc", 0755), mkdir("/dev", 0755), mkdir("/tmp", 01777), mkdir("/work", 0711);
  must(mount("proc", "/proc", "proc", 0, NULL), "/proc");
  must(mount("dev", "/dev", "devtmpfs", 0, NULL), "/dev");
  chmod("/tmp", 01777), mkdir("/dev/shm", 01777), chmod("/dev/shm", 01777);
  const int console = open("/dev/console", O_RDWR);
  dup2(console, 0), dup2(console, 1), dup2(console, 2);
  fcntl(console, F_SETFD, FD_CLOEXEC);
  setlinebuf(stdout);
  signal(SIGPIPE, SIG_IGN);
  const int object = open("/object", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  must(write(object, "an object", 9), "/object");
  close(object);
  /* Loopback is down on a machine that has just begun. */
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  ioctl(any, SIOCSIFFLAGS, &loopback);
  struct utsname machine;
  uname(&machine);
  printf("machine\t%s %s\n", machine.machine, machine.release);
  try_as("root", 0x70000001, 0x70000002);
  try_as("user", USER, USER);
  /* Without it the table has to tell another story. */
  has_launcher = 0;
  try_as("bare", USER, USER);
  has_launcher = 1;
  if (access("/ffmpeg", X_OK) == 0) convert_as("root", 0x70000003), convert_as("user", USER);
  printf("init: over\n");
  sync();
  reboot(RB_POWER_OFF);
}
