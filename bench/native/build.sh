#!/bin/sh
# Builds gen and harness into build/native of the checkout, or into the folder given. Exits 3, with the reason, where
# the compiler or libdpdk is absent.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../build/native}
cc=${CC:-cc}

absent() {
  echo "native: $1" >&2
  exit 3
}

command -v "$cc" >/dev/null 2>&1 || absent "no C compiler ($cc)"
command -v pkg-config >/dev/null 2>&1 || absent 'no pkg-config'
pkg-config --exists libdpdk || absent 'no libdpdk-dev (pkg-config does not know libdpdk)'
command -v gzip >/dev/null 2>&1 || absent 'no gzip'

mkdir -p "$out"
cd "$here"
if [ -x "$out/harness" ] && [ -x "$out/gen" ] && [ -z "$(find . -newer "$out/harness")" ]; then exit 0; fi
# Under names of this process until they are whole: another one may build at the same time.
gen=$out/gen.$$
harness=$out/harness.$$
trap 'rm -f "$gen" "$harness"' EXIT
warnings='-std=gnu11 -Wall -Wextra -Wno-deprecated-declarations'
$cc $warnings -O2 -o "$gen" gen.c prefixes.c
mv "$gen" "$out/gen"

# The package's flags ask for an old CPU; what comes later wins.
flags="$(pkg-config --cflags libdpdk) $warnings -O3 -march=native"
libraries='-Wl,--no-as-needed -lrte_eal -lrte_lpm -lrte_fib -lrte_rib -lrte_mempool -lrte_ring -lrte_hash -lrte_rcu'
$cc $flags -o "$harness" \
  harness.c commands.c tables.c lookup-null.c lookup-lpm.c lookup-fib.c lookup6.c \
  packets.c world.c frames.c receive.c \
  forward.c forward-plain.c forward-wide4.c forward-wide16.c forward-bare.c decap.c \
  $(pkg-config --libs-only-L libdpdk) $libraries
mv "$harness" "$out/harness"
