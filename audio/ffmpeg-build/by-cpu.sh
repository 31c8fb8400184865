#!/bin/sh
# Joins two builds of the same static libraries: `by-cpu.sh API PLAIN FAST` puts the objects of FAST/*.a into PLAIN's
# libraries of the same names. Whoever calls a function whose name begins with API gets the one of FAST where the CPU is
# of x86-64-v3 (AVX2, FMA, BMI), and that of PLAIN elsewhere: the program asks it once, when it starts (GNU indirect functions).
set -eu
api=${1:?usage: by-cpu.sh API PLAIN FAST} plain=$2 fast=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Name and kind of all that others can see, of all these libraries at once: they call each other.
nm --extern-only --defined-only --format=posix "$fast"/*.a | awk 'NF > 1 { print $1, $2 }' | sort -u >"$work/symbols"
for build in plain fast; do awk -v build="$build" '{ print $1, build "_" $1 }' "$work/symbols" >"$work/$build"; done

for library in "$fast"/*.a; do
  name=$(basename "$library")
  objcopy --redefine-syms="$work/fast" "$library"
  objcopy --redefine-syms="$work/plain" "$plain/$name"
  mkdir "$work/objects"
  # Both builds have objects of the same names.
  (cd "$work/objects" && ar x "$library" && for object in *.o; do mv "$object" "fast_$object"; done)
  # Chosen before the program has its stack's canary, so that the choice itself goes without.
  {
    echo '#define BY_CPU(name) \'
    echo '  void plain_##name(void), fast_##name(void); \'
    echo '  static void (*choose_##name(void))(void) { \'
    echo '    __builtin_cpu_init(); \'
    echo '    return __builtin_cpu_supports("x86-64-v3") ? fast_##name : plain_##name; \'
    echo '  } \'
    echo '  void name(void) __attribute__((ifunc("choose_" #name)));'
    nm --extern-only --defined-only --format=posix "$library" | awk -v api="^fast_$api" \
      '$2 == "T" && $1 ~ api { sub("fast_", "", $1); print "BY_CPU(" $1 ")" }'
  } >"$work/objects/by_cpu.c"
  gcc ${CFLAGS:-} -fno-stack-protector -c "$work/objects/by_cpu.c" -o "$work/objects/by_cpu.o"
  ar rs "$plain/$name" "$work/objects"/*.o
  rm -r "$work/objects"
done
