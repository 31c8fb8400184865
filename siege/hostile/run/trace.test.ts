/** What is read out of strace's words. */
import { expect, test } from 'vitest';
import { readTrace } from './trace.ts';

test('of FFmpeg alone, with its threads: sockets, and what lies outside its folder and its libraries', () => {
  const text = [
    '10 openat(AT_FDCWD, "/root/settings", O_RDONLY) = 3',
    '10 socket(AF_INET, SOCK_STREAM, 0) = 4',
    '11 execve("/usr/bin/setpriv", ["setpriv"], 0x1) = 0',
    '11 openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3',
    '11 execve("/usr/local/bin/ffmpeg", ["ffmpeg"], 0x1) = -1 ENOENT (No such file)',
    '11 execve("/usr/bin/ffmpeg", ["ffmpeg"], 0x1) = 0',
    '11 openat(AT_FDCWD, "/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY) = 3',
    '11 openat(AT_FDCWD, "in", O_RDONLY) = 3',
    '11 clone3({flags=CLONE_VM}, 88) = 12',
    '12 openat(AT_FDCWD, "../secret", O_RDONLY) = -1 ENOENT (No such file)',
    '12 open("/proc/self/environ", O_RDONLY <unfinished ...>',
    // As the launcher of the sandbox starts it.
    '13 execveat(4, "ffprobe", ["ffprobe"], 0x1, 0) = 0',
    '13 openat(AT_FDCWD, "/etc/shadow", O_RDONLY) = -1 EACCES (Permission denied)',
    '12 connect(3, {sa_family=AF_INET}, 16) = -1 EACCES (Permission denied)',
  ].join('\n');
  expect(readTrace(text)).toEqual({
    runs: 2,
    sockets: 1,
    foreign: ['../secret', '/proc/self/environ', '/etc/shadow'],
  });
});
