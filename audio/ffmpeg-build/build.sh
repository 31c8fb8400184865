#!/bin/sh
# Builds the audio-only FFmpeg of wavefleet: `build.sh OUT` leaves OUT/ffmpeg, OUT/ffprobe, OUT/sbom.json, the licences
# and the launcher of the sandbox (../sandbox). What goes in is named in components.ts and sources.txt. Needs gcc, make, nasm, cmake,
# pkg-config, curl, xz, patch.
#
# Built in a folder whose path is always the same, with a fixed time in place of now: the same compiler makes the same
# bytes of it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "${1:?usage: build.sh OUT}" && cd "$1" && pwd)
# Mirrors of Debian: those of this machine's apt, then those that somebody named.
mirrors="$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | sort -u) ${DEBIAN_MIRRORS:-}"
other="Name mirrors in DEBIAN_MIRRORS, with blanks between them, each by the address that pool/ lies below. Debian's mirrors drop a release when there is a newer one; its archive of snapshots keeps all"
[ "$mirrors" != ' ' ] || { echo "Nothing says where Debian's sources are: apt knows no mirror here. $other." >&2; exit 2; }
work=/tmp/wavefleet-ffmpeg-build
prefix=$work/prefix
export SOURCE_DATE_EPOCH=1767225600 LC_ALL=C TZ=UTC
export CFLAGS="-O3 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$work=."
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig PKG_CONFIG_PATH=
jobs=$(nproc)

for tool in gcc make nasm cmake pkg-config curl xz patch node; do
  command -v "$tool" >/dev/null || {
    echo "$tool is missing. On Debian and Ubuntu: apt-get install gcc make libc6-dev nasm cmake pkg-config curl xz-utils patch" >&2
    exit 2
  }
done

# By itself and first: within the command that configures it would fail unseen, and all of FFmpeg would be built.
components=$(node "$here/components.ts" configure) || {
  echo 'node could not say what goes in, see above: it has to be 24 or newer.' >&2
  exit 2
}

mkdir "$work" || { echo "$work is there: another build is under way, or one was broken off. Remove it, then try again." >&2; exit 2; }
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$prefix" "$work/downloads"

fetch() { # NAME SHA256 PATH: the checked source, unpacked in $work/NAME
  archive=$work/downloads/$(basename "$3")
  for mirror in $mirrors; do
    curl --fail --silent --location --retry 2 --max-time 300 --output "$archive" "${mirror%/}/pool/main/$3" && break
  done
  [ -s "$archive" ] || { echo "pool/main/$3 is at none of these:" $mirrors ". $other." >&2; exit 1; }
  echo "$2  $archive" | sha256sum --check --status || { echo "$3 is not what sources.txt says" >&2; exit 1; }
  mkdir "$work/$1"
  tar --extract --file "$archive" --directory "$work/$1" --strip-components=1
}

logged() { # what is built says much; it is shown when it fails
  "$@" >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; exit 1; }
}

autotools() { # NAME ARG…
  cd "$work/$1"
  shift
  logged ./configure --prefix="$prefix" --disable-shared --enable-static --disable-dependency-tracking "$@"
  logged make -j "$jobs"
  logged make install
}

# As autotools, and a second time for CPUs with AVX2: unlike FFmpeg, LAME and Vorbis do not choose code by the CPU
# themselves. What begins with API is what FFmpeg calls.
by_cpu() { # API NAME ARG…
  api=$1
  shift
  autotools "$@"
  # Not on ARM, nor by a GCC before 12, which has no name for these CPUs.
  echo 'int main(void) { return __builtin_cpu_supports("x86-64-v3"); }' |
    gcc -march=x86-64-v3 -x c -c -o "$work/can.o" - 2>/dev/null || return 0
  logged make distclean
  (prefix=$work/fast-$1 CFLAGS="$CFLAGS -march=x86-64-v3" && export CFLAGS && autotools "$@")
  logged "$here/by-cpu.sh" "$api" "$prefix/lib" "$work/fast-$1/lib"
}

while read -r name release sum path; do
  case $name in '#'* | '') continue ;; esac
  echo "$name $release" >&2
  fetch "$name" "$sum" "$path"
  case $name in
    # As its own --enable-expopt has it, but for infinities: what hostile sound comes to is computed as it should be.
    lame) (CFLAGS="$CFLAGS -ffast-math -fno-finite-math-only" && by_cpu lame_ lame --disable-frontend --disable-decoder) ;;
    libogg) autotools libogg ;;
    libvorbis) by_cpu vorbis_ libvorbis --disable-oggtest --disable-docs --disable-examples ;;
    opus) autotools opus --disable-doc --disable-extra-programs ;;
    libsoxr)
      logged cmake -S "$work/libsoxr" -B "$work/libsoxr/out" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" \
        -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF -DWITH_OPENMP=OFF -DBUILD_TESTS=OFF -DWITH_LSR_BINDINGS=OFF \
        -DCMAKE_POLICY_VERSION_MINIMUM=3.5
      logged make -C "$work/libsoxr/out" -j "$jobs" install
      ;;
    zlib)
      cd "$work/zlib"
      logged ./configure --prefix="$prefix" --static
      logged make -j "$jobs" libz.a
      logged make install
      ;;
    ffmpeg)
      cd "$work/ffmpeg"
      # One that does not fit exactly any more has to be looked at: the release may have it.
      for patch in "$here"/patches/*; do logged patch --strip=1 --fuzz=0 --input="$patch"; done
      logged ./configure --extra-cflags="$CFLAGS -I$prefix/include" --extra-ldflags="-static -L$prefix/lib" \
        --extra-libs=-lm --pkg-config-flags=--static $components
      logged make -j "$jobs" ffmpeg ffprobe
      strip ffmpeg ffprobe
      install -m 0755 ffmpeg ffprobe "$out/"
      ;;
  esac
done <"$here/sources.txt"

mkdir -p "$out/licences"
install -m 0644 "$work/ffmpeg/COPYING.LGPLv2.1" "$out/licences/ffmpeg-and-lame"
install -m 0644 "$work/libsoxr/LICENCE" "$out/licences/libsoxr"
install -m 0644 "$work/zlib/LICENSE" "$out/licences/zlib"
for name in libogg libvorbis opus; do install -m 0644 "$work/$name/COPYING" "$out/licences/$name"; done
node "$here/components.ts" check "$out"
node "$here/components.ts" sbom "$out" >"$out/sbom.json"
"$here/../sandbox/build.sh" "$out/launch"
"$out/ffmpeg" -version | head -n 1
sha256sum "$out/ffmpeg" "$out/ffprobe" "$out/launch"
