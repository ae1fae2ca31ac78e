#!/bin/sh
# Starts the service in its image. Nothing can be written there but /tmp, and numba keeps compiled kernels only where it
# can write: they are copied there, else each start would compile them for 15 s.
set -eu
mkdir -p "$PUNK_CACHE/numba"
cp -R "$PUNK_KERNELS/." "$PUNK_CACHE/numba"
exec punk serve "$@"
