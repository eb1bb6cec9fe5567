#!/usr/bin/env bash
# Installs the peers of `compare` that can be had here, at pinned versions; run again, it does what is still missing.
# Python's and node's go to $WELD_PEERS (weld-peers in the user's folder for caches); on Debian, as root, Python's packages and R come from apt.
# What cannot be installed is named, and `compare` names it as absent.
set -uo pipefail

NUMPY=1.24.2 SCIPY=1.10.1 PANDAS=1.5.3 NUMBA=0.56.4 NUMEXPR=2.8.4
POLARS=0.26.1 DUCKDB=1.5.6-r.1 SLEEF=3.5.1

folder=${WELD_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/weld-peers}
mkdir -p "$folder/npm"

say() { printf '%s\n' "$*" >&2; }
has_python() { "$folder/python/bin/python3" -c 'import numpy, scipy, pandas, numba, numexpr' 2>/dev/null; }
has_r() { Rscript --vanilla -e 'stopifnot(requireNamespace("data.table"), requireNamespace("bit64"))' >/dev/null 2>&1; }

apt_install() {
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
    [ -n "${apt_updated:-}" ] || apt-get update -qq >&2
    apt_updated=1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# Debian's packages are for Debian's Python, wherever another one stands before it on the path. OpenBLAS takes the place of the reference BLAS.
if ! has_python; then
    if apt_install "python3-numpy=1:$NUMPY-*" "python3-scipy=$SCIPY-*" "python3-pandas=$PANDAS+*" "python3-numba=$NUMBA+*" "python3-numexpr=$NUMEXPR-*" libopenblas0-pthread; then
        /usr/bin/python3 -m venv --clear --without-pip --system-site-packages "$folder/python"
    else
        python3 -m venv --clear "$folder/python" &&
            "$folder/python/bin/python3" -m pip install -q numpy==$NUMPY scipy==$SCIPY pandas==$PANDAS numba==$NUMBA numexpr==$NUMEXPR
    fi
    has_python || say "not installed: NumPy, pandas, Numba, numexpr"
fi

ldconfig -p 2>/dev/null | grep -q libsleef || apt_install "libsleef3=$SLEEF-*" || say "not installed: SLEEF"

has_r || apt_install r-base-core r-cran-data.table r-cran-bit64 || say "not installed: data.table"

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) polars=linux-x64-gnu duckdb=linux-x64 ;;
    Linux-aarch64) polars=linux-arm64-gnu duckdb=linux-arm64 ;;
    Darwin-arm64) polars=darwin-arm64 duckdb=darwin-arm64 ;;
    *) polars= duckdb= ;;
esac
if [ -n "$polars" ] && command -v npm >/dev/null; then
    [ -f "$folder/npm/package.json" ] || printf '{"private": true}\n' >"$folder/npm/package.json"
    npm install --prefix "$folder/npm" --no-audit --no-fund --save-exact --loglevel error \
        nodejs-polars@$POLARS nodejs-polars-$polars@$POLARS "@duckdb/node-bindings-$duckdb@$DUCKDB" >&2 || say "not installed: Polars, DuckDB"
else
    say "not installed: Polars, DuckDB (no npm, or no build of theirs for this machine)"
fi
say "installed in $folder; apt's where apt has them"
