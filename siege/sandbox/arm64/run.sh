#!/bin/sh
# What `npm run sandbox` tries, on 64-bit ARM, where the machine at hand is none: `run.sh KERNEL [FFMPEG WAV]`.
#
# The launcher and the hostile program are compiled for ARM, and a whole machine is emulated with a real kernel of that
# kind in it, since it is the kernel that has to refuse: qemu-user, which only translates a program, knows no seccomp and
# no Landlock, and the launcher rightly starts nothing there. KERNEL: the vmlinuz of Debian's linux-image-arm64, out of the
# package (dpkg-deb --extract). FFMPEG: a static one for ARM; it converts WAV into a few formats.
#
# Needs gcc-aarch64-linux-gnu, qemu-system-arm and cpio, and no privilege. Takes about a minute.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernel=${1:?usage: run.sh KERNEL [FFMPEG WAV]}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$root/files"

CC=aarch64-linux-gnu-gcc "$here/../../../audio/sandbox/build.sh" "$root/files/launch"
aarch64-linux-gnu-gcc -O1 -static -pthread -w -o "$root/files/hostile" "$here/../hostile.c"
aarch64-linux-gnu-gcc -O1 -static -Wall -Wextra -Werror -o "$root/files/init" "$here/init.c"
if [ $# -ge 3 ]; then
  cp "$2" "$root/files/ffmpeg"
  cp "$3" "$root/files/in.wav"
  chmod 0755 "$root/files/ffmpeg"
  chmod 0644 "$root/files/in.wav"
fi
chmod 0755 "$root/files"
(cd "$root/files" && find . | cpio --quiet -o -H newc -R 0:0) >"$root/initrd"

timeout 600 qemu-system-aarch64 -machine virt -cpu max -smp 2 -m 2048 -nodefaults -no-reboot -serial file:"$root/said" -display none \
  -kernel "$kernel" -initrd "$root/initrd" -append 'console=ttyAMA0 quiet panic=-1'
tr -d '\r' <"$root/said"
grep -q '^init: over' "$root/said" || { echo 'the machine broke off' >&2; exit 1; }
awk -F'\t' '$1 == "bare" { bare += $3 == "GRANTED"; next } $3 == "refused" { refused++ } $3 == "GRANTED" { granted++ }
  $3 == "made" { made++ } $3 == "NOT MADE" { missing++ }
  END { printf "sandbox %d/%d attempts refused; without the launcher %d were granted; conversions %d/%d\n",
          refused, refused + granted, bare, made, made + missing
        exit granted + missing > 0 || bare == 0 }' "$root/said"
