#!/bin/sh
# Builds the launcher, which takes less than a second: `build.sh FILE`. Needs a C compiler and Linux, and no more.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
file=${1:?usage: build.sh FILE}
mkdir -p "$(dirname "$file")"
# Under another name first: whoever starts a worker meanwhile finds the old one, or the whole new one.
${CC:-cc} -std=gnu17 -O2 -Wall -Wextra -Werror -static -s -fstack-protector-strong -D_FORTIFY_SOURCE=2 \
  -ffile-prefix-map="$here"=. -o "$file.$$" "$here/launch.c"
chmod 0755 "$file.$$"
mv "$file.$$" "$file"
